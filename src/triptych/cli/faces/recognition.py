"""What the commands of `triptych faces` do: call, print, draw."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from ...faces.calibration.calibration import Calibration
from ...faces.detection.face import box_sides
from ...faces.detection.quality import FaceSelection
from ...faces.detectors import DETECTORS
from ...faces.detectors._build import AUTO, FALLBACK
from ...faces.encoders._build import DEFAULT, load_encoder
from ...faces.gallery.database import gallery_encoder_name
from ...faces.gallery.gallery import Gallery
from ...faces.recognition.enrollment.recipe import check_one_face
from ...faces.recognition.identify import identify as identified
from ...faces.recognition.pipeline import FacePipeline
from ...frame.errors import FaceError
from ...frame.registry import unknown_name_error
from ...frame.storage import images
from ...frame.storage.image_folder import SkippedImage
from .. import console
from ..output_files import check_folder, make_folder
from ..parsing import parse_assignments
from .answers.identities import draw_identities, print_identities

SHOWN = 10  # refused photos named on the terminal; all are in the JSON


def resolve_encoder(encoder: str, gallery: str | None) -> str:
    """The encoder that is meant: where none is named, that of the gallery, if it has a name."""
    if encoder != DEFAULT or gallery is None:
        return encoder
    return gallery_encoder_name(gallery) or encoder


def build_pipeline(
    encoder: str,
    settings: list[str] | None,
    device: str,
    selection: str,
    aligned: bool,
    *,
    gallery: str | None = None,
    one_face_for: str = "",
    detector: str = AUTO,
    smallest_face: float | None = None,
) -> FacePipeline:
    """A pipeline as the options say, by default with the encoder of the `gallery`.

    Raises UnknownNameError for another `selection`, ConfigError for all faces where only one makes
    sense (`one_face_for` says for what)."""
    if selection not in get_args(FaceSelection):
        raise unknown_name_error(selection, get_args(FaceSelection), "choice of faces")
    if one_face_for:
        check_one_face(selection, one_face_for)
    encoder = resolve_encoder(encoder, gallery)
    with console.progress_bar() as progress:
        loaded_encoder = load_encoder(
            encoder,
            device=device,
            options=parse_assignments(settings or [], "--set size=112x112"),
            progress=progress,
        )
    pipeline = FacePipeline(
        loaded_encoder,
        detector=detector,
        faces=selection,  # type: ignore[arg-type]
        smallest_face=smallest_face,
        aligned=aligned,
    )
    if detector == AUTO and isinstance(pipeline.detector, DETECTORS[FALLBACK]):
        console.log(f"Faces are detected by {FALLBACK}: the file of YuNet is not on this machine.")
    return pipeline


def load_calibration(path: Path | None) -> Calibration | None:
    """The calibration in a file, if one is named."""
    return Calibration.load(path) if path else None


def encode(
    photos: list[Path], out: Path | None, pipeline: FacePipeline, *, recursive: bool = False
) -> None:
    """Unit vectors of all faces, as JSON on stdout or in a file.

    Raises FaceError where there was none at all."""
    left_out: list[SkippedImage] = []
    files = images.expand_paths(photos, recursive=recursive, left_out=left_out.append)
    console.log_left_out(left_out)
    with console.progress_bar() as progress:
        result = pipeline.embed(files, progress=progress)
    print_skipped(result.refused)
    print_incomplete(result.incomplete)
    if not len(result.embeddings):
        raise FaceError(f"None of {len(photos)} photos could be encoded, see above.")
    if out:
        result.embeddings.save(out)
        console.log(f"Written: {len(result.embeddings)} encodings, {out}")
        return
    vectors = result.embeddings.vectors.astype(float).round(6).tolist()
    rows = [
        {
            "photo": photo,
            "box": box_sides(face),
            "quality": round(face.quality, 3) if face and face.quality is not None else None,
            "encoding": vector,
        }
        for photo, face, vector in zip(result.embeddings.photos, result.faces, vectors)
    ]
    refused = [each.to_dict() for each in result.refused]
    others = {"refused": refused, "left_out": [each.to_dict() for each in left_out]}
    others["incomplete"] = [each.to_dict() for each in result.incomplete]
    console.print_json({"encoder": result.embeddings.encoder, "encodings": rows, **others})


def identify(
    photos: list[Path],
    url: str,
    pipeline: FacePipeline,
    options: dict[str, Any],
    *,
    tenant: str = "",
    draw: Path | None,
    recursive: bool = False,
    json: bool,
) -> None:
    """Name the people in photos.

    Raises FaceError where no photo had a face."""
    if draw:
        check_folder(draw, "--draw")
    left_out: list[SkippedImage] = []
    files = images.expand_paths(photos, recursive=recursive, left_out=left_out.append)
    console.log_left_out(left_out)
    with (
        Gallery.open(url, encoder=pipeline.encoder, tenant=tenant) as gallery,
        console.progress_bar() as progress,
    ):
        result = identified(files, gallery, pipeline=pipeline, progress=progress, **options)
    print_skipped(result.refused)
    print_incomplete(result.incomplete)
    if draw:
        make_folder(draw, "--draw")
        draw_identities(files, result.identities, draw)
    if json:
        others = [each.to_dict() for each in left_out]
        console.print_json({"gallery": url, **result.to_dict(), "left_out": others})
    else:
        print_identities(result.identities)
    if not result.identities:
        raise FaceError(f"None of {len(files)} photos has a face that can be told, see above.")


def print_incomplete(incomplete: Sequence[SkippedImage]) -> None:
    """Name the photos of which small faces may be missing."""
    for each in incomplete[:SHOWN]:
        console.log(f"{each.photo}: {each.reason}")
    if len(incomplete) > SHOWN:
        console.log(f"… and {len(incomplete) - SHOWN} more (--json names them all).")


def print_skipped(skipped: Sequence[SkippedImage]) -> None:
    """Name the photos that could not be used, and why."""
    for each in skipped[:SHOWN]:
        name = "" if each.photo in each.reason else f"{each.photo}: "
        console.log(f"refused: {name}{each.reason}")
    if len(skipped) > SHOWN:
        console.log(f"… and {len(skipped) - SHOWN} more (--json names them all).")
