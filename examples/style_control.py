"""Paint only a part of a photo, in the photo's own colours, with two hands.

    python examples/style_control.py photo.jpg painting.jpg another.jpg

The mask is computed here, a round part in the middle with a soft edge. Any array of 0 … 1 will
do. The first style has two parts of three.
"""

from pathlib import Path

import numpy as np
import typer

from triptych import style
from triptych.frame.storage import images
from triptych.style.imaging.masks import feather, masks_to_regions
from triptych.style.networks._build import AUTO


def main(
    photo: Path,
    first: Path,
    second: Path,
    features: str = AUTO,  # the best network at hand; patches, vgg19 …
    size: int = 512,
    out: Path = Path("runs/examples/style-control.png"),
) -> None:
    """Paint, and tell how much of the photo was left as it was."""
    content = images.read(photo)
    mask = feather(middle(*content.shape[:2]))
    painted = style.transfer(
        content,
        [images.read(first), images.read(second)],
        method=style.build_method(features),
        regions=masks_to_regions([mask], 2),
        colors="luminance",
        size=size,
        style_weights=(2.0, 1.0),
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    images.save(out, painted.image)
    print(f"{out}: {(mask == 0).mean():.0%} of the photo is as it was")


def middle(height: int, width: int) -> np.ndarray:
    """1 within a circle that touches the nearer sides, 0 outside."""
    rows, columns = np.mgrid[:height, :width] + 0.5
    apart = np.hypot(rows - height / 2, columns - width / 2)
    return (apart < min(height, width) / 2).astype(np.float32)


if __name__ == "__main__":
    typer.run(main)
