"""An encoder by its name, its run folder or its file."""

from collections.abc import Mapping
from pathlib import Path

from ...frame.errors import ConfigError, UnknownNameError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import unknown_name_error
from . import ENCODERS
from ._encoder import Encoder

DEFAULT = "auto"
PREFERRED = ("dlib", "mobilefacenet")
"""What "auto" stands for: the first that is on this machine."""


def load_encoder(
    spec: str | Path = DEFAULT,
    *,
    device: str = "auto",
    options: Mapping[str, str] | None = None,
    progress: ProgressCallback = no_progress,
) -> Encoder:
    """Load an encoder, and fetch its files where they are not at hand.

    Parameters:
        spec: "auto" for the first of `PREFERRED` that is on this machine; or a name in `ENCODERS`,
            with an argument after a colon where it takes one
            ("mobilefacenet:onnx"); or the path of a run folder or of a file ending in .onnx.
        device: "auto", "cpu", "cuda" …; ONNX files are run on the processor, whatever it is.
        options: how an ONNX file reads its crops, as `parse_preprocessing` takes them; those of a
            FILE.json beside it hold where none are given here.
        progress: told how far files are fetched.

    Raises UnknownNameError, ConfigError, RunError, DataError, AssetNotFoundError or
    MissingDependencyError.
    """
    encoder, argument = _resolve(spec)
    if options and not encoder.has_options:
        raise ConfigError(
            f"Only encoders in ONNX files have settings, got {', '.join(options)} for '{spec}'. "
            "Leave them out."
        )
    return encoder.load(argument, device=device, options=options or {}, progress=progress)


def default_encoder() -> str:
    """The name that "auto" stands for; the first of `PREFERRED` where none is on this machine."""
    return next((name for name in PREFERRED if ENCODERS[name].is_available()), PREFERRED[0])


def _resolve(spec: str | Path) -> tuple[type[Encoder], str]:
    """The class of an encoder, and what it is to load."""
    text = default_encoder() if spec == DEFAULT else str(spec)
    path = Path(text)
    name, _, argument = text.partition(":")
    if name in ENCODERS and not ENCODERS[name].reads(path):
        return ENCODERS[name], argument
    for encoder in ENCODERS.values():
        if encoder.reads(path):
            return encoder, text
    error = unknown_name_error(text, ENCODERS, "encoder")
    raise UnknownNameError(
        f"{error} Or name a run folder of `triptych faces train`, or an .onnx file."
    )
