"""`triptych faces enroll`: put people into a gallery, and say what became of their photos."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...faces.gallery.enrollment.plan import check_policy
from ...faces.gallery.gallery import Gallery
from ...faces.photos.identity_folder import IdentityFolder
from ...faces.recognition.enroll import enroll as enroll_people
from ...faces.recognition.enrollment.result import EnrollmentResult
from ...faces.recognition.pipeline import FacePipeline
from ...frame.errors import ConfigError, FaceError
from .. import console
from .recognition import SHOWN, print_skipped


def enroll(
    folders: Sequence[IdentityFolder],
    url: str,
    pipeline: FacePipeline,
    options: dict[str, Any] | None = None,
    *,
    tenant: str = "",
    json: bool,
) -> None:
    """Enroll folders, one after the other, and say what became of their photos.

    Raises FaceError where not a single photo could be used."""
    options = options or {}
    check_policy(options.get("shared", "refuse"))
    if options.get("prune") and not all(folder.complete for folder in folders):
        raise ConfigError("--prune goes by what a folder holds: leave it or --name out.")
    with (
        Gallery.open(url, encoder=pipeline.encoder, create=True, tenant=tenant) as gallery,
        console.progress_bar() as progress,
    ):
        result = merge_results(
            [
                enroll_people(folder, gallery, pipeline=pipeline, progress=progress, **options)
                for folder in folders
            ],
            people=len({photo.person for folder in folders for photo in folder.photos}),
        )
    print_skipped(result.refused)
    _print_gone(result)
    _print_alike(result)
    if json:
        notes = [note for folder in folders for note in folder.notes]
        console.print_json({**result.to_dict(), "notes": notes})
    else:
        print(format_enrollment(result))
    used = result.added + result.known + result.moved + result.renewed + result.replaced
    if result.refused and not used:
        raise FaceError(f"None of {len(result.refused)} photos could be enrolled, see above.")


def merge_results(results: Sequence[EnrollmentResult], people: int) -> EnrollmentResult:
    """What became of several folders together.

    Parameters:
        results: of each folder.
        people: how many all folders have.
    """
    sums = ("added", "known", "moved", "renewed", "replaced", "pruned")
    lists = ("refused", "left_out", "gone", "alike")
    merged: dict[str, Any] = {name: sum(getattr(r, name) for r in results) for name in sums}
    merged |= {name: sum((getattr(r, name) for r in results), ()) for name in lists}
    return replace(results[0], people=people, **merged)


def format_enrollment(result: EnrollmentResult) -> str:
    """What became of a folder, in one line.

    >>> format_enrollment(EnrollmentResult(2, 3, 1, 0, (), renewed=2))
    '2 people: 3 photos added, 1 known before, 0 moved, 2 renewed, 0 refused.'
    """
    rare = {
        "renewed": result.renewed,
        "replaced": result.replaced,
        "removed": result.pruned,
    }
    words = [f"{count} {word}" for word, count in rare.items() if count]
    words.append(f"{len(result.refused)} refused")
    if result.left_out:
        words.append(f"{len(result.left_out)} files left out")
    return (
        f"{result.people} people: {result.added} photos added, {result.known} known before, "
        f"{result.moved} moved, {', '.join(words)}."
    )


def _print_gone(result: EnrollmentResult) -> None:
    """Name the photos that only the gallery still has."""
    word = "removed" if result.pruned else "in the gallery still"
    for each in result.gone[:SHOWN]:
        console.log(f"{word}: {each.photo} {each.reason}")
    if len(result.gone) > SHOWN:
        console.log(f"… and {len(result.gone) - SHOWN} more (--json names them all).")
    if result.gone and not result.pruned:
        console.log("--prune removes from the gallery what the folder holds no more.")


def _print_alike(result: EnrollmentResult) -> None:
    """Name those who may be one person under two names."""
    for each in result.alike[:SHOWN]:
        console.log(
            f"one person? {each.person} ({each.photo}) and {each.other} ({each.other_photo}): "
            f"distance {each.distance:.3f}, within the threshold"
        )
    if len(result.alike) > SHOWN:
        console.log(f"… and {len(result.alike) - SHOWN} more (--json names them all).")
