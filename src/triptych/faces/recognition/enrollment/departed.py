"""What a gallery holds of a folder that the folder holds no more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ....frame.storage.image_folder import SkippedImage
from ...gallery.enrollment.listing import GalleryPhoto, photos_from
from ...gallery.enrollment.write import relabel
from ...gallery.gallery import Gallery


@dataclass
class FolderContents:
    """What was read in a folder.

    Parameters:
        source: the folder, as the gallery names it.
        digests: of every file that could be read, by its name.
        people: whose each photo is, by name, those that cannot be read among them.
        enrolled: the names of photos that are in the gallery now, as they were read.
        elsewhere: photos of these people and files that the gallery has from other folders.
        complete: whether these are all photos of the folder; if not, none is called gone.
    """

    source: str
    people: Mapping[str, str]
    digests: dict[str, str] = field(default_factory=dict)
    enrolled: set[str] = field(default_factory=set)
    elsewhere: list[GalleryPhoto] = field(default_factory=list)
    complete: bool = True

    def names_by_file(self) -> dict[tuple[str, str], list[str]]:
        """The names under which each person has each file."""
        names: dict[tuple[str, str], list[str]] = {}
        for name, digest in self.digests.items():
            names.setdefault((self.people[name], digest), []).append(name)
        return names


@dataclass(frozen=True)
class Departed:
    """Rows of a gallery that are out of step with a folder.

    Parameters:
        renamed: rows with the name that their photo has now.
        replaced: rows whose file was replaced by another, which is enrolled.
        gone: other rows that the folder holds no more, each with the reason.
    """

    renamed: list[tuple[GalleryPhoto, str]] = field(default_factory=list)
    replaced: list[GalleryPhoto] = field(default_factory=list)
    gone: list[tuple[GalleryPhoto, str]] = field(default_factory=list)

    @property
    def skipped(self) -> tuple[SkippedImage, ...]:
        """Those that are gone, as they are told."""
        return tuple(SkippedImage(photo.photo, reason) for photo, reason in self.gone)


def bring_in_step(gallery: Gallery, contents: FolderContents, *, prune: bool) -> Departed:
    """Replace what was replaced in the folder, and tell what is gone, or remove it.

    Where it is not known from which folder photos are, nothing of others is touched.

    Parameters:
        gallery: that holds the folder's people.
        contents: of the folder.
        prune: remove from the gallery what is gone from the folder.
    """
    with gallery.database.read_transaction() as connection:
        source = contents.source
        rows = photos_from(connection, source, gallery.tenant) if source else []
    departed = find_departed(contents, rows)
    removed = [row.id for row in departed.replaced]
    removed += [row.id for row, _ in departed.gone if prune]
    if removed or departed.renamed:
        with gallery.database.write_transaction() as connection:
            relabel(connection, departed.renamed, removed, contents.source, gallery.tenant)
        gallery.forget_removed(len(removed))
    return departed


def find_departed(contents: FolderContents, rows: Iterable[GalleryPhoto]) -> Departed:
    """What is out of step.

    Parameters:
        contents: of the folder.
        rows: that the gallery has from this folder.
    """
    departed, names_by_file = Departed(), contents.names_by_file()
    for row in rows:
        names = names_by_file.get((row.person, row.digest), [])
        if row.photo not in names and names:
            departed.renamed.append((row, min(names)))
        if names:
            if contents.enrolled.isdisjoint(names):
                reason = "is refused as it is read now; the gallery keeps how it was read before."
                departed.gone.append((row, reason))
        else:
            _tell_absent(departed, row, contents)
    for row in contents.elsewhere:
        names = names_by_file.get((row.person, row.digest), [])
        if names and not (row.source and Path(row.source).exists()):  # the folder was moved here
            departed.renamed.append((row, row.photo if row.photo in names else min(names)))
    return departed


def _tell_absent(departed: Departed, row: GalleryPhoto, contents: FolderContents) -> None:
    """A row whose file is not in the person's folder any more."""
    if contents.people.get(row.photo) != row.person:
        if contents.complete:
            departed.gone.append((row, "is not in the folder any more."))
    elif row.photo in contents.enrolled:
        departed.replaced.append(row)
    elif row.photo in contents.digests:  # else it cannot be read, so nobody knows
        departed.gone.append((row, "was replaced in the folder by a photo that is refused."))
