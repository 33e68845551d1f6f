"""Which pixels are ink: a U-Net learns what Otsu's threshold does.

    python examples/foreground.py --epochs 4

The truth is a mask: everything brighter than the grey level that parts the image best in two.
"""

from pathlib import Path

import torch
import typer

from triptych import multitask
from triptych.multitask.data.otsu import otsu_threshold
from triptych.multitask.engine.contact_sheets import first_batch, to_uint8
from triptych.multitask.structures.annotations import BinaryMask
from triptych.multitask.structures.geometry import mask_iou


def main(
    epochs: int | None = None,
    source: str | None = None,
    out: Path = Path("runs/examples/foreground"),
) -> None:
    """Train the mask head, then compare its masks with Otsu's, image by image."""
    trained = multitask.train("foreground-digits", source=source, epochs=epochs, out=out)
    print(f"mask/jaccard {trained.evaluation.metrics['mask/jaccard']:.4f}")

    batch = first_batch(multitask.open_dataset("foreground-digits", source), "test", 6)
    assert batch.mask is not None
    pictures = [to_uint8(image) for image in batch.images]
    answers = [found.annotations["mask"] for found in multitask.load(out).predict_all(pictures)]
    masks = torch.stack([torch.from_numpy(a.pixels) for a in answers if isinstance(a, BinaryMask)])
    thresholds = otsu_threshold(torch.stack([torch.from_numpy(p[..., 0]) for p in pictures]))
    for threshold, overlap in zip(thresholds.tolist(), mask_iou(masks, batch.mask).tolist()):
        print(f"ink above grey {threshold}: overlap {overlap:.4f}")


if __name__ == "__main__":
    typer.run(main)
