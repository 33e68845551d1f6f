"""`triptych data get` and `look`: the files of a source, and how a dataset looks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...frame.errors import ConfigError
from ...frame.storage import images
from ...frame.storage.assets import fetch_or_locate, locate
from ...multitask import DATASETS, SOURCES, open_dataset
from ...multitask.data.dataset import Split
from ...multitask.engine.contact_sheets import first_batch, ground_truth_sheet
from .. import console


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
    source = source or DATASETS[name].default_source()
    with console.progress_bar() as progress:
        dataset = open_dataset(name, source, options, seed=seed, progress=progress)
    batch = first_batch(dataset, split, count)
    title = f"{name} from {shown_source(source)}, {split} images: the truth"
    images.save(out, ground_truth_sheet(dataset.info, batch, title))
    console.log(f"Written: {out} ({name} from {source})")


def shown_source(spec: str) -> str:
    """A source as titles name it: of a longer path the end.

    Parameters:
        spec: as the command line takes it.

    >>> shown_source("mnist"), shown_source("/home/ann/data/kmnist/raw")
    ('mnist', '…/kmnist/raw')
    """
    parts = Path(spec).parts
    return spec if len(parts) < 4 else "/".join(["…", *parts[-2:]])
