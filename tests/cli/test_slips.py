"""Words of other libraries, typed as options, are answered with the option that is meant."""

import pytest

from triptych.cli.slips import unknown_option

from .typed import Run, slip

OPTIONS = {"--batch", "--epochs", "--heads", "--lr", "--nodes", "--out", "--set", "--weights"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("--weight", "Did you mean --weights?"),
        ("--head", "Did you mean --heads?"),
        ("--epoch", "Did you mean --epochs?"),
        ("--project", "Did you mean --out?"),
        ("--name", "Did you mean --out?"),
        ("--learning-rate", "Did you mean --lr?"),
        ("--batch-size", "Did you mean --batch?"),
        ("--imgsz", "Images have the size of the dataset: leave it out."),
        ("--optimizer", "No such option: --optimizer."),
    ],
)
def test_the_word_of_the_field_is_named(typed: str, words: str):
    line = unknown_option(typed, OPTIONS)
    assert line.endswith(words) and line.startswith(f"No such option: {typed}.")


def test_unknown_options_are_told_with_the_help_to_read(run: Run):
    told = "No such option: --project. Did you mean --out? See triptych train --help."
    slip(run("train", "digits", "--project", "x"), told)
    slip(run("predict", "run", "--drw", "x"), "No such option: --drw. Did you mean --draw?")


def test_words_of_the_field_are_known_to_set_as_well(run: Run):
    slip(run("train", "digits", "--set", "head=digit"), "no setting 'head'. Did you mean --heads")
    slip(run("train", "digits", "--set", "wd=1"), "no setting 'wd'. Did you mean 'weight_decay'?")
