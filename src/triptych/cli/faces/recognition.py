"""What the verbs of `triptych faces` do: call, print, draw."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from ...faces.calibration.calibration import Calibration
from ...faces.detection.quality import FaceSelection
from ...faces.encoders._build import load_encoder
from ...faces.gallery.gallery import Gallery
from ...faces.photos.identity_folder import load_identities
from ...faces.recognition.enroll import enroll as enroll_people
from ...faces.recognition.identify import IdentifiedFace
from ...faces.recognition.identify import identify as identified
from ...faces.recognition.pipeline import FacePipeline
from ...faces.recognition.verify import VerificationResult
from ...frame.drawing.annotate import PALETTE, ImageCanvas
from ...frame.errors import FaceError
from ...frame.registry import unknown_name_error
from ...frame.storage import images
from ...frame.storage.image_folder import SkippedImage
from .. import console
from ..output_files import check_folder, make_folder, output_names
from ..parsing import parse_assignments

SHOWN = 10  # refused photos named on the terminal; all are in the JSON


def reader(
    encoder: str, settings: list[str] | None, device: str, policy: str, aligned: bool
) -> FacePipeline:
    """What reads photos as the options say. Raises UnknownNameError for another policy."""
    if policy not in get_args(FaceSelection):
        raise unknown_name_error(policy, get_args(FaceSelection), "choice of faces")
    with console.progress_bar() as watch:
        held = load_encoder(
            encoder,
            device=device,
            options=parse_assignments(settings or [], "--set size=112x112"),
            progress=watch,
        )
    return FacePipeline(held, faces=policy, aligned=aligned)  # type: ignore[arg-type]


def loaded(path: Path | None) -> Calibration | None:
    """The calibration in a file, if one is named."""
    return Calibration.load(path) if path else None


def told(verdict: VerificationResult) -> str:
    """A verdict in one line.

    >>> told(Verdict(True, 0.8, 1.1, 0.97, 1e-3))
    'the same person: distance 0.800, threshold 1.100 (false accepts 0.001), probability 97%'
    """
    answer = "the same person" if verdict.verified else "different people"
    rate = f" (false accepts {verdict.far:.3g})" if verdict.far else ""
    likely = "" if verdict.probability is None else f", probability {verdict.probability:.0%}"
    return (
        f"{answer}: distance {verdict.distance:.3f}, threshold {verdict.threshold:.3f}"
        f"{rate}{likely}"
    )


def encode(photos: list[Path], out: Path | None, reader: FacePipeline) -> None:
    """Unit vectors of all faces, as JSON on stdout or in a file.

    Raises FaceError where there was none at all."""
    with console.progress_bar() as watch:
        read = reader.embed(images.expand_paths(photos), progress=watch)
    refusals(read.refused)
    if not len(read.encodings):
        raise FaceError(f"None of {len(photos)} photos could be encoded, see above.")
    if out:
        read.encodings.save(out)
        console.log(f"Written: {len(read.encodings)} encodings, {out}")
        return
    vectors = read.encodings.vectors.astype(float).round(6).tolist()
    rows = [
        {"photo": photo, "encoding": vector}
        for photo, vector in zip(read.encodings.photos, vectors)
    ]
    refused = [each.to_dict() for each in read.refused]
    console.print_json({"encoder": read.encodings.encoder, "encodings": rows, "refused": refused})


def enroll(folder: Path, url: str, reader: FacePipeline, *, json: bool) -> None:
    """Enroll a folder and say what became of its photos.

    Raises FaceError where not a single photo could be used."""
    load_identities(folder)  # before a gallery is made for nothing
    encoder = reader.encoder
    with (
        Gallery.open(url, encoder=encoder.fingerprint, size=encoder.dim, create=True) as gallery,
        console.progress_bar() as watch,
    ):
        done = enroll_people(folder, gallery, reader=reader, progress=watch)
    refusals(done.refused)
    if json:
        console.print_json(done.json())
    else:
        print(
            f"{done.people} people: {done.added} photos added, {done.known} known before, "
            f"{done.moved} moved, {len(done.refused)} refused."
        )
    if done.refused and not (done.added or done.known or done.moved):
        raise FaceError(f"None of {len(done.refused)} photos could be enrolled, see above.")


def identify(
    photos: list[Path],
    url: str,
    reader: FacePipeline,
    chosen: dict[str, Any],
    *,
    draw: Path | None,
    json: bool,
) -> None:
    """Name the people in photos.

    Raises FaceError where no photo had a face."""
    if draw:
        check_folder(draw, "--draw")
    encoder = reader.encoder
    files = images.expand_paths(photos)
    with (
        Gallery.open(url, encoder=encoder.fingerprint, size=encoder.dim) as gallery,
        console.progress_bar() as watch,
    ):
        found = identified(files, gallery, reader=reader, progress=watch, **chosen)
    refusals(found.refused)
    if draw:
        make_folder(draw, "--draw")
        _draw(files, found.identities, draw)
    if json:
        console.print_json({"gallery": url, **found.json()})
    else:
        for identity in found.identities:
            print(line(identity))
    if not found.identities:
        raise FaceError(f"None of {len(files)} photos has a face that can be told, see above.")


def line(identity: IdentifiedFace) -> str:
    """Who a face is, and who else is near, in one line. Probabilities are left to the JSON: they
    are of a pair that is as likely the same person as not, and among many people no pair is.

    >>> from triptych.faces.recognition.identify import Candidate
    >>> near = (Candidate("Ann", "Ann/1.jpg", 0.8, None), Candidate("Bob", "Bob/1.jpg", 1.3, None))
    >>> line(Identity("party.jpg", "Ann", near, None))
    'party.jpg: Ann · nearest: Ann 0.800, Bob 1.300'
    """
    near = ", ".join(f"{each.person} {each.distance:.3f}" for each in identity.candidates)
    return f"{identity.photo}: {identity.person or 'unknown'} · nearest: {near or 'nobody'}"


def enrolled(url: str, *, json: bool) -> None:
    """Who is in a gallery."""
    summary = Gallery.info(url)
    with Gallery.open(url, encoder=summary.encoder, size=summary.size) as gallery:
        everyone = gallery.people()
    chosen = summary.calibration
    if json:
        console.print_json(
            {
                "gallery": url,
                "encoder": summary.encoder,
                "calibration": chosen and chosen.to_dict(),
                "people": [{"person": each.name, "photos": each.photos} for each in everyone],
            }
        )
        return
    title = f"{summary.people:,} people, {summary.photos:,} photos, encoder {summary.encoder}"
    console.print_table(
        title, {each.name: each.photos for each in everyone}, header=("person", "photos")
    )
    if chosen:
        print(f"threshold {chosen.threshold:.3f}, for a false accept rate of {chosen.target_far:g}")


def remove(names: Sequence[str], url: str) -> None:
    """Take people out of a gallery."""
    summary = Gallery.info(url)
    with Gallery.open(url, encoder=summary.encoder, size=summary.size) as gallery:
        for name in names:
            print(f"{name}: {gallery.remove(name)} photos removed.")


def refusals(refused: Sequence[SkippedImage]) -> None:
    """Name the photos that could not be used, and why."""
    for each in refused[:SHOWN]:
        name = "" if each.photo in each.reason else f"{each.photo}: "
        console.log(f"refused: {name}{each.reason}")
    if len(refused) > SHOWN:
        console.log(f"… and {len(refused) - SHOWN} more (--json names them all).")


def _draw(files: Sequence[Path], identities: Sequence[IdentifiedFace], folder: Path) -> None:
    """Each photo with the faces found in it, boxed and named below."""
    names = output_names(list(files))
    for file in files:
        there = [each for each in identities if each.photo == str(file)]
        if not there:
            continue
        picture = ImageCanvas(images.read(file))
        for number, identity in enumerate(there):
            colour = PALETTE[number % len(PALETTE)]
            face = identity.face
            if face is not None:
                picture.box(face.left, face.top, face.right, face.bottom, color=colour)
            picture.text(identity.person or "unknown", color=colour)
        images.save(folder / names[str(file)], picture.pixels)
