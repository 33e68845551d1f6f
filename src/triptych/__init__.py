"""triptych: see, recognise and paint with one idea, a backbone and small parts on top of it."""

from .frame.errors import (
    AssetNotFoundError,
    ConfigError,
    DataError,
    EncoderMismatchError,
    FaceError,
    GalleryError,
    ImageError,
    MissingDependencyError,
    RunError,
    TriptychError,
    UnknownNameError,
    WriteError,
)

__version__ = "0.1.0"

__all__ = [
    "AssetNotFoundError",
    "ConfigError",
    "DataError",
    "EncoderMismatchError",
    "FaceError",
    "GalleryError",
    "ImageError",
    "MissingDependencyError",
    "RunError",
    "TriptychError",
    "UnknownNameError",
    "WriteError",
    "__version__",
]
