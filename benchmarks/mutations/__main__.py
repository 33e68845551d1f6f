"""Damaged files through every reader: `python -m benchmarks.mutations --count 10000`.

Each must be read, or refused by one line, within 5 seconds and 2 GB. Every case follows from the
seed and its number, so that one is repeated by `--first NUMBER --count 1`.
"""

import json
from typing import Annotated

import typer

from .campaign import LIMIT_MB, LIMIT_SECONDS, run_campaign


def main(
    count: Annotated[int, typer.Option(min=1, help="Cases.")] = 10_000,
    first: Annotated[int, typer.Option(min=0, help="Number of the first case.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="All chance follows from it.")] = 0,
) -> None:
    """Run the cases in processes of their own, and tell every one that did not end well."""
    outcomes = {"read": 0, "refused": 0}
    longest, most = 0.0, 0
    for case in run_campaign(range(first, first + count), seed):
        longest, most = max(longest, case.seconds), max(most, case.megabytes)
        outcomes[case.outcome] = outcomes.get(case.outcome, 0) + 1
        if not case.is_well:
            typer.echo(f"{case.number} {case.reader}: {case.outcome}: {case.detail}")
    typer.echo(json.dumps({**outcomes, "seconds": round(longest, 2), "megabytes": most}))
    well = outcomes["read"] + outcomes["refused"]
    typer.echo(f"{well} of {count} ended well; limits {LIMIT_SECONDS} s and {LIMIT_MB} MB.")
    raise typer.Exit(0 if well == count else 3)


if __name__ == "__main__":
    typer.run(main)
