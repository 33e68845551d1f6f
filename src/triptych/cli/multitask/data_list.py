"""`triptych data list`: the datasets and their sources, at once."""

from typing import Any

from ...frame.storage.assets import Asset, locate
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
    )
    notes = {"idx": "any folder of IDX files: --source FOLDER"}
    for name, facts in sources.items():
        notes.setdefault(name, "at hand" if facts["at_hand"] else f"triptych data get {name}")
    subjects = {name: ", ".join(facts["subjects"]) for name, facts in sources.items()}
    console.print_table("\nSources", subjects, notes=notes)


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
    """What a source has cutouts of, and whether it is on this machine."""
    stand_ins = {"Asset": Asset, "register": lambda *assets: assets}
    try:
        part = PartSource(name, "source")
        subjects, assets = part.value("subjects"), part.value("assets", stand_ins)
        if part.defines("is_available"):
            raise LookupError(name)
        at_hand = bool(assets) and all(map(locate, assets))
    except NOT_LIGHT:
        from ...multitask import SOURCES

        kind = SOURCES[name]
        subjects, at_hand = kind.subjects, bool(kind.assets and kind().is_available())
    return {"subjects": list(subjects), "at_hand": name == "drawn" or at_hand}
