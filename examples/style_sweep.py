"""Which strength, and how large the strokes? Paint each pair and lay all on one sheet.

python examples/style_sweep.py photo.jpg painting.jpg
python examples/style_sweep.py photo.jpg painting.jpg --size 512 --features vgg19
"""

from pathlib import Path

import typer

from triptych.frame.storage import images
from triptych.style.job.job import TransferJob
from triptych.style.job.runner import run
from triptych.style.job.session import build_job_method, open_session
from triptych.style.job.sweep import expand, parse_axis, sweep_sheet
from triptych.style.networks._build import AUTO
from triptych.style.optimization.config import TransferConfig


def main(
    photo: Path,
    painting: Path,
    strengths: str = "0.2,0.5,0.8",
    scales: str = "0.5,1,2",  # of strokes
    features: str = AUTO,
    size: int = 256,
    out: Path = Path("runs/examples/style-sweep.png"),
) -> None:
    """Paint them one after the other; the network is opened once."""
    commission = TransferJob(
        str(photo), (str(painting),), TransferConfig(size=size), features=features
    )
    method = build_job_method(commission)
    axes = [parse_axis(f"strength={strengths}"), parse_axis(f"style-scale={scales}")]
    pictures = {}
    for label, variant in expand(commission, axes).items():
        done = run(open_session(variant, method=method))
        print(f"{label}: total cost {done.history[-1].total:.3f}")
        pictures[label] = done.image
    out.parent.mkdir(parents=True, exist_ok=True)
    images.save(out, sweep_sheet(pictures, axes, commission.title))
    print(out)


if __name__ == "__main__":
    typer.run(main)
