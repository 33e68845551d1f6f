"""The pipeline of a call that is given none."""

from functools import lru_cache
from pathlib import Path

from ...frame.errors import ConfigError
from ..detection.quality import FaceSelection
from ..encoders._build import load_encoder
from ..encoders._encoder import Encoder
from .pipeline import FacePipeline


def resolve_pipeline(
    pipeline: FacePipeline | None, encoder: Encoder | str | Path | None, faces: FaceSelection
) -> FacePipeline:
    """The pipeline that is given, or one for the encoder.

    Parameters:
        pipeline: taken as it is.
        encoder: one that is loaded, or what `load_encoder` takes; None for the default, which is
            loaded once a process.
        faces: which faces of a photo count, where no pipeline is given.

    Raises ConfigError where both are given, and what `load_encoder` raises.
    """
    if pipeline is not None:
        if encoder is not None:
            raise ConfigError("Expected a pipeline or an encoder, got both. Leave one out.")
        return pipeline
    if encoder is None:
        return _default_pipeline(faces)
    return FacePipeline(
        load_encoder(encoder) if isinstance(encoder, str | Path) else encoder, faces=faces
    )


@lru_cache
def _default_encoder() -> Encoder:
    return load_encoder()


@lru_cache
def _default_pipeline(faces: FaceSelection) -> FacePipeline:
    return FacePipeline(_default_encoder(), faces=faces)
