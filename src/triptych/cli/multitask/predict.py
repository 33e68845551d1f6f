"""`triptych predict`: annotations of images, printed and drawn."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...frame.errors import ImageError
from ...frame.registry import unknown_name_error
from ...frame.storage import images
from ...frame.storage.image_folder import SkippedImage
from ...multitask.engine.predict import Predictor
from .. import console
from ..output_files import check_folder, make_folder, output_names

INVERT = ("auto", "yes", "no")


def predict_images(
    run: Path,
    paths: Sequence[Path],
    *,
    draw: Path | None,
    invert: str,
    device: str,
    recursive: bool,
    json: bool,
) -> None:
    """Predict every image; those that cannot be read are named, the rest are predicted.

    Parameters:
        run: the folder of a finished run.
        paths: image files, and folders of them.
        draw: a folder for the images with their annotations drawn.
        invert: one of `INVERT`.
        device: "auto", "cpu", "cuda" …
        recursive: read folders in the folders too.
        json: print one JSON object instead of a line an image.

    Raises ImageError at the end where a file named by itself could not be read, or none could.
    """
    if invert not in INVERT:
        raise unknown_name_error(invert, INVERT, "way to invert")
    predictor = Predictor.load(run, device=device, invert=invert)  # type: ignore[arg-type]
    if draw:
        check_folder(draw, "--draw")
    left_out: list[SkippedImage] = []
    files = images.expand_paths(list(paths), recursive=recursive, left_out=left_out.append)
    console.log_left_out(left_out)
    names = output_names(files)
    results: list[dict[str, Any]] = []
    skipped: list[Path] = []

    def skip(name: str, error: ImageError) -> None:
        skipped.append(Path(name))
        console.log(f"skipped: {error}")

    for prediction in predictor.predict_batches(files, skip=skip):
        if prediction.inverted:
            console.log(f"{prediction.name}: dark on light, so inverted (--invert no: not)")
        results.append(prediction.to_dict())
        if not json:
            print(f"{prediction.name}: {prediction}")
        if draw:
            make_folder(draw, "--draw")
            target = draw / names[prediction.name]
            images.save(target, predictor.draw(prediction))
            results[-1]["drawn"] = str(target)
    if json:
        others = {
            "skipped": [*map(str, skipped)],
            "left_out": [each.to_dict() for each in left_out],
        }
        counts = {"read": len(results), **{name: len(of) for name, of in others.items()}}
        console.print_json({"run": str(run), "predictions": results, **others, "counts": counts})
    if any(path in paths for path in skipped) or not results:
        raise ImageError(f"{len(skipped)} of {len(files)} pictures could not be read, see above.")
