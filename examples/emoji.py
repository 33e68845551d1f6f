"""Which face, and where: a class and a box from one network.

    python examples/emoji.py --epochs 4
    python examples/emoji.py --hard --out runs/examples/hard-emoji

Every epoch puts the nine faces at new places on new backgrounds: no two training images are alike.
"""

from pathlib import Path

import typer

from triptych import multitask
from triptych.frame.storage import images
from triptych.multitask.engine.contact_sheets import first_batch, to_uint8


def main(
    epochs: int | None = None,
    source: str | None = None,
    out: Path = Path("runs/examples/emoji"),
    hard: bool = False,
) -> None:
    """Train on faces, then find one in a larger picture."""
    trained = multitask.train(
        "emoji",
        heads=["label", "box"],
        source=source,
        options={"hard": hard},  # any background, size and rotation, and distractors
        epochs=epochs,
        out=out,
    )
    for name, value in trained.evaluation.metrics.items():
        print(f"{name} {value:.4f}: {trained.evaluation.definitions[name]}")

    batch = first_batch(multitask.open_dataset("emoji", source), "test", 1)
    scene = images.resize(to_uint8(batch.images[0]), 600, 400)  # any size will do
    predictor = multitask.load(out)
    prediction = predictor.predict(scene)
    print({head: value.to_dict() for head, value in prediction.annotations.items()})
    images.save(out / "prediction.png", predictor.draw(prediction))
    print(f"Drawn: {out}/prediction.png")


if __name__ == "__main__":
    typer.run(main)
