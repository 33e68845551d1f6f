"""Pictures by names that tables give, which often lack the ending."""

from pathlib import Path

from .folders import looks_like_picture
from .paths import PictureFinder

FOLDERS = ("images", "imgs", "train", "val", "test", "img", "pictures", "masks")
TRIED = (".jpg", ".png", ".jpeg", ".JPG", ".tif", ".webp", ".bmp")


def find_picture(finder: PictureFinder, name: str, beside: Path) -> Path | None:
    """The file of a picture, also by its name without an ending; None where there is none.

    Parameters:
        finder: that looks for it.
        name: as the table states it.
        beside: the folder of the table.
    """
    path = finder.find(name, beside)
    if path is None and name and not looks_like_picture(name):
        candidates = (finder.find(name + ending, beside) for ending in TRIED)
        path = next(filter(None, candidates), None)
    return path
