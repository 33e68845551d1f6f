"""`triptych predict`: annotations of images, printed, drawn, and written for annotation tools."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...frame.errors import ConfigError, ImageError
from ...frame.registry import unknown_name_error
from ...frame.storage import images
from ...frame.storage.image_folder import SkippedImage
from ...multitask.inference.prediction import Prediction
from ...multitask.inference.predictor import Predictor
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
    flip_average: bool,
    json: bool,
    intervals: bool = False,
    to: str | None = None,
    out: Path | None = None,
    shape: str | None = None,
    uncertain: bool = False,
    limit: int | None = None,
) -> None:
    """Predict every image; those that cannot be read are named, the rest are predicted.

    Parameters:
        run: the folder of a finished run, or a file that `triptych export` wrote.
        paths: image files, and folders of them.
        draw: a folder for the images with their annotations drawn.
        invert: one of `INVERT`.
        device: "auto", "cpu", "cuda" …
        recursive: read folders in the folders too.
        flip_average: average over each picture and its mirror.
        json: print one JSON object instead of a line an image.
        intervals: whether the drawings show what holds with 90 % confidence.
        to: a format of annotation tools, written to `out` instead of a line an image.
        out: a new or empty folder.
        shape: the head whose shapes are written.
        uncertain: whether the least sure images are written first.
        limit: how many are written.

    Raises ImageError at the end where a file named by itself could not be read, or none could;
    ConfigError for options of `to` without it.
    """
    if invert not in INVERT:
        raise unknown_name_error(invert, INVERT, "way to invert")
    _check_export(to, out, {"--shape": shape, "--uncertain": uncertain, "--limit": limit})
    predictor = Predictor.load(run, device=device, invert=invert, flip_average=flip_average)
    if draw:
        check_folder(draw, "--draw")
    shown = {"recursive": recursive, "json": json, "intervals": intervals}
    answers = _Answers(predictor, paths, draw, **shown)
    more: dict[str, Any] = {}
    if to and out:
        choice = {"shape": shape, "uncertain": uncertain, "limit": limit}
        more = answers.export(run, to, out, choice)
    else:
        for prediction in predictor.predict_batches(answers.files, skip=answers.skip):
            answers.add(prediction)
            if not json:
                print(f"{prediction.name}: {prediction}")
    if json:
        answers.print_json(run, more)
    console.check_read(paths, answers.skipped, len(answers.files), read=answers.read)


class _Answers:
    """What comes of the pictures, one after the other."""

    def __init__(
        self,
        predictor: Predictor,
        paths: Sequence[Path],
        draw: Path | None,
        *,
        recursive: bool,
        json: bool,
        intervals: bool,
    ):
        self.predictor, self.draw, self.json, self.intervals = predictor, draw, json, intervals
        self.left_out: list[SkippedImage] = []
        self.files = images.expand_paths(
            list(paths), recursive=recursive, left_out=self.left_out.append
        )
        console.log_left_out(self.left_out)
        self.names = output_names(self.files)
        self.results: list[dict[str, Any]] = []
        self.skipped: list[Path] = []
        self.read = 0

    def skip(self, name: str, error: ImageError) -> None:
        """Name a picture that cannot be read."""
        self.skipped.append(Path(name))
        console.log(f"skipped: {error}")

    def add(self, prediction: Prediction) -> None:
        """Draw a prediction, and keep what the JSON says of it."""
        self.read += 1
        if prediction.inverted:
            console.log(f"{prediction.name}: dark on light, so inverted (--invert no: not)")
        result: dict[str, Any] = prediction.to_dict() if self.json else {}
        if self.draw:
            make_folder(self.draw, "--draw")
            target = self.draw / self.names[prediction.name]
            images.save(target, self.predictor.draw(prediction, intervals=self.intervals))
            result["drawn"] = str(target)
        if self.json:
            self.results.append(result)

    def export(self, run: Path, to: str, out: Path, choice: dict[str, Any]) -> dict[str, Any]:
        """Write the predictions for an annotation tool.

        Returns what the JSON says of it.
        """
        from ...multitask.active_learning.export import TABLE, export_predictions

        _check_apart(out, self.files)
        with console.progress_bar() as progress:
            done = export_predictions(
                self.predictor,
                self.files,
                to,
                out,
                model=run.resolve().name,
                skip=self.skip,
                listener=self.add,
                progress=progress,
                **choice,
            )
        for line in done.lost:
            console.log(f"not held by {to}: {line}")
        if choice["uncertain"] and all(one.uncertainty is None for one in done.pictures):
            console.log(
                "No head of this run tells how sure it is: pictures unlike those it learned from "
                "come first."
            )
        count = len(done.pictures)
        console.log(f"Written: {out} ({count:,} pictures as {to}; how sure of each: {TABLE})")
        written = [one.picture for one in done.pictures]
        return {"written": {"to": to, "out": str(out), "pictures": written}}

    def print_json(self, run: Path, more: dict[str, Any]) -> None:
        """All answers as one object."""
        others = {
            "skipped": [*map(str, self.skipped)],
            "left_out": [each.to_dict() for each in self.left_out],
        }
        counts = {"read": self.read, **{name: len(of) for name, of in others.items()}}
        answer = {"run": str(run), "predictions": self.results, **others, "counts": counts}
        console.print_json(answer | more)


def _check_export(to: str | None, out: Path | None, others: dict[str, Any]) -> None:
    if to and not out:
        raise ConfigError(f"Where shall the {to} files be? Name a new folder: --out FOLDER.")
    typed = [flag for flag, value in {"--out": out, **others}.items() if value]
    if not to and typed:
        raise ConfigError(
            f"{typed[0]} is about files for annotation tools. Say of which: --to coco, cvat, "
            "labelme, label-studio or yolo."
        )
    if to and out:  # before a run is loaded and pictures are listed
        from ...multitask.annotated.conversion import writable_format

        writable_format(to, out)


def _check_apart(out: Path, files: Sequence[Path]) -> None:
    """Raise ConfigError where the pictures would be copied in among those that are read."""
    target = out.expanduser().absolute()
    for folder in {path.absolute().parent for path in files}:
        if target.is_relative_to(folder):
            raise ConfigError(f"{out} lies within {folder}. Name a folder outside of it.")
