"""A folder a class: the folders that hold pictures say what is on them."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ...frame.errors import DataError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.files import is_text
from ...frame.storage.folders.signature import HEIC_NEEDS
from ...frame.storage.image_folder import stream_folder
from ..structures.annotated_image import AnnotatedImage
from ._format import Format, Vocabulary
from ._reading.folders import looks_like_picture, some_files, subfolders, walk_folders
from ._reading.splits import split_of

PROGRESS_EVERY = 10_000  # pictures
NO_PICTURE = ("is no picture that is read", "does not begin as a picture")


class ClassFolders(Format):
    """Pictures in folders that are named like their class, after torchvision's ImageFolder.

    Folders train, val and test (also valid, validation, training, testing) at the top are splits.
    The class is the path of the folder that holds the picture: "Greek/character01". A folder that
    only holds one other folder is passed through.
    """

    title = "class folders"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """1 where there are pictures: annotations of other formats go before folders."""
        return int(path.is_dir() and any(map(looks_like_picture, some_files(path))))

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The pictures in the order of their names.

        Parameters:
            progress: told how far it is.

        Only their names are kept in memory, about 120 bytes a picture. Raises DataError where there
        is no picture.
        """
        self._classes: set[str] = set()
        base, has_splits = self._base()
        names = sorted(self._names(base))
        if not names:
            raise DataError(f"There is no picture in {self.path}. Check the path.")
        unlabelled, split, label, last = 0, None, None, ""
        for done, name in enumerate(names, 1):
            folder = name.rpartition("/")[0]
            if folder != last:
                split, label, last = *_split_and_label(folder, has_splits), folder
                self._classes.update([label] if label else [])
            unlabelled += not label
            yield AnnotatedImage(base / name, label=label, split=split)
            if done % PROGRESS_EVERY == 0 or done == len(names):
                progress(ProgressEvent("read class folders", done, len(names)))
        self._tell_about_folders(base, names, unlabelled)

    def files(self) -> Iterator[Path]:
        """All folders: a picture that comes or goes changes the time of its folder."""
        return walk_folders(self.path)

    @property
    def vocabulary(self) -> Vocabulary:
        """The classes in the order of their names, as ImageFolder numbers them."""
        return Vocabulary(tuple(sorted(self._classes)))

    def _base(self) -> tuple[Path, bool]:
        """The folder in which classes or splits lie, and whether there are splits."""
        base = self.path
        while True:
            folders = subfolders(base)
            if folders and all(split_of(folder.name) for folder in folders):
                return base, True
            if len(folders) != 1 or not subfolders(folders[0]) or _holds_pictures(base, folders[0]):
                return base, False
            base = folders[0]

    def _names(self, base: Path) -> Iterator[str]:
        """The names of the pictures; all other files are told."""
        for name, why_not in stream_folder(base, "a folder of pictures"):
            if not why_not and is_text(name):
                yield name
                continue
            place = str((base / name).relative_to(self.path))
            if why_not == HEIC_NEEDS:
                self.problems.add("picture not readable", place, why_not, "image left out")
            elif why_not.endswith(NO_PICTURE):
                self.problems.add("file that is no picture", place, why_not, "noticed")
            elif why_not:
                self.problems.add("file not readable", place, why_not, "file left out")
            else:
                detail = "its name or folder is no UTF-8. Rename it"
                self.problems.add("name that is no text", ascii(place), detail, "image left out")

    def _tell_about_folders(self, base: Path, names: list[str], unlabelled: int) -> None:
        if unlabelled:
            detail = f"{unlabelled} of {len(names)} pictures lie in no folder of a class"
            self.problems.add("picture without class", self.path.name, detail, "noticed")
        holding = map(PurePosixPath, {name.rpartition("/")[0] for name in names})
        used = {str(folder) for path in holding for folder in (path, *path.parents)}
        for folder in walk_folders(base):
            name = folder.relative_to(base).as_posix()
            if name not in used:
                self.problems.add("empty folder", name, "there is no picture in it", "noticed")


def _split_and_label(folder: str, has_splits: bool) -> tuple[str | None, str | None]:
    first, _, rest = folder.partition("/")
    split = split_of(first) if has_splits else None
    return split, (rest if split else folder) or None


def _holds_pictures(*folders: Path) -> bool:
    return any(
        "/" not in name and looks_like_picture(name)
        for folder in folders
        for name in some_files(folder)
    )
