"""`triptych data look PATH`: a contact sheet of annotated pictures."""

from pathlib import Path

from ...frame.storage import images
from ...frame.storage.files import check_writable
from .. import console
from ..parsing import parse_split


def draw_annotated(
    path: Path, split: str | None, count: int, out: Path, *, format: str | None, seed: int
) -> None:
    """Draw a contact sheet of annotated pictures with the truth on it.

    Parameters:
        path: a folder or an annotation file.
        split: the images drawn; None for those of all.
        count: images, at most.
        out: the image file that is written.
        format: of the annotations; None to tell it by what lies there.
        seed: which images are taken.
    """
    from ...multitask.annotated.opening import open_annotated
    from ...multitask.check.presentation.sheet import annotated_sheet

    images.format_of(out)
    check_writable(out)
    with console.progress_bar() as progress:
        annotated = open_annotated(path, format, progress=progress)
    chosen = None if split is None else parse_split(split)
    title = f"{path.name or path}{f', {chosen} images' if chosen else ''}: the truth"
    images.save(out, annotated_sheet(annotated, chosen, count, title, seed=seed))
    console.log(f"Written: {out} ({path}, read as {annotated.format})")
