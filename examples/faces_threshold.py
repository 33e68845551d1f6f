"""Which threshold, and how good is an encoder with it?

    python examples/faces_threshold.py people/ others/ --far 0.01

Both folders hold a folder of photos for each person. The threshold is found on the first and judged
on the second: on the people it was found on, it would look better than it is.
"""

from pathlib import Path

import typer

from triptych import faces


def main(
    folder: Path,
    others: Path,
    far: float = 1e-2,  # share of pairs of two people that may be accepted
    encoder: str = "mobilefacenet",
    out: Path = Path("runs/examples/faces-threshold"),
) -> None:
    """Find a threshold, keep it, and measure it on other people."""
    held = faces.load_encoder(encoder)
    read = faces.FacePipeline(held, faces="largest").embed(faces.load_identities(folder).photos)
    found = faces.calibrate(read.embeddings, far=far, source=folder.name)
    print(
        f"threshold {found.threshold:.4f}, 95 % interval {found.threshold_low:.4f} … "
        f"{found.threshold_high:.4f}"
    )
    print(f"found on {found.impostor_pairs:,} pairs of two people; {found.far:.2%} are accepted")

    told = faces.evaluate(others, encoder=held, calibration=found, out=out)
    found.save(out / "threshold.json")  # for `triptych faces verify --calibration`
    for name, value in told.metrics.items():
        figure = "too few pairs" if value is None else f"{value:.4f}"
        print(f"{name} {figure}: {told.definitions[name].split(';')[0]}")
    for part in told.skipped:
        print(f"left out: {part}")
    print(f"Look at {out}/report.html")


if __name__ == "__main__":
    typer.run(main)
