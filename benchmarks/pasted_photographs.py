"""Write photographs with one emoji each and its box: `python -m benchmarks.pasted_photographs
FOLDER`.

No photograph and no emoji is in two splits: what is learned must hold for others.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import torch
import typer

from triptych.frame.storage import images
from triptych.frame.storage.assets import fetch_or_locate
from triptych.multitask.sources.openmoji import OpenMoji
from triptych.style.assets import CONTENTS

SIDE = 224  # pixels of every picture
SMALLEST, LARGEST = 36, 110  # sides of an emoji in pixels, before it is turned
SHARES = {"train": (5, 0.7), "valid": (1, 0.1), "test": (2, 0.2)}
"""Of each split: how many of the photographs, and which share of the pictures and of the emoji."""

EMOJI = tuple(f"{code:X}" for code in range(0x1F400, 0x1F4D0))
"""Animals, clothes, things: 208 code points that OpenMoji all draws."""


def write_pictures(folder: Path, count: int, seed: int) -> None:
    """Write the splits as folders of PNG files with `_annotations.coco.json` in each.

    Parameters:
        folder: new or empty.
        count: pictures of all splits together.
        seed: all chance follows from it.
    """
    rng = np.random.default_rng(seed)
    photographs = [fetch_or_locate(asset) for asset in CONTENTS]
    cutouts = OpenMoji(",".join(EMOJI)).cutouts("emoji", "train")
    assert cutouts.alpha is not None
    emoji = torch.cat([cutouts.images.permute(0, 2, 3, 1), cutouts.alpha[..., None]], 3).numpy()
    order = rng.permutation(len(photographs)).tolist()
    kinds = rng.permutation(len(emoji))
    for split, (number, share) in SHARES.items():
        own, order = order[:number], order[number:]
        size = round(share * len(emoji))
        chosen, kinds = kinds[:size], kinds[size:]
        backgrounds = [images.as_image(photographs[i]) for i in own]
        _write_split(folder / split, backgrounds, emoji[chosen], round(share * count), rng)


def _write_split(
    folder: Path,
    photographs: list[np.ndarray],
    emoji: np.ndarray,
    count: int,
    rng: np.random.Generator,
) -> None:
    folder.mkdir(parents=True)
    files: list[dict[str, Any]] = []
    boxes: list[dict[str, Any]] = []
    for number in range(count):
        background = _random_crop(photographs[number % len(photographs)], rng)
        picture, box = _paste(background, emoji[rng.integers(len(emoji))], rng)
        name = f"{number:04}.png"
        images.save(folder / name, picture)
        files.append({"id": number, "file_name": name, "width": SIDE, "height": SIDE})
        row = {"id": number, "image_id": number, "category_id": 1, "bbox": box, "iscrowd": 0}
        boxes.append({**row, "area": box[2] * box[3]})
    content = {
        "images": files,
        "annotations": boxes,
        "categories": [{"id": 1, "name": "emoji"}],
    }
    (folder / "_annotations.coco.json").write_text(json.dumps(content))


def _random_crop(photograph: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A square part of a photograph, at most three times as small as the whole."""
    height, width = photograph.shape[:2]
    side = int(min(height, width) * rng.uniform(1 / 3, 1))
    top, left = rng.integers(height - side + 1), rng.integers(width - side + 1)
    crop = photograph[top : top + side, left : left + side]
    return cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def _paste(
    picture: np.ndarray, emoji: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, list[int]]:
    """A picture with an emoji turned, scaled and put anywhere, and its tight box: left, top, width
    and height."""
    side, angle = rng.uniform(SMALLEST, LARGEST), rng.uniform(0, 360)
    turn = cv2.getRotationMatrix2D((emoji.shape[1] / 2, emoji.shape[0] / 2), angle, side / 72)
    reach = side / 2**0.5  # a corner, however it is turned
    x, y = rng.uniform(reach, SIDE - reach, 2)
    turn[:, 2] += (x - emoji.shape[1] / 2, y - emoji.shape[0] / 2)
    premultiplied = emoji.astype(np.float32) / 255
    premultiplied[..., :3] *= premultiplied[..., 3:]
    laid = cv2.warpAffine(premultiplied, turn, (SIDE, SIDE), flags=cv2.INTER_AREA)
    mixed = picture / 255 * (1 - laid[..., 3:]) + laid[..., :3]
    rows, columns = np.nonzero(laid[..., 3] > 0.5)
    left, top = int(columns.min()), int(rows.min())
    box = [left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top]
    return (mixed.clip(0, 1) * 255).round().astype(np.uint8), box


def main(
    folder: Annotated[Path, typer.Argument(help="New or empty.")],
    count: Annotated[int, typer.Option(min=20, help="Pictures of all splits.")] = 286,
    seed: Annotated[int, typer.Option(min=0, help="All chance follows from it.")] = 0,
) -> None:
    """Write photographs with one emoji each: 200 to train on, 29 to choose by, 57 to test."""
    write_pictures(folder, count, seed)


if __name__ == "__main__":
    typer.run(main)
