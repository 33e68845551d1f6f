"""Answers of `triptych faces identify`, printed and drawn with the same numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from math import inf
from pathlib import Path

from ....faces.detection.face import Face
from ....faces.drawing.draw_faces import FaceLabel, draw_faces
from ....faces.recognition.identify import Candidate, IdentifiedFace
from ....faces.recognition.photo_reader import scaled
from ....faces.recognition.verify import VerificationResult
from ....frame.drawing.colors import MUTED, PALETTE, Color
from ....frame.storage import images
from ....frame.storage.decoding.reduced_image import as_reduced_image
from ...output_files import output_names

UNKNOWN = "unknown"


def print_identities(identities: Iterable[IdentifiedFace]) -> None:
    """Who each face is, photo by photo: number, name, distance, place, and who else is near.

    Probabilities are left to the JSON: they are of a pair that is as likely the same person as not,
    and among many people no pair is.
    """
    for photo, group in groupby(identities, key=lambda each: each.photo):
        faces = [*group]
        print(photo)
        names = max(len(each.person or UNKNOWN) for each in faces)
        for each in faces:
            print(format_identity(each, names))


def format_identity(identity: IdentifiedFace, width: int = 0) -> str:
    """Who a face is, where, and who else is near, in one line: `also` within the threshold, `next`
    beyond it. The distance is that to the nearest person, known or not.

    Parameters:
        identity: one face.
        width: letters that names are filled up to, so that columns stand below each other.

    >>> from triptych.faces.recognition.identify import Candidate
    >>> near = (Candidate("Ann", "Ann/1.jpg", 0.8, None), Candidate("Bob", "Bob/1.jpg", 1.3, None))
    >>> format_identity(IdentifiedFace("party.jpg", "Ann", near, None, 3))
    '  3  Ann  0.80  · next Bob 1.30'
    """
    near = identity.candidates
    if identity.person:
        also = {one.person for one in identity.also}
        further = [one for one in near[1:] if one.person not in also]
        others = [f"also {_people(identity.also)}"] if also else []
        others += [f"next {_people(further)}"] if further else []
    else:
        others = [f"nearest {_people(near) or 'nobody'}"]
    distance = f"{near[0].distance:.2f}" if near else "   –"
    parts = [
        f"{identity.number:>3}  {identity.person or UNKNOWN:<{width}}  {distance}",
        *([f"at {format_box(identity.face)}"] if identity.face else []),
        *(f"· {text}" for text in others),
    ]
    return "  ".join(parts)


def _people(candidates: Iterable[Candidate]) -> str:
    return ", ".join(f"{one.person} {one.distance:.2f}" for one in candidates)


def format_box(face: Face) -> str:
    """Where a face is: left, top, width × height, in pixels.

    >>> import numpy as np
    >>> format_box(Face(120.4, 40.2, 300.4, 250.0, np.zeros((5, 2), np.float32), 0.9))
    '120,40 180×210'
    """
    width, height = face.right - face.left, face.bottom - face.top
    return f"{face.left:.0f},{face.top:.0f} {width:.0f}×{height:.0f}"


def draw_identities(
    files: Sequence[Path], identities: Sequence[IdentifiedFace], folder: Path
) -> None:
    """Each photo with a face in it, boxed and labelled, as PNG.

    Parameters:
        files: the photos.
        identities: of all photos, known by their path.
        folder: where the pictures go.
    """
    names = output_names(list(files))
    for file in files:
        in_photo = [each for each in identities if each.photo == str(file)]
        if not in_photo:
            continue
        photo, by = as_reduced_image(file, inf)  # smaller only where it is too large to be drawn on
        in_photo = [
            replace(each, face=each.face and scaled(each.face, 1 / by)) for each in in_photo
        ]
        colors = person_colors(each.person for each in in_photo)
        labels = [_label(each, colors, photo.shape[:2]) for each in in_photo]
        images.save(folder / names[str(file)], draw_faces(photo, labels))


def person_colors(people: Iterable[str | None]) -> dict[str | None, Color]:
    """A color for each person, and grey for strangers."""
    known = dict.fromkeys(person for person in people if person)
    colors = {person: PALETTE[place % len(PALETTE)] for place, person in enumerate(known)}
    return {None: MUTED, **colors}


def _label(
    identity: IdentifiedFace, colors: dict[str | None, Color], size: tuple[int, ...]
) -> FaceLabel:
    """Without a face that was looked for, the whole photo is the face."""
    box = identity.face.box if identity.face else (0.0, 0.0, float(size[1]), float(size[0]))
    near = identity.candidates
    detail = f"{near[0].distance:.2f}" if near else ""
    name = identity.person or UNKNOWN
    return FaceLabel(box, identity.number, name, detail, colors[identity.person])


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
