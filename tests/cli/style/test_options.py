"""The options of `style paint` are the configurations' fields, none of them forgotten."""

import inspect
from dataclasses import fields

import pytest

from triptych.cli.style import options
from triptych.cli.style.commands import paint
from triptych.frame.config import descriptions
from triptych.style.config import FeatureConfig
from triptych.style.job.job import TransferJob
from triptych.style.optimization.config import TransferConfig

from ..typed import Run

UNTYPED = {"content", "styles", "settings", "options", "start", "octaves"}


def test_every_setting_has_an_option():
    known = {
        each.name for kind in (TransferConfig, FeatureConfig, TransferJob) for each in fields(kind)
    }
    assert known - UNTYPED == options.SETTINGS
    assert set(inspect.signature(paint).parameters) >= options.SETTINGS


def test_help_says_what_the_configuration_says(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "400")
    shown = run("style", "paint", "--help").out
    for kind in (TransferConfig, FeatureConfig, TransferJob):
        for name, text in descriptions(kind).items():
            if name in options.SETTINGS:
                assert text[1:] in shown, name
