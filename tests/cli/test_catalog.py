"""What the catalog reads from source text is what the classes say."""

from pathlib import Path

import pytest

from triptych.cli.catalog import PartSource, check_name, part_names
from triptych.cli.multitask import data_list
from triptych.frame.errors import UnknownNameError
from triptych.multitask import DATASETS, SOURCES, SyntheticDataset


def test_the_names_are_those_of_the_registries():
    assert part_names("dataset") == list(DATASETS)
    assert part_names("source") == list(SOURCES)
    with pytest.raises(UnknownNameError, match="Did you mean 'digits'"):
        check_name("digit", "dataset")


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_is_described_as_its_class_would(name: str):
    kind = DATASETS[name]
    part = PartSource(name, "dataset")
    fields = kind.config_class.model_fields
    described = {setting: field.description for setting, field in fields.items()}
    assert part.about == (kind.__doc__ or "").splitlines()[0]
    if issubclass(kind, SyntheticDataset):
        assert part.settings() == described
        assert part.value("subject") == kind.subject
    else:  # the changes in training have a page of their own
        assert part.settings().items() <= described.items()
        assert {"size", "cache", "validation"} <= {*part.settings()}


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_is_described_as_its_class_would(name: str):
    kind = SOURCES[name]
    told = data_list._describe_source(name)
    assert told["subjects"] == list(kind.subjects)
    assert not told["at_hand"] or name == "drawn"
    assert bool(kind.assets) is (told["files"] == "fetched")
    assert getattr(kind, "usage", "") in told["files"]


def test_a_folder_of_data_is_at_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "usps").mkdir()
    monkeypatch.setenv("TRIPTYCH_DATA", str(tmp_path))
    assert data_list._describe_source("usps")["at_hand"]


def test_what_others_bring_is_imported(monkeypatch: pytest.MonkeyPatch):
    class Own(DATASETS["digits"]):
        """Digits of my own."""

    monkeypatch.setattr(DATASETS, "_registered", {})
    DATASETS.register("own", Own)
    assert "own" in part_names("dataset")
    assert data_list._describe_dataset("own")["about"] == "Digits of my own."
