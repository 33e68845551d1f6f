"""Pictures with mask images: binary, numbers of classes, or numbers of things."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from ...frame.errors import DataError, ImageError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.files import is_text
from ...frame.storage.image_folder import stream_folder
from ..structures.annotated_image import AnnotatedImage
from ..structures.mask_file import mask_values
from ._format import Format, Vocabulary
from ._mask_images.known_sets import Meaning
from ._mask_images.meaning import LISTS, YAMLS, StatedMeaning, infer, read_stated
from ._mask_images.pairs import pair_up, role_of, usable_masks
from ._mask_images.reader import MaskReader
from ._mask_images.values import sample
from ._reading.folders import looks_like_picture, some_files, walk_folders

SAMPLES = 64  # masks whose pixels are read to see of what kind they are
PROGRESS_EVERY = 500  # pictures


class MaskImages(Format):
    """Pictures in one folder and masks of the same names in another, or beside with a suffix.

    The kind is stated in `masks.yaml`, or seen in the pixels of some masks, and told. Binary masks
    and numbers of classes stay files; each thing of instance masks becomes an object.
    """

    title = "mask images"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """3 where there is a masks.yaml, 2 where a picture and a mask share a name."""
        if not path.is_dir():
            return 0
        names = [*some_files(path)]
        pictures = [name for name in names if looks_like_picture(name)]
        if any(name.rpartition("/")[2] in YAMLS for name in names):
            return 3 if pictures else 0
        roles = [role_of(name) for name in pictures]
        masks = {role.key for role in roles if role.is_mask}
        return 2 * any(role.key in masks for role in roles if not role.is_mask)

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The pictures in the order of their names.

        Parameters:
            progress: told how far it is.

        Names alone are kept in memory. Raises DataError where there is no mask that is read, or
        masks.yaml is damaged.
        """
        names = stream_folder(self.path, "a folder of pictures and masks")
        pairs = pair_up(self._told(names))
        masks = [mask for pair in pairs.values() for mask in pair.masks]
        if not masks:
            raise DataError(f"There is no mask in {self.path}. See docs/formats/masks.md.")
        stated = read_stated(self._folders_of(masks[0]))
        wanted = usable_masks(masks, instances=stated.kind == "instances")
        self._meaning = self._infer(wanted, stated)
        reader = MaskReader(self.path, self.scratch, self.problems, self._meaning, stated)
        for done, (key, pair) in enumerate(pairs.items(), 1):
            if pair.image:
                yield reader.annotate(pair)
            else:
                detail = f"there is no picture called {key}"
                for mask in pair.masks:
                    self.problems.add("mask without picture", mask, detail, "image left out")
            if done % PROGRESS_EVERY == 0 or done == len(pairs):
                progress(ProgressEvent("read masks", done, len(pairs)))

    def files(self) -> Iterator[Path]:
        """All folders, and the lists of classes in them."""
        for folder in walk_folders(self.path):
            yield folder
            yield from (folder / n for n in (*YAMLS, *LISTS) if (folder / n).is_file())

    @property
    def vocabulary(self) -> Vocabulary:
        """The classes in the order of their numbers."""
        names = [*self._meaning.classes.values(), self._meaning.label or ""]
        return Vocabulary(tuple(dict.fromkeys(filter(None, names))))

    def _told(self, files: Iterator[tuple[str, str]]) -> Iterator[str]:
        """The names of picture files; others are told, but for what says what masks mean."""
        for name, why_not in files:
            if not is_text(name):
                why_not = "its name is no UTF-8. Rename it"
            if not why_not:
                yield name
            elif name.rpartition("/")[2] not in (*YAMLS, *LISTS):
                outcome = "noticed" if "no picture that is read" in why_not else "file left out"
                self.problems.add("file not used", ascii(name)[1:-1], why_not, outcome)

    def _folders_of(self, mask: str) -> list[Path]:
        """The folder of a mask and those above it, within the folder of the user."""
        folder = (self.path / mask).parent
        above = [folder, *folder.parents]
        return above[: above.index(self.path) + 1]

    def _infer(self, masks: list[str], stated: StatedMeaning) -> Meaning:
        samples = []
        if not stated.colors:
            for mask in masks[:: max(1, len(masks) // SAMPLES)]:
                with suppress(ImageError):  # told when it is its turn
                    samples.append(sample(mask_values(self.path / mask)))
        if not samples and not stated.colors:
            raise DataError(
                f"No mask of {self.path} holds numbers; {masks[0]} is damaged or in colors. Say "
                "what colors mean in masks.yaml, see docs/formats/masks.md."
            )
        meaning = infer(masks, samples, stated)
        if stated.kind is None:
            seen = sorted({value for one in samples for value in one.values})
            some = ", ".join(map(str, islice(seen, 12))) + (" …" if len(seen) > 12 else "")
            known = f" of {meaning.title}" if meaning.title else ""
            detail = f"taken as {meaning.kind}{known}, for the values are {some}. masks.yaml can "
            detail += "say otherwise"
            self.problems.add("kind of masks", self.path.name, detail, "noticed")
        return meaning
