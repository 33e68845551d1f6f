"""What `triptych style train`, `apply` and `export` do: call, print, save."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...frame.errors import ImageError
from ...frame.storage import images
from ...frame.training.distributed import is_rank_zero
from ...style.fast.apply import load
from ...style.fast.onnx_export import export as exported
from ...style.fast.train import resume as resumed
from ...style.fast.train import train as trained
from .. import console
from ..output_files import check_folder, check_not_overwriting, make_folder, output_names

SHOWN = 10  # refused photos named on the terminal; all are in run.json


def train(
    style: Path,
    photos: list[Path],
    out: Path | None,
    settings: Mapping[str, Any],
    *,
    resume: bool,
    json: bool,
) -> None:
    """Train or go on, then tell the costs of the photographs held out."""
    folder = out or Path("runs") / style.stem
    with console.progress_bar() as watch:
        if resume:
            done = resumed(folder, progress=watch)
        else:
            done = trained(style, photos, out=folder, progress=watch, **settings)
    if not is_rank_zero():
        return
    for each in done.skipped[:SHOWN]:
        console.log(f"refused: {each.reason}")
    if len(done.skipped) > SHOWN:
        console.log(f"… and {len(done.skipped) - SHOWN} more (run.json names them all).")
    console.log(f"Trained in {done.seconds:.0f} s. Run: {done.folder}")
    if json:
        refused = [each.to_dict() for each in done.skipped]
        told = {"run": str(done.folder), "epochs": done.losses, "refused": refused}
        console.print_json({**told, "seconds": done.seconds})
    else:
        console.print_table(str(done.folder), done.losses[-1], notes=DEFINITIONS)


def apply(
    run: Path, pictures: list[Path], out: Path, *, size: int | None, device: str, json: bool
) -> None:
    """Paint pictures with a run's network into a folder.

    Raises ImageError where none could be read."""
    painter = load(run, device=device)
    files = list(dict.fromkeys(images.expand_paths(pictures)))
    names = output_names(files)
    check_not_overwriting(files, [out / name for name in names.values()])
    check_folder(out, "--out")
    written: list[dict[str, str]] = []
    for file in files:
        try:
            content = images.read(file)
        except ImageError as error:
            console.log(f"refused: {error}")
            continue
        target, painted = out / names[str(file)], painter.paint(content, size=size)
        make_folder(out, "--out")
        images.save(target, painted)
        written.append({"image": str(file), "picture": str(target)})
        if not json:
            print(target)
    if json:
        console.print_json({"run": str(run), "pictures": written})
    if not written:
        raise ImageError(f"None of {len(files)} pictures could be painted, see above.")


def export(run: Path, to: Path, *, json: bool) -> None:
    """Write a run's network as ONNX and tell how near it is to ours."""
    worst = exported(run, to)
    if json:
        console.print_json({"run": str(run), "model": str(to), "largest_difference": worst})
    else:
        print(f"{to}: paints as the run does; the largest difference is {worst:.1g} of 0 … 1.")


DEFINITIONS = {
    "epoch": "the last one",
    "train/loss": "what is made small, on squares cut from photographs",
    "val/loss": "the same on photographs held out",
    "painting/score": "1 / (1 + val/loss)",
    "content/val": "how far the paintings are from what the photographs show",
    "style/val": "how far they are from the style",
    "variation/val": "how much neighbouring pixels differ",
}
