"""`triptych data`: the datasets, their sources, and how they look."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...frame.errors import ConfigError
from ...frame.storage import images
from ...frame.storage.assets import fetch_or_locate, locate
from ...multitask import DATASETS, SOURCES, open_dataset
from ...multitask.data.dataset import Split
from ...multitask.datasets._synthetic_dataset import SyntheticDataset
from ...multitask.engine.contact_sheets import first_batch, ground_truth_sheet
from .. import console


def print_datasets(*, json: bool) -> None:
    """Print the datasets, what each has, and which sources are available."""
    datasets = {name: _describe(name) for name in DATASETS}
    sources = {
        name: {
            "subjects": list(kind.subjects),
            "at_hand": name == "drawn" or bool(kind.assets and kind().is_available()),
        }
        for name, kind in ((name, SOURCES[name]) for name in SOURCES)
    }
    if json:
        console.print_json({"datasets": datasets, "sources": sources})
        return
    console.print_table(
        "Datasets",
        {name: facts["made_of"] for name, facts in datasets.items()},
        notes={name: facts["about"] for name, facts in datasets.items()},
    )
    notes = {"idx": "any folder of IDX files: --source FOLDER"}
    for name, facts in sources.items():
        notes.setdefault(name, "at hand" if facts["at_hand"] else f"triptych data get {name}")
    subjects = {name: ", ".join(facts["subjects"]) for name, facts in sources.items()}
    console.print_table("\nSources", subjects, notes=notes)


def fetch_source(name: str) -> None:
    """Fetch the files of a source into the cache.

    Raises UnknownNameError, ConfigError for a source without files, AssetNotFoundError.
    """
    source = SOURCES[name]
    if not source.assets:
        raise ConfigError(f"The source '{name}' has no files to fetch: it is always at hand.")
    with console.progress_bar() as progress:
        for asset in source.assets:
            available = locate(asset)
            path = fetch_or_locate(asset, progress)
            console.log(f"{'at hand' if available else 'fetched'}: {path} ({asset.licence})")


def draw_dataset(
    name: str,
    split: Split,
    count: int,
    out: Path,
    *,
    source: str | None,
    options: Mapping[str, Any],
    seed: int,
) -> None:
    """Draw a contact sheet of a dataset with its ground truth.

    Parameters:
        name: a name in `DATASETS`.
        split: the images drawn, the first `count` of it.
        count: images, at most.
        out: the image file that is written.
        source: as `open_dataset` takes it, as are `options` and `seed`.
        options: the dataset's own settings.
        seed: of training and validation images.
    """
    with console.progress_bar() as progress:
        dataset = open_dataset(name, source, options, seed=seed, progress=progress)
    batch = first_batch(dataset, split, count)
    title = f"{name}, {split} images: the truth"
    images.save(out, ground_truth_sheet(dataset.info, batch, title))
    console.log(f"Written: {out}")


def _describe(name: str) -> dict[str, Any]:
    kind = DATASETS[name]
    settings = kind.config_class.model_fields.items()
    return {
        "made_of": kind.subject if issubclass(kind, SyntheticDataset) else "files",
        "about": (kind.__doc__ or "").splitlines()[0],
        "settings": {setting: field.description for setting, field in settings},
    }
