"""The device to compute on, and whether it multiplies in bfloat16."""

import torch

from ..errors import ConfigError


def resolve_device(name: str) -> torch.device:
    """The device to compute on.

    Parameters:
        name: as PyTorch calls it ("cpu", "cuda:1"), or "auto" for the accelerator where there is
            one that can compute in float64, else the CPU.

    Raises ConfigError for a device this machine does not have, and for one without float64, such
    as Apple's mps.
    """
    if name == "auto":
        accelerator = torch.accelerator.current_accelerator()
        usable = accelerator and torch.accelerator.is_available() and _has_float64(accelerator)
        return accelerator if accelerator and usable else torch.device("cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(
            f"Expected a device this machine has, got '{name}'. Use --device cpu or auto."
        ) from error
    if not _has_float64(device):
        raise ConfigError(
            f"Expected a device that computes with float64, got '{name}', which does not. "
            "Use --device cpu or auto."
        )
    return device


def _has_float64(device: torch.device) -> bool:
    try:
        return torch.ones((), dtype=torch.float64, device=device).item() == 1
    except (RuntimeError, TypeError):
        return False


def uses_bf16(precision: str, device_type: str) -> bool:
    """Whether to compute in bfloat16.

    Parameters:
        precision: "bf16", "fp32", or "auto" for bfloat16 where the processor multiplies it
            natively.
        device_type: "cpu", "cuda" …
    """
    if precision != "auto":
        return precision == "bf16"
    if device_type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device_type == "cpu" and torch.backends.mkldnn.is_available() and _cpu_has_bf16()


def _cpu_has_bf16() -> bool:
    return (
        bool(torch.ops.mkldnn._is_mkldnn_bf16_supported()) and torch.cpu._is_avx512_bf16_supported()
    )


def is_exporting() -> bool:
    """Whether a graph is being recorded for another program, which can hold no loop of open
    length."""
    return torch.compiler.is_exporting() or torch.onnx.is_in_onnx_export()
