"""What the commands of `triptych faces` do: call, print, draw."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from ...faces.calibration.calibration import Calibration
from ...faces.detection.face import box_sides
from ...faces.detection.quality import FaceSelection
from ...faces.encoders._build import DEFAULT, load_encoder
from ...faces.gallery.database import gallery_encoder_name
from ...faces.gallery.gallery import Gallery
from ...faces.recognition.enrollment.recipe import check_one_face
from ...faces.recognition.identify import identify as identified
from ...faces.recognition.pipeline import FacePipeline
from ...faces.recognition.verify import VerificationResult
from ...frame.errors import FaceError
from ...frame.registry import unknown_name_error
from ...frame.storage import images
from ...frame.storage.image_folder import SkippedImage
from .. import console
from ..output_files import check_folder, make_folder
from ..parsing import parse_assignments
from .answers.identities import draw_identities, format_box, print_identities

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
    return FacePipeline(loaded_encoder, faces=selection, aligned=aligned)  # type: ignore[arg-type]


def load_calibration(path: Path | None) -> Calibration | None:
    """The calibration in a file, if one is named."""
    return Calibration.load(path) if path else None


def format_verification(result: VerificationResult) -> str:
    """A result in one line.

    >>> format_verification(VerificationResult(True, 0.8, 1.1, 0.97, 1e-3))
    'the same person: distance 0.800, threshold 1.100 (false accepts 0.001), probability 97%'
    """
    answer = "the same person" if result.verified else "different people"
    rate = f" (false accepts {result.far:.3g})" if result.far else ""
    likely = "" if result.probability is None else f", probability {result.probability:.0%}"
    where = " · ".join(
        f"face {face.number} of {face.count}{f' at {format_box(face.face)}' if face.face else ''}"
        for face in result.faces or ()
    )
    return (
        f"{answer}: distance {result.distance:.3f}, threshold {result.threshold:.3f}{rate}{likely}"
        f"{where and f'; nearest: {where}'}"
    )


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


def print_skipped(skipped: Sequence[SkippedImage]) -> None:
    """Name the photos that could not be used, and why."""
    for each in skipped[:SHOWN]:
        name = "" if each.photo in each.reason else f"{each.photo}: "
        console.log(f"refused: {name}{each.reason}")
    if len(skipped) > SHOWN:
        console.log(f"… and {len(skipped) - SHOWN} more (--json names them all).")
