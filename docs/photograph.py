"""Make the photograph at the top of README.md: digits on a sheet of paper, on a desk.

    python docs/photograph.py photo.jpg
    triptych train digits --out runs/digits
    triptych predict runs/digits photo.jpg --draw answers

and `answers/photo.png` saved as `docs/pictures/photograph.jpg`, which takes a fifth of the room.

No camera was there. The strokes are those of triptych's own pen (the source `drawn`); the page is
turned, lit from the upper left, a little out of focus, grainy, and saved as JPEG.
"""

from pathlib import Path

import cv2
import numpy as np
import torch
import typer
from jaxtyping import Float
from numpy import ndarray

from triptych.frame.rng import CounterRNG
from triptych.frame.storage import images
from triptych.multitask.synthesis.digits import random_affine, sample_paths, stroke_width
from triptych.multitask.synthesis.rasterize import BOX, scale_to_box

WIDTH, HEIGHT = 1200, 800  # pixels
ROWS = ("271", "8350")
GLYPH = 195  # pixels: the longer side of a digit
PEN = 1.1  # times the radius of the strokes that MNIST has: how wide they are
PAPER, INK, DESK = (232, 226, 212), (38, 44, 84), (96, 66, 44)
SEED = 0  # of 0 … 10, nine have all their digits read rightly; the other two are 7 and 10

Image = Float[ndarray, "height width 3"]


def ink(rng: np.random.Generator) -> Float[ndarray, "height width"]:
    """How much ink is at each pixel of the page, 0 … 1."""
    digits = [int(digit) for row in ROWS for digit in row]
    chance = CounterRNG((SEED,), torch.arange(len(digits)))
    starts, ends = sample_paths(torch.tensor(digits), chance)
    starts, ends = random_affine(torch.stack([starts, ends], 1), chance).unbind(1)
    radius = stroke_width(ends - starts, chance)
    starts, ends = scale_to_box(starts, ends, radius.mean(1))
    scale = GLYPH / BOX
    page = np.zeros((HEIGHT, WIDTH), np.uint8)
    places = [(row, column) for row, text in enumerate(ROWS) for column in range(len(text))]
    for number, (row, column) in enumerate(places):
        corner = np.array([215 + 250 * column - 70 * row, 150 + 290 * row]) + rng.normal(0, 10, 2)
        for piece in range(starts.shape[1]):
            ends_of = [
                tuple(np.rint((point[number, piece].numpy() * scale + corner) * 16).astype(int))
                for point in (starts, ends)
            ]
            thick = max(round(float(radius[number, piece]) * scale * PEN), 2)
            cv2.line(page, *ends_of, 255, thick, cv2.LINE_AA, shift=4)
    uneven = cv2.GaussianBlur(rng.normal(0, 1, page.shape), (0, 0), 5) * 2
    return page / 255 * np.clip(0.9 + 0.4 * uneven, 0.6, 1)


def scene(rng: np.random.Generator) -> Image:
    """The page on the desk, as a camera sees it, 0 … 255."""
    covered = ink(rng)[..., None]
    fibres = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, WIDTH)), (0, 0), 1.5)[..., None] * 6
    page = (np.array(PAPER) + fibres) * (1 - covered) + np.array(INK) * covered
    grain = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, WIDTH)), (0, 0), sigmaX=60, sigmaY=1.2)
    desk = np.array(DESK) * (1 + 1.6 * grain[..., None])
    corners = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    seen = np.array([[-60, -70], [1130, 25], [1085, 735], [-110, 840]], np.float32)
    turn = cv2.getPerspectiveTransform(corners, seen)
    there = cv2.warpPerspective(np.ones((HEIGHT, WIDTH)), turn, (WIDTH, HEIGHT))[..., None]
    shade = cv2.GaussianBlur(there, (0, 0), 18)[..., None]  # the sheet's shadow on the desk
    turned = cv2.warpPerspective(page, turn, (WIDTH, HEIGHT))
    return turned * there + desk * (1 - 0.55 * shade) * (1 - there)


def photographed(flat: Image, rng: np.random.Generator) -> Image:
    """A scene with light that falls off, out of focus, with noise; 0 … 255."""
    x, y = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    light = 1.06 - 0.42 * np.hypot(x - 0.25, y - 0.15) ** 1.4
    lit = flat * light[..., None] * np.array([1.0, 0.985, 0.95])
    blurred = cv2.GaussianBlur(lit, (0, 0), 1.4)
    return blurred + cv2.GaussianBlur(rng.normal(0, 9, flat.shape), (0, 0), 0.7)


def main(out: Path) -> None:
    """Write the photograph."""
    rng = np.random.default_rng(SEED)
    pixels = np.rint(np.clip(photographed(scene(rng), rng), 0, 255)).astype(np.uint8)
    images.save(out, pixels)
    print(f"Written: {out}")


if __name__ == "__main__":
    typer.run(main)
