"""Trainings that survive: `python -m benchmarks.soak --kills 50`.

Small trainings are killed by SIGKILL at random moments and gone on with until they end: by the
clock, while they load, while a file is half written, and while they are measured and reported.
Each must end as one that nobody disturbed: the same weights, bit for bit, the same figures, curves
and pictures, and no file left over. Every second one is finished first, and then gone on with to
twice as many epochs.
"""

import json
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated

import typer

from .campaign import run_campaign
from .subjects import SUBJECTS


def main(
    kills: Annotated[int, typer.Option(min=1, help="In all.")] = 50,
    seed: Annotated[int, typer.Option(min=0, help="All chance follows from it.")] = 0,
    subject: Annotated[
        list[str] | None, typer.Option(help=f"{', '.join(SUBJECTS)}; may be repeated.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the runs (a temporary one).")] = None,
) -> None:
    """Kill, go on, compare; tell every difference, and exit with 3 where there is one."""
    folder = out or Path(mkdtemp(prefix="triptych-soak-"))
    names = subject or ["multitask"]
    subjects = [SUBJECTS[name](folder / "pictures" / name) for name in names]
    moments, trainings, well = Counter[str](), 0, 0
    for outcome in run_campaign(subjects, kills, seed, folder):
        moments += outcome.kills
        trainings, well = trainings + 1, well + (not outcome.problems)
        told = "; ".join(outcome.problems) or "as undisturbed"
        epochs = " then ".join(map(str, outcome.stages))
        count = outcome.kills.total()
        typer.echo(f"{outcome.subject}, epochs {epochs}, {count} kills: {told}")
    typer.echo(json.dumps(moments))
    typer.echo(
        f"{moments.total()} kills; {well} of {trainings} trainings ended as undisturbed ones. "
        f"Runs: {folder}"
    )
    raise typer.Exit(0 if well == trainings else 3)


if __name__ == "__main__":
    typer.run(main)
