"""The pipeline of a call that is given none."""

import pytest

from triptych.faces.recognition import default_pipeline
from triptych.faces.recognition.default_pipeline import resolve_pipeline
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import ConfigError, UnknownNameError

from .colors import MeanColor


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch):
    """The names of encoders that are loaded, in order; nothing is remembered before or after."""
    calls: list[str] = []

    def load(spec: str = "mobilefacenet") -> MeanColor:
        calls.append(spec)
        return MeanColor()

    monkeypatch.setattr(default_pipeline, "load_encoder", load)
    caches = (default_pipeline._default_encoder, default_pipeline._default_pipeline)
    for cache in caches:
        cache.cache_clear()
    yield calls
    for cache in caches:
        cache.cache_clear()


def test_a_pipeline_is_taken_as_it_is(loaded: list[str]):
    mine = FacePipeline(MeanColor())
    assert resolve_pipeline(mine, None, "all") is mine and loaded == []


def test_an_encoder_that_is_given_is_not_loaded(loaded: list[str]):
    mine = MeanColor()
    assert all(resolve_pipeline(None, mine, "one").encoder is mine for _ in range(2))
    assert loaded == []


def test_the_default_is_loaded_once(loaded: list[str]):
    first = resolve_pipeline(None, None, "one")
    again, every = resolve_pipeline(None, None, "one"), resolve_pipeline(None, None, "all")
    assert again is first and every.encoder is first.encoder
    assert (first.selection, every.selection) == ("one", "all")
    assert loaded == ["mobilefacenet"]


def test_a_name_is_loaded_as_it_says(loaded: list[str]):
    assert resolve_pipeline(None, "mine.onnx", "largest").selection == "largest"
    assert loaded == ["mine.onnx"]


def test_both_are_one_too_many():
    with pytest.raises(ConfigError, match="a pipeline or an encoder, got both"):
        resolve_pipeline(FacePipeline(MeanColor()), MeanColor(), "one")


def test_an_unknown_name_is_told():
    with pytest.raises(UnknownNameError):
        resolve_pipeline(None, "nobody", "one")
