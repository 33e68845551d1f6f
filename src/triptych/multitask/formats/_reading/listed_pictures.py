"""Pictures that annotation files list: those that are missing, or come twice, are told."""

from pathlib import Path
from typing import Any

from ...structures.import_problems import ImportProblems
from .drawn import shown

LONGEST = 60  # characters of a name in a line


class ListedPictures:
    """Remembers which pictures came, by a number each: a million paths are large."""

    def __init__(self, root: Path, problems: ImportProblems):
        """
        Parameters:
            root: the folder in which they were looked for, for what is told.
            problems: told of what is missing, and of what comes twice.
        """
        self.root, self.problems = root, problems
        self._seen: set[int] = set()

    def __len__(self) -> int:
        return len(self._seen)

    def __contains__(self, picture: Path) -> bool:
        return hash(picture) in self._seen

    def check(self, picture: Path | None, name: Any, place: str) -> Path | None:
        """The same picture; None, and told, where there is none or it came before.

        Parameters:
            picture: that was found.
            name: of it, as it stood in the file.
            place: the file, and the entry in it.
        """
        if picture is None:
            self.tell_missing(name, place)
            return None
        if picture in self:
            detail = f"the picture {_plain(name)} comes twice; the first is used"
            self.problems.add("picture that comes twice", place, detail, "image left out")
            return None
        self._seen.add(hash(picture))
        return picture

    def tell_missing(self, name: Any, place: str) -> None:
        """Tell of a picture that is not there.

        Parameters:
            name: of it, as it stood in the file.
            place: the file, and the entry in it.
        """
        detail = f"there is no picture {_plain(name)} in {self.root}"
        self.problems.add("missing picture", place, detail, "image left out")


def _plain(name: Any) -> str:
    """A name in one short line; what is none as it stood there."""
    if not isinstance(name, str) or not name.strip():
        return shown(name)
    text = " ".join(name.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
