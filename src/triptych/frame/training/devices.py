"""The device to compute on, and whether it multiplies in bfloat16."""

import torch

from ..errors import ConfigError


def resolve_device(name: str) -> torch.device:
    """The device to compute on: "auto" takes the accelerator, where there is one that can.

    Raises ConfigError for one there is not, and for one without float64, such as Apple's mps."""
    if name == "auto":
        found = torch.accelerator.current_accelerator()
        usable = found and torch.accelerator.is_available() and _has_float64(found)
        return found if found and usable else torch.device("cpu")
    try:
        chosen = torch.device(name)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(
            f"Expected a device this machine has, got '{name}'. Use --device cpu or auto."
        ) from error
    if not _has_float64(chosen):
        raise ConfigError(
            f"Expected a device that computes with float64, got '{name}', which does not. "
            "Use --device cpu or auto."
        )
    return chosen


def _has_float64(chosen: torch.device) -> bool:
    """Whether numbers of that many digits can be made on a device, and read back."""
    try:
        return torch.ones((), dtype=torch.float64, device=chosen).item() == 1
    except (RuntimeError, TypeError):
        return False


def uses_bf16(precision: str, device_type: str) -> bool:
    """Whether to compute in bfloat16: by default where the processor multiplies it natively."""
    if precision != "auto":
        return precision == "bf16"
    if device_type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device_type == "cpu" and torch.backends.mkldnn.is_available() and _cpu_has_bf16()


def _cpu_has_bf16() -> bool:
    return (
        bool(torch.ops.mkldnn._is_mkldnn_bf16_supported()) and torch.cpu._is_avx512_bf16_supported()
    )
