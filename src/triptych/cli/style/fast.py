"""`triptych style train`, `apply` and `export`: call, print, save."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...frame.errors import ImageError
from ...frame.storage import images as image_files
from ...frame.storage.image_folder import SkippedImage, list_folder
from ...frame.training.distributed import is_rank_zero
from ...style.fast import apply as fast_apply
from ...style.fast import onnx_export
from ...style.fast import train as fast_train
from .. import console
from ..going_on import announcing_growth, going_on
from ..output_files import check_folder, check_not_overwriting, make_folder, output_names

MAX_SHOWN = 10  # refused photos named on the terminal; all are in run.json


def train(
    style: Path,
    photos: list[Path],
    out: Path | None,
    settings: Mapping[str, Any],
    *,
    resume: bool,
    json: bool,
) -> None:
    """Train or go on, then print the losses of the photographs held out."""
    folder = out or Path("runs") / style.stem
    words = ["triptych", "style", "train", style, *photos, "--out", folder, "--resume"]
    with going_on(folder, shlex.join(map(str, words))), console.progress_bar() as progress:
        if resume:
            progress = announcing_growth(folder, settings.get("epochs"), progress)
            result = fast_train.resume(
                folder, style=style, photos=photos, progress=progress, **settings
            )
        else:
            result = fast_train.train(style, photos, out=folder, progress=progress, **settings)
    if not is_rank_zero():
        return
    left_out = [each for place in photos for each in list_folder(place, "photos").left_out]
    console.log_left_out(left_out)
    for photo in result.skipped[:MAX_SHOWN]:
        console.log(f"refused: {photo.reason}")
    if len(result.skipped) > MAX_SHOWN:
        console.log(f"… and {len(result.skipped) - MAX_SHOWN} more (run.json names them all).")
    console.log(f"Trained in {result.seconds:.0f} s. Run: {result.folder}")
    if json:
        skipped = [photo.to_dict() for photo in result.skipped]
        answer = {"run": str(result.folder), "epochs": result.losses, "refused": skipped}
        answer["left_out"] = [each.to_dict() for each in left_out]
        console.print_json({**answer, "seconds": result.seconds})
    else:
        last = {**result.losses[-1], "epoch": int(result.losses[-1]["epoch"])}
        console.print_table(str(result.folder), last, notes=DEFINITIONS)


def apply(
    run: Path,
    images: list[Path],
    out: Path,
    *,
    size: int | None,
    device: str,
    recursive: bool,
    json: bool,
) -> None:
    """Paint images with a run's network into a folder.

    Raises ImageError where none could be read.
    """
    styler = fast_apply.load(run, device=device)
    left_out: list[SkippedImage] = []
    expanded = image_files.expand_paths(images, recursive=recursive, left_out=left_out.append)
    files = list(dict.fromkeys(expanded))
    console.log_left_out(left_out)
    names = output_names(files)
    check_not_overwriting(files, [out / name for name in names.values()])
    check_folder(out, "--out")
    written: list[dict[str, str]] = []
    for file in files:
        try:
            painted = styler.paint(file, size=size)
        except ImageError as error:
            console.log(f"refused: {error}")
            continue
        target = out / names[str(file)]
        make_folder(out, "--out")
        image_files.save(target, painted)
        written.append({"image": str(file), "picture": str(target)})
        if not json:
            print(target)
    if json:
        others = [each.to_dict() for each in left_out]
        console.print_json({"run": str(run), "pictures": written, "left_out": others})
    if not written:
        raise ImageError(f"None of {len(files)} pictures could be painted, see above.")


def export(run: Path, to: Path, *, json: bool) -> None:
    """Write a run's network as ONNX and print how near it is to ours."""
    difference = onnx_export.export(run, to)
    if json:
        console.print_json({"run": str(run), "model": str(to), "largest_difference": difference})
    else:
        print(f"{to}: paints as the run does; the largest difference is {difference:.1g} of 0 … 1.")


DEFINITIONS = {
    "epoch": "the last one",
    "train/loss": "what is made small, on squares cut from photographs",
    "val/loss": "the same on photographs held out",
    "painting/score": "1 / (1 + val/loss)",
    "content/val": "how far the paintings are from what the photographs show",
    "style/val": "how far they are from the style",
    "variation/val": "how much neighbouring pixels differ",
}
