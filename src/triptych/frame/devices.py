"""The device to compute on, and whether it multiplies in bfloat16."""

import torch

from .errors import BadSetting


def device(name: str) -> torch.device:
    """The device to predict on: "auto" takes the accelerator, where there is one."""
    if name == "auto":
        found = torch.accelerator.current_accelerator()
        return found if found and torch.accelerator.is_available() else torch.device("cpu")
    try:
        chosen = torch.device(name)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError) as error:
        raise BadSetting(
            f"Expected a device this machine has, got '{name}'. Use --device cpu or auto."
        ) from error
    return chosen


def uses_bf16(precision: str, kind: str) -> bool:
    """Whether to compute in bfloat16: by default where the processor multiplies it natively."""
    if precision != "auto":
        return precision == "bf16"
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return kind == "cpu" and torch.backends.mkldnn.is_available() and _cpu_has_bf16()


def _cpu_has_bf16() -> bool:
    return (
        bool(torch.ops.mkldnn._is_mkldnn_bf16_supported()) and torch.cpu._is_avx512_bf16_supported()
    )
