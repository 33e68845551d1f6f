"""Pascal VOC XML: a file of boxes for each picture, lists of splits, mask pictures."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element

from ...frame.errors import DataError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..structures.annotated_image import AnnotatedImage
from ._format import Format, Vocabulary
from ._reading.documents import finite, read_xml
from ._reading.folders import peek_files, start_of
from ._reading.headers import picture_size
from ._reading.listed_pictures import ListedPictures
from ._reading.paths import PictureFinder
from ._voc.layout import (
    ANNOTATIONS,
    annotation_folders,
    list_files,
    names_in,
    picture_folders,
    pictures_by_stem,
    read_splits,
    sets_in,
    split_of_folder,
)
from ._voc.masks import MaskPictures
from ._voc.objects import ObjectReader, counted_from, text_of

BEGINNING = re.compile(
    rb"^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>)?\s*(<!--.*?-->\s*)*<annotation[\s>]", re.S
)
TOLD_EVERY = 1000  # images


class Voc(Format):
    """Reads Pascal VOC, as labelImg, Roboflow and CVAT write it too."""

    title = "Pascal VOC"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """3 where an XML file begins with `<annotation>`.

        Parameters:
            path: of a file or a folder.
        """
        files = list(peek_files(path, ".xml"))
        if path.is_dir():
            for base in sets_in(path):
                files += peek_files(base / ANNOTATIONS, ".xml")
        return 3 if any(BEGINNING.match(start_of(file)) for file in files) else 0

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The pictures with an XML file in the order of those, then those without.

        Parameters:
            progress: told how far it is.

        Raises DataError where there is no XML file of VOC that can be read.
        """
        self._classes = set[str]()
        self._listed, self._read = ListedPictures(self.root, self.problems), 0
        self._finder = PictureFinder(self.root)
        # folders are listed once, not asked about for every picture
        self._folders = lru_cache(maxsize=256)(picture_folders)
        self._pictures = lru_cache(maxsize=256)(pictures_by_stem)
        for base in [self.root] if self.path.is_file() else sets_in(self.root):
            yield from self._set(base, progress)
        if not self._read:
            some = "; ".join(map(str, self.problems.examples[:1]))
            raise DataError(f"There is no XML file of Pascal VOC in {self.path}. {some}".strip())

    def files(self) -> Iterator[Path]:
        """XML files, lists of splits, and the folders of pictures."""
        for base in [self.root] if self.path.is_file() else sets_in(self.root):
            yield from list_files(base)
            for folder, names in self._xml_files(base):
                yield from (folder / name for name in names)
                yield from picture_folders(base, folder)

    @property
    def vocabulary(self) -> Vocabulary:
        """Classes by name: VOC has no other order."""
        return Vocabulary(classes=tuple(sorted(self._classes)))

    def _xml_files(self, base: Path) -> Iterator[tuple[Path, list[str]]]:
        """Folders with the names of the XML files in each."""
        if self.path.is_file():
            yield self.root, [self.path.name]
            return
        for folder in annotation_folders(base):
            names = [name for name in names_in(folder) if name.lower().endswith(".xml")]
            if names:
                yield folder, names

    def _set(self, base: Path, progress: ProgressCallback) -> Iterator[AnnotatedImage]:
        files = [(folder, name) for folder, names in self._xml_files(base) for name in names]
        first, zeros, boxes = counted_from(folder / name for folder, name in files)
        if not first:
            detail = f"{zeros} of {boxes} boxes begin at 0: pixels are counted from 0, not from 1"
            place = str(base.relative_to(self.root))
            self.problems.add("pixels counted from 0", place, detail, "noticed")
        splits = read_splits(base, self.root, self.problems)
        masks = MaskPictures(base, self.root, self.problems)
        reader = ObjectReader(first, self.problems)
        for number, (folder, name) in enumerate(files, 1):
            if number % TOLD_EVERY == 0 or number == len(files):
                progress(ProgressEvent("reading Pascal VOC", number, len(files)))
            file = folder / name
            root = self._root(file)
            picture = None if root is None else self._picture(root, base, file)
            if root is not None and picture is not None:
                image = self._image(root, picture, file, reader, masks)
                split = splits.get(file.stem) or split_of_folder(folder, self.root)
                if image is not None:
                    yield replace(image, split=split)
        if not self.path.is_file():
            folders = {folder for folder, _ in files}
            yield from self._unlabelled(base, sorted(folders), splits)

    def _image(
        self,
        root: Element,
        picture: Path,
        file: Path,
        reader: ObjectReader,
        masks: MaskPictures,
    ) -> AnnotatedImage | None:
        place = str(file.relative_to(self.root))
        size = _stated_size(root) or picture_size(picture)
        if size is None:
            detail = "it has no <size>, and the picture cannot be read"
            self.problems.add("image without size", place, detail, "image left out")
            return None
        objects = masks.outline(file.stem, reader.read(root, size, place))
        kept = tuple(thing for thing in objects if thing is not None)
        self._classes.update(thing.label for thing in kept if thing.label)
        return AnnotatedImage(picture, *size, objects=kept, mask=masks.class_map(file.stem, kept))

    def _root(self, file: Path) -> Element | None:
        place = str(file.relative_to(self.root))
        try:
            root = read_xml(file)
        except DataError as error:
            self.problems.add("damaged file", place, str(error), "file left out")
            return None
        if root.tag != "annotation":
            detail = f"expected <annotation>, got <{root.tag[:40]}>"
            self.problems.add("file of another tool", place, detail, "file left out")
            return None
        self._read += 1
        return root

    def _picture(self, root: Element, base: Path, file: Path) -> Path | None:
        """By the name of the XML file, else by what it states: that is stale after renaming."""
        place, stated = str(file.relative_to(self.root)), text_of(root, "filename")
        folders = self._folders(base, file.parent)
        for folder in folders:
            name = self._pictures(folder).get(file.stem)
            if name:
                picture = folder / name
                break
        else:
            found = (self._finder.find(stated, folder) for folder in folders)
            picture = next(filter(None, found), None)
        name = picture.name if picture else stated or file.stem
        return self._listed.check(picture, name, place)

    def _unlabelled(
        self, base: Path, folders: list[Path], splits: dict[str, str]
    ) -> Iterator[AnnotatedImage]:
        """Pictures beside them that have no XML file: nobody has looked at them."""
        places = [place for folder in folders for place in self._folders(base, folder)]
        for place in dict.fromkeys(places):
            for name in sorted(self._pictures(place).values()):
                picture = place / name
                if picture not in self._listed:
                    split = splits.get(picture.stem) or split_of_folder(place, self.root)
                    yield AnnotatedImage(picture, split=split)


def _stated_size(root: Element) -> tuple[int, int] | None:
    sides = [finite(text_of(root, f"size/{side}")) for side in ("width", "height")]
    width, height = (int(side) if side and side >= 1 else 0 for side in sides)
    return (width, height) if width and height else None
