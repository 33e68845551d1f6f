"""Which digit, and the smallest circle around its ink ("circlization").

    python examples/circles.py --epochs 4

The joint figure of the course, `circle/iou_when_right`, counts an image only where its class is
right as well. The best epoch is picked by it.
"""

from pathlib import Path

import typer

from triptych import multitask
from triptych.frame.drawing import annotate
from triptych.frame.drawing.colors import BLUE, PURPLE
from triptych.frame.drawing.contact_sheet import contact_sheet
from triptych.frame.storage import images
from triptych.multitask.engine.contact_sheets import first_batch, to_uint8


def main(
    epochs: int | None = None,
    source: str | None = None,
    out: Path = Path("runs/examples/circles"),
) -> None:
    """Train class and circle, then draw predictions over the ground truth, which is dashed."""
    trained = multitask.train(
        "circled-digits", source=source, monitor="circle/iou_when_right", epochs=epochs, out=out
    )
    for name, value in trained.evaluation.metrics.items():
        print(f"{name} {value:.4f}: {trained.evaluation.definitions[name]}")

    batch = first_batch(multitask.open_dataset("circled-digits", source), "test", 12)
    predictions = multitask.load(out).predict_all([to_uint8(image) for image in batch.images])
    cells = []
    for prediction, (x, y, radius) in zip(predictions, batch["circle"].tolist()):
        canvas = annotate.ImageCanvas(prediction.pixels)
        canvas.pen = annotate.Pen(PURPLE, ground_truth=True)
        canvas.circle(x, y, radius)
        canvas.pen = annotate.Pen(PURPLE)
        canvas.circle(**prediction.annotations["circle"].to_dict())
        canvas.pen = annotate.Pen(BLUE)
        canvas.text(prediction.annotations["digit"].to_dict()["name"])
        cells.append(canvas.pixels)
    sheet = contact_sheet(cells, title="Ground truth (dashed) and prediction")
    images.save(out / "circles.png", sheet)
    print(f"Drawn: {out}/circles.png")


if __name__ == "__main__":
    typer.run(main)
