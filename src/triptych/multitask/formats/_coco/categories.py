"""The categories of a COCO file: names of classes and of keypoints."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...structures.import_problems import ImportProblems
from .._format import Vocabulary
from .grouping import is_id, shown

SIDES = (("left", "right"), ("Left", "Right"), ("LEFT", "RIGHT"))


@dataclass(frozen=True)
class Category:
    """One class.

    Parameters:
        name: of the class.
        keypoints: names of its keypoints.
        skeleton: pairs of numbers of keypoints, from 0.
    """

    name: str
    keypoints: tuple[str, ...] = ()
    skeleton: tuple[tuple[int, int], ...] = ()


def read_categories(
    entries: Iterable[Any], place: str, problems: ImportProblems
) -> dict[int | str, Category]:
    """The categories by id, in the order of their ids.

    Parameters:
        entries: as they stand in the file.
        place: what the file is called in problems.
        problems: told of ids that come twice, and of categories without id or name.
    """
    categories: dict[int | str, Category] = {}
    for number, entry in enumerate(entries, 1):
        key = entry.get("id") if isinstance(entry, dict) else None
        if not is_id(key):
            where = f"{place}, category no. {number}"
            problems.add("category without id", where, "it has no id", "noticed")
            continue
        assert isinstance(entry, dict) and isinstance(key, (int, str))
        where = f"{place}, category {shown(key)}"
        if key in categories:
            detail = "its id comes twice; the first is used"
            problems.add("id that comes twice", where, detail, "mended")
            continue
        name = entry.get("name")
        if not (is_id(name) and str(name).strip()):
            detail = f"it has no name; it is called {shown(key)}"
            problems.add("category without name", where, detail, "mended")
            name = key
        names = _keypoint_names(entry, where, problems)
        pairs = _skeleton(entry, len(names), where, problems)
        categories[key] = Category(" ".join(str(name).split()), names, pairs)
    return dict(sorted(categories.items(), key=lambda item: (isinstance(item[0], str), item[0])))


class VocabularyOfFiles:
    """Joins what the files of one set state."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self.keypoints: Category = Category("")

    def add(self, categories: Iterable[Category]) -> None:
        """The categories of one more file.

        Parameters:
            categories: in their order.
        """
        for category in categories:
            self.names[category.name] = None
            if category.keypoints and not self.keypoints.keypoints:
                self.keypoints = category

    def vocabulary(self) -> Vocabulary:
        """All names; keypoints whose names differ in left and right change places."""
        names = self.keypoints.keypoints
        return Vocabulary(
            classes=tuple(self.names),
            keypoints=names,
            keypoint_pairs=tuple(mirrored_pairs(names)),
            skeleton=self.keypoints.skeleton,
        )


def mirrored_pairs(names: tuple[str, ...]) -> list[tuple[int, int]]:
    """Numbers of keypoints that change places when an image is flipped.

    Parameters:
        names: of the keypoints.

    >>> mirrored_pairs(("nose", "left_eye", "right_eye"))
    [(1, 2)]
    """
    pairs = set[tuple[int, int]]()
    for number, name in enumerate(names):
        for left, right in SIDES:
            other = name.replace(left, right)
            if other != name and other in names:
                pairs.add((number, names.index(other)))
    return sorted(pairs)


def _keypoint_names(entry: dict[str, Any], place: str, problems: ImportProblems) -> tuple[str, ...]:
    stated = entry.get("keypoints") or []
    if isinstance(stated, list) and all(isinstance(name, str) for name in stated):
        return tuple(stated)
    detail = "its keypoints must be a list of names"
    problems.add("damaged keypoints", place, f"{detail}; they are not used", "mended")
    return ()


def _skeleton(
    entry: dict[str, Any], count: int, place: str, problems: ImportProblems
) -> tuple[tuple[int, int], ...]:
    """COCO numbers keypoints from 1 here."""
    stated = entry.get("skeleton") or []
    pairs = stated if isinstance(stated, list) else [stated]
    kept = [
        (pair[0] - 1, pair[1] - 1)
        for pair in pairs
        if isinstance(pair, list)
        and len(pair) == 2
        and all(type(end) is int and 1 <= end <= count for end in pair)
    ]
    if len(kept) < len(pairs):
        detail = f"its skeleton must be pairs of numbers 1 … {count}; others are not used"
        problems.add("damaged skeleton", place, detail, "mended")
    return tuple(kept)
