"""What became of the photos of a folder that was enrolled."""

from dataclasses import dataclass
from typing import Any

from ....frame.storage.image_folder import SkippedImage


@dataclass(frozen=True)
class AlikePeople:
    """Two names in a gallery that may be one person.

    Parameters:
        person: who was enrolled.
        photo: that is so near.
        other: the other name.
        other_photo: the other's nearest photo.
        distance: between both photos, Euclidean, 0 … 2; within the threshold.
    """

    person: str
    photo: str
    other: str
    other_photo: str
    distance: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON answers show it."""
        return {**vars(self), "distance": round(self.distance, 4)}


@dataclass(frozen=True)
class EnrollmentResult:
    """What became of the photos of a folder.

    Parameters:
        people: how many the folder has.
        added: photos that are new in the gallery.
        known: photos that were there already.
        moved: photos that were with another person.
        refused: photos that could not be used, each with the reason.
        left_out: what in the folder is no photo of a person, each with the reason.
        renewed: photos that were there, but read by other options: they were read anew.
        replaced: photos whose file was another before: their vector was replaced.
        gone: photos of the gallery that the folder holds no more, each with the reason.
        pruned: how many of these were removed from the gallery.
        alike: people who may be one person under two names, the nearest first.
    """

    people: int
    added: int
    known: int
    moved: int
    refused: tuple[SkippedImage, ...]
    left_out: tuple[SkippedImage, ...] = ()
    renewed: int = 0
    replaced: int = 0
    gone: tuple[SkippedImage, ...] = ()
    pruned: int = 0
    alike: tuple[AlikePeople, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces enroll --json` prints it."""
        counts = ("people", "added", "known", "moved", "renewed", "replaced", "pruned")
        lists = ("gone", "alike", "refused", "left_out")
        return {name: getattr(self, name) for name in counts} | {
            name: [each.to_dict() for each in getattr(self, name)] for name in lists
        }
