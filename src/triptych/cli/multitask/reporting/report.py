"""`triptych report`: one page that tells what a run is worth."""

from pathlib import Path

from ....frame.errors import TriptychError
from ....multitask import TrainResult
from ... import console
from ...parsing import parse_split

PAGE = "report.html"


def report_run(run: Path, split: str, *, source: str | None, device: str, json: bool) -> None:
    """Write the report of a run, and print where it is, or its figures.

    Parameters:
        run: the run folder.
        split: "train", "validation" or "test".
        source: where the images are now, if they have moved.
        device: "auto", "cpu", "cuda" …
        json: print the figures as JSON.
    """
    from ....multitask.report.write import write_report

    with console.progress_bar() as progress:
        done = write_report(
            run, split=parse_split(split), source=source, device=device, progress=progress
        )
    if json:
        console.print_json(done.to_dict())
    else:
        console.log(f"Written: {done.page}, and a row a picture: {done.table}")


def report_training(trained: TrainResult) -> None:
    """Write the report of a run that was just trained; where that fails, say why and go on.

    Parameters:
        trained: what the training ended with.
    """
    from ....multitask.report.write import write_report

    try:
        with console.progress_bar() as progress:
            write_report(trained.folder, dataset=trained.dataset, progress=progress)
    except Exception as error:  # whatever it is, the training is done
        reason = str(error) if isinstance(error, TriptychError) else repr(error)
        console.log(f"The run is whole, but its report was not written. {reason}")
