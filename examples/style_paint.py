"""Paint a photo in another's hand, and keep how it came about.

    python examples/style_paint.py photo.jpg painting.jpg
    python examples/style_paint.py photo.jpg painting.jpg --features patches --strength 0.8

A network reads the picture layer by layer; the pixels are changed until it shows the photo's things
in the painting's strokes. `patches` needs no network. What was begun goes on when it is run again.
"""

from pathlib import Path

import typer

from triptych.style.job.job import TransferJob
from triptych.style.job.run_folder import RunFolder, finished
from triptych.style.job.runner import run
from triptych.style.job.session import open_session
from triptych.style.networks._build import AUTO
from triptych.style.optimization.config import TransferConfig


def main(
    photo: Path,
    painting: Path,
    features: str = AUTO,  # the best network at hand; patches, vgg19 …
    size: int = 512,  # pixels of the longer side
    strength: float = 0.5,  # 0 the photo alone, 1 the style alone
    out: Path = Path("runs/examples/style-paint"),
) -> None:
    """Paint, or go on with what was begun."""
    settings = TransferConfig(size=size, strength=strength)
    commission = TransferJob(str(photo), (str(painting),), settings, features=features)
    canvas = open_session(commission)
    record = RunFolder(out, canvas)
    if not out.exists():
        record.begin({})
    elif finished(out):
        print(f"{out} is finished. Choose another --out.")
        return
    else:
        record.restore()
    done = run(canvas, record=record)
    last = done.history[-1]
    print(f"{done.paths[0]}: {len(done.history)} steps, total cost {last.total:.3f}")
    for name, cost in last.parts.items():
        print(f"  {name:16} {cost:.3f}")


if __name__ == "__main__":
    typer.run(main)
