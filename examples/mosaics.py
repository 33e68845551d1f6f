"""Four digits in an image: which digit does each pixel belong to?

    python examples/mosaics.py --epochs 4

A U-Net gives eleven scores a pixel: ten digits, and 0 for the background.
"""

from pathlib import Path

import typer

from triptych import multitask
from triptych.frame.storage import images
from triptych.multitask.engine.contact_sheets import first_batch, to_uint8


def main(
    epochs: int | None = None,
    source: str | None = None,
    out: Path = Path("runs/examples/mosaics"),
) -> None:
    """Train the semantic head, then name the digits of a test mosaic."""
    trained = multitask.train("mosaic-digits", source=source, epochs=epochs, out=out)
    for name, value in trained.evaluation.metrics.items():
        print(f"{name} {value:.4f}: {trained.evaluation.definitions[name]}")

    batch = first_batch(multitask.open_dataset("mosaic-digits", source), "test", 1)
    predictor = multitask.load(out)
    prediction = predictor.predict(to_uint8(batch.images[0]))
    for digit, region in prediction.annotations["semantic"].to_dict().items():
        print(f"digit {digit}: {region['area']} pixels")
    images.save(out / "mosaic.png", predictor.draw(prediction))
    print(f"Drawn: {out}/mosaic.png")


if __name__ == "__main__":
    typer.run(main)
