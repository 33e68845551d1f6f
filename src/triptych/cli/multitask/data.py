"""The verbs that show what there is: the demo, and the datasets."""

import shutil
from pathlib import Path
from typing import Any

from ... import multitask
from ...frame.errors import ConfigError
from ...frame.storage import images, run_folder
from ...frame.storage.assets import fetch_or_locate, locate
from ...multitask import DATASETS, SOURCES
from ...multitask.data.dataset import Part
from ...multitask.datasets._build import chosen_source, open_dataset
from ...multitask.engine.contact_sheets import first, pixels_of, truths
from .. import console

EPOCHS = 1  # about a minute on two cores
SHOWN = 6  # pictures the demo predicts


def demo(out: Path) -> None:
    """Train `digits` with all its heads, predict a few pictures, say what to try next."""
    if (out / run_folder.RECORD).exists():
        shutil.rmtree(out)
    source = chosen_source("digits")
    console.note(f"One network, four heads: digit, box, circle, mask. Digits: {source}.")
    if source == "drawn":
        console.note("(Real ones: `triptych data get mnist`, then the demo again.)")
    with console.watching() as watch:
        trained = multitask.train("digits", out=out, watch=watch, epochs=EPOCHS)
    pictures = _some_digits(out / "pictures", source)
    predictor = multitask.load(out)
    for prediction in predictor.predict_all(pictures):
        drawn = Path(prediction.name).with_suffix(".answer.png")
        images.save(drawn, predictor.draw(prediction))
    found = trained.evaluation
    console.table(
        f"\n{found.images:,} test digits, after {trained.seconds:.0f} s of training",
        found.metrics,
        notes=found.definitions,
    )
    print(f"""
Look at   {out}/answers.png    answers on test digits
          {out}/curves.png     how it learnt
          {out}/network.svg    the network
          {out}/pictures/      pictures, and the answers about them

Try next  triptych predict {out} {pictures[0]}
          triptych data look emoji --set hard=true
          triptych train emoji
          triptych train mosaic-digits""")


def data_list(*, json: bool) -> None:
    """Names, what each dataset supplies, and which sources are at hand."""
    datasets = {name: _described(name) for name in DATASETS}
    sources = {
        name: {
            "subjects": list(kind.subjects),
            "at_hand": name == "drawn" or bool(kind.assets and kind().at_hand()),
        }
        for name, kind in ((name, SOURCES[name]) for name in SOURCES)
    }
    if json:
        console.answer({"datasets": datasets, "sources": sources})
        return
    console.table(
        "Datasets",
        {name: facts["made_of"] for name, facts in datasets.items()},
        notes={name: facts["about"] for name, facts in datasets.items()},
    )
    notes = {"idx": "any folder of IDX files: --source FOLDER"}
    for name, facts in sources.items():
        at_hand = "at hand" if facts["at_hand"] else f"triptych data get {name}"
        notes.setdefault(name, at_hand)
    console.table(
        "\nSources", {n: ", ".join(f["subjects"]) for n, f in sources.items()}, notes=notes
    )


def data_get(name: str) -> None:
    """Fetch the files of a source into the cache."""
    source = SOURCES[name]
    if not source.assets:
        raise ConfigError(f"The source '{name}' has no files to fetch: it is always at hand.")
    with console.watching() as watch:
        for asset in source.assets:
            had = locate(asset)
            path = fetch_or_locate(asset, watch)
            console.note(f"{'at hand' if had else 'fetched'}: {path} ({asset.licence})")


def data_look(
    name: str,
    count: int,
    out: Path,
    part: Part,
    source: str | None,
    options: dict[str, Any],
    seed: int,
) -> None:
    """Draw a contact sheet with the truth on it."""
    with console.watching() as watch:
        dataset = open_dataset(name, source, options, seed=seed, watch=watch)
    title = f"{name}, {part} images: the truth"
    images.save(out, truths(dataset.card, first(dataset, part, count), title))
    console.note(f"Written: {out}")


def _described(name: str) -> dict[str, Any]:
    kind = DATASETS[name]
    options = {
        option: field.description for option, field in kind.options_class.model_fields.items()
    }
    return {
        "made_of": kind.subject,
        "about": (kind.__doc__ or "").splitlines()[0],
        "settings": options,
    }


def _some_digits(folder: Path, source: str) -> list[Path]:
    """A few test digits as dark ink on white paper, which is how a user would bring them."""
    folder.mkdir(exist_ok=True)
    batch = first(open_dataset("digits", source), "test", SHOWN)
    paths = []
    for number, image in enumerate(batch.images):
        enlarged = (255 - pixels_of(image)).repeat(5, 0).repeat(5, 1)
        paths.append(folder / f"digit-{number}.png")
        images.save(paths[-1], enlarged)
    return paths
