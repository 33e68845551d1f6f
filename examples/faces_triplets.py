"""Learn to tell same from different by triplets, on any small pictures.

    python examples/faces_triplets.py --epochs 10
    python examples/faces_triplets.py --source people/

Without a folder it learns from handwritten digits drawn by triptych: some digits train, others it
never sees until the end. That is hard with ten digits; hundreds of people do better.
"""

from pathlib import Path

import torch
import typer

from triptych import faces
from triptych.frame.storage import images
from triptych.multitask.synthesis.digits import render_digits

EACH = 24  # drawings of a digit


def main(
    epochs: int | None = None,
    source: Path | None = None,
    out: Path = Path("runs/examples/faces-triplets"),
) -> None:
    """Train an encoder, then compare two pictures with it."""
    folder = source or drawn(out.with_name(f"{out.name}-pictures"))
    trained = faces.train(
        folder,
        out=out,
        epochs=epochs,
        crop="whole",  # "find" for photos of faces
        height=28,
        width=28,
        channels=1,
        people=5,
        photos=6,
        flip=0.0,  # a mirrored digit is another sign
    )
    for name, value in trained.metrics.items():
        print(f"{name} {value:.4f}: {trained.holdout.definitions[name].split(';')[0]}")
    for note in trained.warnings:
        print(f"note: {note}")

    reader = faces.FacePipeline(faces.load_encoder(out))
    first, second = faces.load_identities(folder).photos[:2]
    apart = reader.embed_one(first).distances(reader.embed_one(second))[0, 0]
    print(f"{first.name} and {second.name} are {apart:.3f} apart. Look at {out}/neighbours.png")


def drawn(folder: Path) -> Path:
    """A folder for each digit, with drawings of it."""
    labels = torch.arange(10).repeat_interleave(EACH)
    for number, (digit, pixels) in enumerate(zip(labels.tolist(), render_digits(labels, (3, 0)))):
        place = folder / f"digit {digit}"
        place.mkdir(parents=True, exist_ok=True)
        images.save(place / f"{number % EACH:02}.png", pixels.numpy()[..., None].repeat(3, 2))
    return folder


if __name__ == "__main__":
    typer.run(main)
