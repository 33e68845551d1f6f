"""Single calls for one image: `represent`, `extract_faces` and `find`."""

from pathlib import Path

from ...frame.errors import FaceError
from ...frame.storage.images import as_image
from ..calibration.calibration import Calibration
from ..detection.alignment import align_face
from ..detection.face import FaceDetector
from ..detection.quality import FaceSelection, QualityThresholds, select_faces
from ..detection.template import ARCFACE_112X112, LandmarkTemplate
from ..detectors._build import load_detector
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder
from ..gallery.gallery import Gallery
from ..photos.identity_folder import ImageFile
from .default_pipeline import resolve_pipeline
from .identify import IdentifiedFace, identify
from .pipeline import DEFAULTS, FacePipeline, ImageLike
from .pipeline_result import FaceCrop


def represent(
    image: ImageLike,
    *,
    pipeline: FacePipeline | None = None,
    encoder: Encoder | str | Path | None = None,
) -> Embeddings:
    """The embeddings of the faces of an image: a unit vector each, the largest face first.

    Parameters:
        image: a path, a file's bytes, a PIL image, an array (RGB) or a tensor.
        pipeline: what detects and encodes faces; by default YuNet and the default encoder,
            all faces.
        encoder: in place of a pipeline: a loaded encoder, its name, run folder or file.

    Raises ImageError for an image that cannot be read, FaceError for one without a face that
    counts.
    """
    return resolve_pipeline(pipeline, encoder, "all").embed_faces(image)


def extract_faces(
    image: ImageLike,
    *,
    detector: FaceDetector | None = None,
    faces: FaceSelection = "all",
    thresholds: QualityThresholds = DEFAULTS,
    template: LandmarkTemplate = ARCFACE_112X112,
) -> list[FaceCrop]:
    """The faces of an image, upright and cut out, the largest first.

    Parameters:
        image: a path, a file's bytes, a PIL image, an array (RGB) or a tensor.
        detector: what finds faces; by default that of `load_detector`.
        faces: which of them: "one", "largest" or "all".
        thresholds: what a face must have to count.
        template: size of the crops, and where the five landmarks lie in them.

    Returns crops of uint8 RGB (template.height, template.width, 3), each with its place in the
    image. Raises ImageError for an image that cannot be read, FaceError for one without a face that
    counts.
    """
    pixels = as_image(image.bytes() if isinstance(image, ImageFile) else image)
    detected = (detector or load_detector()).detect(pixels)
    return [
        FaceCrop(align_face(pixels, face.landmarks, template), face)
        for face in select_faces(pixels, detected, faces, thresholds, "the image")
    ]


def find(
    image: ImageLike,
    gallery: Gallery | str,
    *,
    pipeline: FacePipeline | None = None,
    encoder: Encoder | str | Path | None = None,
    top: int = 5,
    threshold: float | None = None,
    calibration: Calibration | None = None,
) -> list[IdentifiedFace]:
    """Who is in an image: an answer for each face, the largest first.

    Parameters:
        image: a path, a file's bytes, a PIL image, an array (RGB) or a tensor.
        gallery: one that is open, or the address of one ("people.db").
        pipeline: what detects and encodes faces; by default YuNet and the default encoder,
            all faces.
        encoder: in place of a pipeline: a loaded encoder, its name, run folder or file.
        top: how many of the nearest people to name for each face.
        threshold: the largest distance of one person's faces; by default as for `identify`.
        calibration: one of the same encoder.

    Raises ImageError for an image that cannot be read, FaceError for one without a face that
    counts, GalleryError for a gallery that is missing, EncoderMismatchError for one of another
    encoder, ConfigError without a threshold.
    """
    pipeline = resolve_pipeline(pipeline, encoder, "all")
    if isinstance(gallery, str):
        with Gallery.open(gallery, encoder=pipeline.encoder) as opened:
            return find(
                image,
                opened,
                pipeline=pipeline,
                top=top,
                threshold=threshold,
                calibration=calibration,
            )
    result = identify(
        image, gallery, pipeline=pipeline, top=top, threshold=threshold, calibration=calibration
    )
    if result.refused:
        raise FaceError(f"{result.refused[0].photo}: {result.refused[0].reason}")
    return sorted(result.identities, key=lambda each: -each.face.area if each.face else 0.0)
