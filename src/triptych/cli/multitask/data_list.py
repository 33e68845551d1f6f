"""`triptych data list`: the datasets and their sources, at once."""

from collections.abc import Mapping
from typing import Any

from ...frame.storage.assets import Asset, data_folders, locate
from .. import console
from ..catalog import PartSource, part_names

NOT_LIGHT = (LookupError, NameError, TypeError)  # where a part must be imported to be described


def print_datasets(*, json: bool) -> None:
    """Print the datasets, what each has, and which sources are available."""
    datasets = {name: _describe_dataset(name) for name in part_names("dataset")}
    sources = {name: _describe_source(name) for name in part_names("source")}
    if json:
        console.print_json({"datasets": datasets, "sources": sources})
        return
    console.print_table(
        "Datasets",
        {name: facts["made_of"] for name, facts in datasets.items()},
        notes={name: facts["about"] for name, facts in datasets.items()},
        header=("dataset", "made of", "about"),
    )
    notes = {name: _note(name, facts) for name, facts in sources.items()}
    subjects = {name: ", ".join(facts["subjects"]) for name, facts in sources.items()}
    header = ("source", "subjects", "how to come by it")
    console.print_table("\nSources", subjects, notes=notes, header=header)


def _describe_dataset(name: str) -> dict[str, Any]:
    """What a dataset is made of, is about, and has for settings."""
    try:
        part = PartSource(name, "dataset")
        subject = part.value("subject")
    except NOT_LIGHT:
        from ...multitask import DATASETS, SyntheticDataset

        kind = DATASETS[name]
        settings = kind.config_class.model_fields.items()
        return {
            "made_of": kind.subject if issubclass(kind, SyntheticDataset) else "files",
            "about": (kind.__doc__ or "").splitlines()[0],
            "settings": {setting: field.description for setting, field in settings},
        }
    return {"made_of": subject or "files", "about": part.about, "settings": part.settings()}


def _describe_source(name: str) -> dict[str, Any]:
    """What a source has cutouts of, whether it is on this machine, and how it is named."""
    stand_ins = {"Asset": Asset, "register": lambda *assets: assets}
    try:
        part = PartSource(name, "source")
        subjects, usage = part.value("subjects"), part.value("usage")
        assets, folder = part.value("assets", stand_ins), part.value("data_folder")
        if part.defines("is_available"):
            raise LookupError(name)
    except NOT_LIGHT:
        from ...multitask import SOURCES

        kind = SOURCES[name]
        subjects, usage, assets = kind.subjects, getattr(kind, "usage", None), kind.assets
        folder = getattr(kind, "data_folder", None)
    at_hand = bool(assets) and all(map(locate, assets))
    if folder and not at_hand:
        at_hand = any((place / folder).is_dir() for place in data_folders())
    return {
        "subjects": list(subjects),
        "at_hand": name == "drawn" or at_hand,
        "files": "fetched" if assets else f"--source {usage}" if usage else "none",
    }


def _note(name: str, facts: Mapping[str, Any]) -> str:
    """How a source is come by, in a few words."""
    if facts["at_hand"] or facts["files"] == "none":
        return "at hand"
    return f"triptych data get {name}" if facts["files"] == "fetched" else facts["files"]
