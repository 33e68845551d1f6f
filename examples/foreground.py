"""Which pixels are ink: a U-Net learns what Otsu's threshold does.

    python examples/foreground.py --epochs 4

The ground truth is a mask: all pixels brighter than the grey level that separates the image best.
"""

from pathlib import Path

import torch
import typer

from triptych import multitask
from triptych.multitask.data.otsu import otsu_threshold
from triptych.multitask.engine.contact_sheets import first_batch, to_uint8
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
    images = [to_uint8(image) for image in batch.images]
    predictions = [p.annotations["mask"] for p in multitask.load(out).predict_all(images)]
    pixels = [mask.pixels for mask in predictions if isinstance(mask, multitask.BinaryMask)]
    masks = torch.stack([torch.from_numpy(mask) for mask in pixels])
    thresholds = otsu_threshold(torch.stack([torch.from_numpy(image[..., 0]) for image in images]))
    for threshold, overlap in zip(thresholds.tolist(), mask_iou(masks, batch["mask"]).tolist()):
        print(f"ink above grey {threshold}: overlap {overlap:.4f}")


if __name__ == "__main__":
    typer.run(main)
