"""`triptych explain`: why a model says what it says, and what excites its feature maps."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....frame.errors import ConfigError, ImageError
from ....frame.registry import unknown_name_error
from ....frame.storage import images
from ....frame.storage.image_folder import SkippedImage
from ... import console
from ...output_files import check_folder, make_folder, output_names
from ...parsing import parse_names, parse_split
from ..predict import INVERT

MOST_CHARACTERS = 8  # of an image, that have a row each head


@dataclass(frozen=True)
class ExplainOptions:
    """What was typed beside the run and the images.

    Parameters:
        to: the folder of the pictures; None for RUN/explained.
        device: "auto", "cpu", "cuda" …
        json: print one JSON object.
    """

    to: Path | None
    device: str
    json: bool

    def folder(self, run: Path) -> Path:
        """Where the pictures go. Raises ConfigError where `to` is a file."""
        if self.to:
            check_folder(self.to, "--to")
        return self.to or run / "explained"


def explain_images(
    run: Path,
    paths: Sequence[Path],
    options: ExplainOptions,
    *,
    heads: str | None,
    class_name: str | None,
    method: str | None,
    layer: str | None,
    invert: str,
    recursive: bool,
) -> None:
    """Write a sheet an image; those that cannot be read are named, the rest are explained.

    Parameters:
        run: the folder of a finished run.
        paths: image files, and folders of them.
        options: as typed.
        heads: names with commas.
        class_name: of the class that is explained.
        method: names with commas.
        layer: of Grad-CAM.
        invert: one of `INVERT`.
        recursive: read folders in the folders too.

    Raises ImageError at the end where a file named by itself could not be read, or none could.
    """
    from ....multitask.explanation.explainer import Explainer

    if invert not in INVERT:
        raise unknown_name_error(invert, INVERT, "way to invert")
    folder = options.folder(run)
    explainer = Explainer.load(
        run,
        heads=parse_names(heads),
        methods=parse_names(method),
        class_name=class_name,
        layer=layer,
        device=options.device,
        invert=invert,
    )
    left_out: list[SkippedImage] = []
    files = images.expand_paths([*paths], recursive=recursive, left_out=left_out.append)
    console.log_left_out(left_out)
    names, told, skipped = output_names(files), [], []
    for path in files:
        try:
            found = explainer.explain(path, most=MOST_CHARACTERS)
        except ImageError as error:
            skipped.append(path)
            console.log(f"skipped: {error}")
            continue
        one: dict[str, Any] = {"image": str(path), "explained": [each.to_dict() for each in found]}
        if found:
            make_folder(folder, "--to")
            one["picture"] = str(folder / names[str(path)])
            title = f"Why {run.resolve().name} says so: {path.name}"
            images.save(one["picture"], explainer.draw(found, title))
        told.append(one)
        if not options.json:
            print(f"{path}: {one.get('picture', 'nothing found, so nothing to explain')}")
    if options.json:
        others = [each.to_dict() for each in left_out]
        answer = {"run": str(run), "explanations": told, "skipped": [*map(str, skipped)]}
        console.print_json({**answer, "left_out": others})
    console.check_read(paths, skipped, len(files), read=len(told))


def explain_channels(
    run: Path,
    options: ExplainOptions,
    *,
    stage: int | None,
    channels: int,
    split: str,
    source: str | None,
) -> None:
    """Write a sheet of the images that most excite the channels of a stage.

    Parameters:
        run: the folder of a finished run.
        options: as typed.
        stage: from 1, finest first; None for the coarsest.
        channels: how many.
        split: whose images are looked at.
        source: where the images are now, if they have moved.
    """
    from ....multitask.explanation.activation_sheet import activation_sheet
    from ....multitask.explanation.maximal_activations import maximal_activations

    folder = options.folder(run)
    with console.progress_bar() as progress:
        found = maximal_activations(
            run,
            stage=stage,
            channels=channels,
            split=parse_split(split),
            source=source,
            device=options.device,
            progress=progress,
        )
    make_folder(folder, "--to")
    target = folder / f"stage-{found.stage}.png"
    images.save(target, activation_sheet(found, f"What excites {run.resolve().name} most"))
    if options.json:
        console.print_json({"run": str(run), "picture": str(target), **found.to_dict()})
    else:
        print(target)


def check_mode(maximal: bool, paths: Sequence[Path], typed: dict[str, bool]) -> None:
    """Refuse options that say nothing about what is asked for.

    Parameters:
        maximal: whether channels are shown, not images explained.
        paths: the images that were named.
        typed: of each option whether it was typed, those of `--maximal` first.

    Raises ConfigError.
    """
    if maximal and paths:
        raise ConfigError("--maximal looks at the run's own images. Leave the others out.")
    if not maximal and not paths:
        raise ConfigError(
            "Which pictures? Name some, or --maximal for what excites the network most."
        )
    wrong = [flag for flag, was in typed.items() if was and (flag in OF_MAXIMAL) != maximal]
    if wrong:
        what = "single pictures" if maximal else "--maximal"
        raise ConfigError(f"{wrong[0]} is about {what}. Leave it out.")


OF_MAXIMAL = ("--stage", "--channels", "--split", "--source")
"""Options that go with --maximal alone."""
