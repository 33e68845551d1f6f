"""`triptych demo`: a first training, its predictions, and what to try next."""

from pathlib import Path

from ... import multitask
from ...frame.storage import images, run_folder
from ...frame.storage.files import make_folder
from ...multitask.datasets import DATASETS
from ...multitask.engine.contact_sheets import first_batch, to_uint8
from .. import console
from .reporting.report import report_training

LIMIT = 34_000  # training images, once each: about a minute on two cores
PREDICTED = 6  # images
ENLARGED = 5  # times

NEXT_STEPS = """
Look at   {out}/report.html    all about this run, in a browser
          {out}/answers.png    answers on test digits
          {out}/curves.png     how it learnt
          {out}/network.svg    the network
          {out}/pictures/      pictures, and the answers about them

Try next  triptych predict {out} {image}
          triptych data look emoji --set hard=true
          triptych train emoji
          triptych train mosaic-digits"""


def run_demo(out: Path) -> None:
    """Train `digits` with all its heads, predict a few images, print what to try next.

    Parameters:
        out: the run folder; a run that is there is deleted.
    """
    if (out / run_folder.RECORD).exists():
        run_folder.remove_contents(out)
    source = DATASETS["digits"].default_source()
    console.log(f"One network, four heads: digit, box, circle, mask. Digits: {source}.")
    if source == "drawn":
        console.log("(Real ones: `triptych data get mnist`, then the demo again.)")
    with console.progress_bar() as progress:
        trained = multitask.train("digits", out=out, progress=progress, epochs=1, limit=LIMIT)
    files = _write_digits(out / "pictures", source)
    predictor = multitask.load(out)
    for prediction in predictor.predict_all(files):
        target = Path(prediction.name).with_suffix(".answer.png")
        images.save(target, predictor.draw(prediction))
    result = trained.evaluation
    console.print_table(
        f"\n{result.images:,} test digits, after {trained.seconds:.0f} s of training",
        result.metrics,
        notes=result.definitions,
    )
    report_training(trained)
    print(NEXT_STEPS.format(out=out, image=files[0]))


def _write_digits(folder: Path, source: str) -> list[Path]:
    """A few test digits as dark ink on white paper, as a user would have them."""
    make_folder(folder)
    batch = first_batch(multitask.open_dataset("digits", source), "test", PREDICTED)
    files = []
    for number, image in enumerate(batch.images):
        enlarged = (255 - to_uint8(image)).repeat(ENLARGED, 0).repeat(ENLARGED, 1)
        files.append(folder / f"digit-{number}.png")
        images.save(files[-1], enlarged)
    return files
