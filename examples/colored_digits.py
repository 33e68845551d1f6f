"""One look, two answers: which digit, and in which color.

    python examples/colored_digits.py --epochs 4

A small residual network is shared by two heads, "digit" and "color". Their losses are added up,
each with its weight, and one optimizer learns from the sum.
"""

from pathlib import Path

import typer

from triptych import multitask
from triptych.multitask.engine.contact_sheets import first_batch, to_uint8


def main(
    epochs: int | None = None,
    source: str | None = None,
    out: Path = Path("runs/examples/colored-digits"),
) -> None:
    """Train both heads at once, then ask them about a few test images."""
    trained = multitask.train(
        "colored-digits",
        source=source,
        loss_weights={"digit": 1.0, "color": 0.5},  # the color is easy: half the weight will do
        epochs=epochs,
        out=out,
    )
    for name, value in trained.evaluation.metrics.items():
        print(f"{name} {value:.4f}: {trained.evaluation.definitions[name]}")

    batch = first_batch(multitask.open_dataset("colored-digits", source), "test", 4)
    predictor = multitask.load(out)
    for prediction in predictor.predict_all([to_uint8(image) for image in batch.images]):
        names = {head: label.to_dict()["name"] for head, label in prediction.annotations.items()}
        print(f"{prediction.name}: a {names['color']} {names['digit']}")


if __name__ == "__main__":
    typer.run(main)
