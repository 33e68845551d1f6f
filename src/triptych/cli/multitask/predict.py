"""`triptych predict`: answers about pictures, printed and drawn."""

from pathlib import Path
from typing import Any

from ...frame.errors import ImageError
from ...frame.registry import unknown_name_error
from ...frame.storage import images
from ...multitask.engine.predict import Prediction, Predictor
from .. import console
from ..output_files import check_folder, drawn_names, make_folder

INVERT = ("auto", "yes", "no")
TOGETHER = 64  # pictures held in memory at a time


def predict(
    run: Path, given: list[Path], *, draw: Path | None, invert: str, device: str, json: bool
) -> None:
    """Answer about each picture; those that cannot be read are named, the rest are answered.

    Raises ImageError at the end where a picture named by itself could not be read, or none
    could."""
    if invert not in INVERT:
        raise unknown_name_error(invert, INVERT, "way to invert")
    predictor = Predictor.load(run, device=device, invert=invert)  # type: ignore[arg-type]
    if draw:
        check_folder(draw, "--draw")
    files = images.expand_paths(given)
    names = drawn_names(files)
    answers: list[dict[str, Any]] = []
    skipped: list[Path] = []
    for start in range(0, len(files), TOGETHER):
        for prediction in _answered(predictor, files[start : start + TOGETHER], skipped):
            if prediction.inverted:
                console.note(f"{prediction.name}: dark on light, so inverted (--invert no: not)")
            answers.append(prediction.json())
            if not json:
                print(line(prediction))
            if draw:
                make_folder(draw, "--draw")
                place = draw / names[prediction.name]
                images.save(place, predictor.draw(prediction))
                answers[-1]["drawn"] = str(place)
    if json:
        console.answer({"run": str(run), "predictions": answers, "skipped": [*map(str, skipped)]})
    named = [path for path in skipped if path in given]
    if named or not answers:
        raise ImageError(f"{len(skipped)} of {len(files)} pictures could not be read, see above.")


def line(prediction: Prediction) -> str:
    """The answers in one line."""
    told = [f"{name} {shortly(answer.json())}" for name, answer in prediction.answers.items()]
    return f"{prediction.name}: {' · '.join(told)}"


def shortly(value: dict[str, Any]) -> str:
    """An answer in a few words.

    >>> shortly({"name": "7", "probability": 0.98})
    '7 (98%)'
    >>> shortly({"x": 14.0, "y": 13.5, "radius": 9.25})
    'x 14.0, y 13.5, radius 9.2'
    """
    if "probability" in value:
        return f"{value['name']} ({value['probability']:.0%})"
    if "area" in value:
        return f"{value['area']} px"
    if all(isinstance(part, dict) for part in value.values()):
        return ", ".join(f"{name} {part['area']} px" for name, part in value.items()) or "nothing"
    return ", ".join(f"{name} {part:.1f}" for name, part in value.items())


def _answered(predictor: Predictor, files: list[Path], skipped: list[Path]) -> list[Prediction]:
    pixels, names = [], []
    for file in files:
        try:
            pixels.append(images.read(file))
            names.append(str(file))
        except ImageError as error:
            skipped.append(file)
            console.note(f"skipped: {error}")
    return predictor.predict_all(pixels, names=names) if pixels else []
