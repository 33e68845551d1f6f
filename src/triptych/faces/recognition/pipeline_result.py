"""What a pipeline makes of photos: crops of faces, and their embeddings."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, UInt8

from ...frame.storage.image_folder import SkippedImage
from ..detection.face import Crop, Face
from ..embeddings import Embeddings


@dataclass(frozen=True, eq=False)
class FaceCrop:
    """A face as an encoder sees it.

    Parameters:
        crop: uint8, (height, width, channels).
        face: where it is in the photo; None where the photo was taken as it is.
    """

    crop: Crop
    face: Face | None


@dataclass(frozen=True, eq=False)
class PipelineResult:
    """The embeddings of photos, and the photos that were refused.

    Parameters:
        embeddings: N rows in the order of the photos; a photo of several faces has several rows.
        faces: where row i was detected, or None where the photo was taken as it is.
        crops: what the encoder saw of each row, uint8, (N, height, width, channels), if asked for.
        refused: photos without a row, each with the reason.
        incomplete: photos of which small faces may be missing, each with how small.
    """

    embeddings: Embeddings
    faces: tuple[Face | None, ...]
    crops: UInt8[np.ndarray, "count height width channels"] | None
    refused: tuple[SkippedImage, ...]
    incomplete: tuple[SkippedImage, ...] = ()

    @property
    def qualities(self) -> Float64[np.ndarray, " count"]:
        """The quality of each row's face, 0 … 1; NaN where the photo was taken as it is."""
        known = [face.quality if face else None for face in self.faces]
        return np.array([np.nan if quality is None else quality for quality in known], np.float64)
