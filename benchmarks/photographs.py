"""How often a trained `digits` network is right about images as people hold them up, and how often
it is sure of images that show no digit: `python -m benchmarks.photographs RUN`.

The images are made from the test digits of the run's source, the same each time.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import torch
import typer
from jaxtyping import UInt8
from numpy import ndarray
from rich.console import Console
from rich.table import Table

from triptych import multitask
from triptych.frame.storage import run_folder
from triptych.frame.storage.image_folder import list_images, read_bytes
from triptych.multitask import Prediction, Predictor
from triptych.multitask.data.otsu import otsu_mask
from triptych.multitask.sources import build_source
from triptych.multitask.structures.annotations import BinaryMask, ClassLabel

Gray = UInt8[ndarray, "height width"]
Draw = Callable[[Gray, np.random.Generator], Gray]

SURE = 0.5  # a probability above which an answer counts as sure
SIDE = 280  # pixels of a photograph of one digit


def enlarged(digit: Gray, side: int) -> ndarray:
    """Its ink, 0 … 1, at another size."""
    return cv2.resize(digit, (side, side), interpolation=cv2.INTER_CUBIC).clip(0, 255) / 255


def phone(digit: Gray, rng: np.random.Generator) -> Gray:
    """Dark ink on grey paper."""
    return to_uint8(200 - 140 * enlarged(digit, SIDE))


def shadow(digit: Gray, rng: np.random.Generator) -> Gray:
    """A shadow falls over the sheet; the camera adds noise."""
    paper = np.linspace(230, 110, SIDE)[None].repeat(SIDE, 0)
    return to_uint8(paper * (1 - 0.65 * enlarged(digit, SIDE)) + rng.normal(0, 3, paper.shape))


def third(digit: Gray, rng: np.random.Generator) -> Gray:
    """Small, in the middle of a white sheet."""
    paper = np.full((SIDE, SIDE), 255.0)
    small = SIDE * 3 // 10
    start = (SIDE - small) // 2
    paper[start : start + small, start : start + small] -= 255 * enlarged(digit, small)
    return to_uint8(paper)


def tight(digit: Gray, rng: np.random.Generator) -> Gray:
    """Cut to its ink."""
    ink = enlarged(digit, SIDE)
    rows, columns = np.nonzero(ink > 0.25)
    cut = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return to_uint8(255 - 255 * cut)


def ruled(digit: Gray, rng: np.random.Generator) -> Gray:
    """On lined paper, larger than the lines are apart, saved as JPEG."""
    paper = 225 * np.linspace(1, 0.75, 800)[None].repeat(600, 0)
    paper[30::60] = paper[31::60] = 160
    return jpeg(inked(paper, digit, rng, (140, 260)))


def desk(digit: Gray, rng: np.random.Generator) -> Gray:
    """On a sheet that lies askew on a dark desk, saved as JPEG."""
    wood = 50 + cv2.GaussianBlur(rng.normal(0, 60, (700, 900)), (0, 0), 4)
    sheet = inked(np.full((450, 600), 220.0), digit, rng, (120, 240))
    turn = cv2.getRotationMatrix2D((300, 225), float(rng.uniform(-12, 12)), 1)
    turn[:, 2] += [150, 120]
    size = wood.shape[::-1]
    moved, where = (cv2.warpAffine(one, turn, size) for one in (sheet, np.ones_like(sheet)))
    return jpeg(np.where(where > 0.5, moved, wood) + rng.normal(0, 3, wood.shape))


def board(digit: Gray, rng: np.random.Generator) -> Gray:
    """Chalk on a smeared blackboard."""
    ground = 60 + cv2.GaussianBlur(rng.normal(0, 120, (600, 800)), (0, 0), 12)
    chalk = 150 * enlarged(digit, 240) * rng.uniform(0.75, 1, (240, 240))
    top, left = rng.integers(40, 340), rng.integers(60, 500)
    ground[top : top + 240, left : left + 240] += chalk
    return jpeg(ground + rng.normal(0, 5, ground.shape))


KINDS: tuple[Draw, ...] = (phone, shadow, third, tight, ruled, desk, board)


def inked(paper: ndarray, digit: Gray, rng: np.random.Generator, sides: tuple[int, int]) -> ndarray:
    """A digit anywhere on a sheet of paper."""
    side = int(rng.integers(*sides))
    top, left = (int(rng.integers(40, room - side - 40)) for room in paper.shape)
    part = paper[top : top + side, left : left + side]
    part *= 1 - enlarged(digit, side) * (1 - 60 / part)
    return paper


def four(digits: list[Gray]) -> Gray:
    """Four digits in two rows on grey paper."""
    paper = np.full((SIDE, SIDE), 235.0)
    for place, digit in enumerate(digits):
        top, left = 10 + 138 * (place // 2), 14 + 136 * (place % 2)
        paper[top : top + 112, left : left + 112] -= 200 * enlarged(digit, 112)
    return to_uint8(paper)


def unlike(count: int, rng: np.random.Generator) -> dict[str, list[Gray]]:
    """Images that show no digit."""
    emoji = build_source("drawn").cutouts("emoji", "train")
    grey = emoji.images.float().mean(1).byte().numpy()
    noise = [rng.integers(0, 256, (200, 200), dtype=np.uint8) for _ in range(count)]
    blocks = [
        to_uint8(200 + 20 * rng.normal(0, 1, (100, 100)).repeat(3, 0).repeat(3, 1))
        for _ in range(count)
    ]
    blank = [to_uint8(rng.uniform(120, 255) + rng.normal(0, 3, (300, 220))) for _ in range(count)]
    return {"blank": blank, "noise": noise, "coarse noise": blocks, "drawn emoji": list(grey)}


def jpeg(image: ndarray) -> Gray:
    """As it comes back from a JPEG file."""
    _, data = cv2.imencode(".jpg", to_uint8(image), [cv2.IMWRITE_JPEG_QUALITY, 80])
    decoded = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    return decoded


def to_uint8(image: ndarray) -> Gray:
    """Rounded and clipped to 0 … 255."""
    return np.rint(image).clip(0, 255).astype(np.uint8)


def read(prediction: Prediction) -> str:
    """The classes of all things found, one after another."""
    return "".join(label.name for label in labels(prediction))


def labels(prediction: Prediction) -> list[ClassLabel]:
    """What each thing found is called."""
    found = (one for objects in prediction.objects for one in objects.values())
    return [one for one in found if isinstance(one, ClassLabel)]


def mask_iou(prediction: Prediction, truth: ndarray) -> float:
    """Of the first thing's mask; 0 where nothing was found."""
    for one in prediction.annotations.values():
        if isinstance(one, BinaryMask):
            return float((one.pixels & truth).sum() / max(1, (one.pixels | truth).sum()))
    return 0.0


def phone_masks(digits: list[Gray]) -> Iterable[ndarray]:
    """Where the ink of `phone` images truly is: darker than each digit's threshold by Otsu."""
    masks = otsu_mask(torch.from_numpy(np.stack(digits))).numpy()
    for digit, mask in zip(digits, masks):
        threshold = (int(digit[mask].min()) + int(digit[~mask].max())) / 2
        yield enlarged(digit, SIDE) * 255 > threshold


def sure_share(predictor: Predictor, images: Iterable[Gray | bytes]) -> float:
    """How many images the network names with a probability above `SURE`."""
    sure = [
        any(label.probability > SURE for label in labels(prediction))
        for prediction in predictor.predict_batches(images)
    ]
    return float(np.mean(sure))


def main(
    run: Annotated[Path, typer.Argument(help="A finished run of `digits`.")],
    count: Annotated[int, typer.Option(min=4, help="Digits of each kind.")] = 200,
    folder: Annotated[
        list[Path] | None,
        typer.Option(help="Folder or zip of pictures without a digit; may be repeated."),
    ] = None,
) -> None:
    """Print how many images of each kind are read rightly, and how many without a digit are."""
    predictor = multitask.load(run, device="cpu")
    with run_folder.reading_record(run) as record:
        source = record["plan"]["source"]
    batch = multitask.open_dataset("digits", source).batch("test", torch.arange(count))
    digits = list((batch.images[:, 0] * 255).round().byte().numpy())
    names = [predictor.network.info.classes[number] for number in batch["label"].tolist()]

    right = Table("digits", "right", "mask IoU", title=f"{count} test digits of {source}")
    for draw in KINDS:
        rng = np.random.default_rng(0)
        found = list(predictor.predict_batches(draw(digit, rng) for digit in digits))
        share = np.mean([read(one) == name for one, name in zip(found, names)])
        overlap = "–"
        if draw is phone:
            overlap = (
                f"{np.mean([mask_iou(*pair) for pair in zip(found, phone_masks(digits))]):.3f}"
            )
        right.add_row(f"{draw.__name__}: {draw.__doc__}", f"{share:.3f}", overlap)
    groups = [digits[i : i + 4] for i in range(0, count - 3, 4)]
    found = predictor.predict_batches(four(group) for group in groups)
    whole = [read(one) == "".join(names[4 * i : 4 * i + 4]) for i, one in enumerate(found)]
    right.add_row(f"four: {four.__doc__}", f"{np.mean(whole):.3f}", "–")

    sure = Table("no digit", "images", "named with p > 0.5")
    made: dict[str, Sequence[Gray | bytes]] = {}
    made |= unlike(count // 4, np.random.default_rng(0))
    for place in folder or ():
        files = list_images(place, "pictures without a digit")
        some = files[:: max(1, len(files) // count)][:count]
        made[place.name] = [read_bytes(place, name) for name in some]
    for name, images in made.items():
        sure.add_row(name, str(len(images)), f"{sure_share(predictor, images):.3f}")
    console = Console()
    console.print(right, sure)


if __name__ == "__main__":
    typer.run(main)
