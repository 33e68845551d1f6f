"""Compare runs on the same images: figures with paired intervals, what changed, and a page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ....frame.errors import ConfigError
from ....frame.progress import ProgressCallback, ProgressLike, showing
from ....frame.storage import run_folder
from ....frame.storage.files import check_writable, write_text
from ...data.dataset import Dataset, Split
from ..measurement import measure_run
from .identity import SplitIdentity, split_identity
from .page import comparison_page
from .pairing import NamedMeasurement, RunComparison, compare_pair


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs beside the first of them, on the same images.

    Parameters:
        baseline: the folder of the first run.
        name: what it is called among the others.
        split: the images that were measured.
        images: how many they are.
        dataset: what the baseline's is called.
        comparisons: each other run beside the baseline.
        definitions: what each metric is.
        page: the page that was written; None where none was asked for.
    """

    baseline: Path
    name: str
    split: str
    images: int
    dataset: str
    comparisons: Sequence[RunComparison]
    definitions: Mapping[str, str]
    page: Path | None = None

    def to_dict(self) -> dict[str, Any]:
        """Its fields by name, ready for JSON."""
        named = {name for one in self.comparisons for name in one.figures}
        return {
            "baseline": str(self.baseline),
            "page": None if self.page is None else str(self.page),
            **{name: getattr(self, name) for name in ("split", "images", "dataset")},
            "comparisons": [one.to_dict() for one in self.comparisons],
            "definitions": {n: text for n, text in self.definitions.items() if n in named},
        }


def compare(
    runs: Sequence[str | Path],
    *,
    to: str | Path | None = None,
    split: Split = "test",
    source: str | Path | None = None,
    device: str = "auto",
    datasets: Sequence[Dataset] | None = None,
    progress: ProgressLike = None,
) -> Comparison:
    """Measure finished runs on the same images, and compare each with the first.

    Every metric's difference has a 95 % interval by the paired bootstrap: the same images are drawn
    for both. Runs may have been trained with other seeds, heads, backbones or image sizes, as long
    as the images of the split are the same.

    Parameters:
        runs: their folders, two or more; the first is the baseline.
        to: the HTML page to write; None for none.
        split: the images they are measured on.
        source: where the images of all of them are now, if they have moved.
        device: "auto", "cpu", "cuda" …
        datasets: one for each run, where they were trained on objects.
        progress: told how many images are done; by default a bar where stderr is a terminal, False
            for none.

    Raises ConfigError for less than two runs, or runs of other images or other questions; RunError
    for no finished run, or images that are no longer those it was trained on; WriteError.
    """
    folders = [Path(run) for run in runs]
    if len(folders) < 2:
        raise ConfigError(
            f"Expected two runs or more to compare, got {len(folders)}. Name the baseline first, "
            "then others."
        )
    if datasets is not None and len(datasets) != len(folders):
        raise ConfigError(f"Expected {len(folders)} datasets, one a run, got {len(datasets)}.")
    if to is not None:
        check_writable(to)
    for folder in folders:  # a slip in the last name is told before anything is measured
        with run_folder.reading_record(folder):
            pass
    measured, names = [], run_names(folders)
    with showing(progress) as listener:
        for place, (folder, name) in enumerate(zip(folders, names)):
            given = {"split": split, "source": source, "device": device}
            given["dataset"] = None if datasets is None else datasets[place]
            canvases = SplitIdentity()
            how = {"progress": _named(listener, name), "on_batch": canvases.add}
            seen = measure_run(folder, **given, **how)
            identity = split_identity(seen.dataset, split, canvases)
            measured.append(NamedMeasurement(name, seen, identity))
    first = measured[0]
    pairs = [compare_pair(first, other) for other in measured[1:]]
    definitions = {
        name: text
        for one in reversed(measured)
        for name, text in one.seen.evaluation.definitions.items()
    }
    facts = (split, first.seen.count, first.seen.called, pairs, definitions)
    done = Comparison(folders[0], names[0], *facts)
    if to is None:
        return done
    write_text(to, comparison_page(measured, pairs, definitions))
    return replace(done, page=Path(to))


def run_names(folders: Sequence[Path]) -> list[str]:
    """What each run is called among the others: its folder's name, or its path where several are
    called alike; a run that is named again is numbered.

    Parameters:
        folders: of the runs.

    >>> run_names([Path("runs/a"), Path("runs/b"), Path("old/b"), Path("runs/a")])
    ['a', 'runs/b', 'old/b', 'a (2)']
    """
    places = [folder.resolve() for folder in folders]
    short = Counter(place.name for place in {*places})
    names = [
        place.name if short[place.name] == 1 else str(folder)
        for place, folder in zip(places, folders)
    ]
    numbers = [places[:number].count(place) + 1 for number, place in enumerate(places)]
    return [f"{name} ({n})" if n > 1 else name for name, n in zip(names, numbers)]


def _named(listener: ProgressCallback, name: str) -> ProgressCallback:
    """A listener that is told which run a task is about."""
    return lambda event: listener(replace(event, task=f"{event.task} {name}"))
