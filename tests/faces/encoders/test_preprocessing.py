"""How crops are to be read, in words: whole, stretched, or refused with the choices."""

from pathlib import Path

import pytest

from triptych.faces.detection.template import NARROW, SQUARE
from triptych.faces.encoders._preprocessing import Layout, beside, layout
from triptych.frame.errors import ConfigError, DataError, UnknownNameError


def test_without_a_word_it_is_the_customary_one():
    assert layout({}) == Layout(112, 112, 127.5, 128.0, "rgb", SQUARE)
    assert layout({"size": "112x96"}).template == NARROW


def test_every_word_is_followed():
    words = {"size": "40×30", "mean": "0", "scale": "255", "colour": "grey", "template": "whole"}
    found = layout(words)
    assert found == Layout(40, 30, 0.0, 255.0, "grey", None) and found.channels == 1
    assert layout({"mean": 127.5, "scale": 128}) == layout({})  # as JSON has them


def test_templates_are_stretched_to_the_size():
    found = layout({"size": "224x224"}).template
    assert found is not None and (found.height, found.width) == (224, 224)
    assert found.points[0] == (2 * SQUARE.points[0][0], 2 * SQUARE.points[0][1])
    narrow = layout({"size": "56x48"}).template
    assert narrow is not None and narrow.points[2] == (NARROW.points[2][0] / 2, 71.7366 / 2)
    square = layout({"size": "112x96", "template": "square"}).template
    assert square is not None and square.points != NARROW.points


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"size": "112"}, "Expected size=HEIGHTxWIDTH"),
        ({"size": "x"}, "Expected size=HEIGHTxWIDTH"),
        ({"size": "-1x5"}, "Expected size=HEIGHTxWIDTH"),
        ({"size": "0x5"}, "Expected sides of 1 to 2048"),
        ({"size": "9999999999x5"}, "Expected sides of 1 to 2048"),
        ({"mean": "grey"}, "Expected a number, got mean=grey"),
        ({"mean": "nan"}, "Expected a number, got mean=nan"),
        ({"scale": "0"}, "Expected a scale above 0"),
        ({"colour": "red"}, r"Expected colour=rgb\|bgr\|grey, got colour=red"),
        ({"template": "oval"}, r"Expected template=narrow\|square\|whole"),
    ],
)
def test_words_that_mean_nothing_are_told(words: dict, told: str):
    with pytest.raises(ConfigError, match=told):
        layout(words)


def test_an_unknown_word_is_told_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"no setting of an encoder 'color'.*'colour'"):
        layout({"color": "rgb"})


def test_words_beside_the_file_are_read(tmp_path: Path):
    path = tmp_path / "encoder.onnx"
    assert beside(path) == {}
    (tmp_path / "encoder.json").write_text('{"mean": 0, "colour": "bgr"}')
    assert beside(path) == {"mean": 0, "colour": "bgr"}
    for text in ("", "{", "[1]", "null", "\x00", "[" * 100_000):
        (tmp_path / "encoder.json").write_text(text)
        with pytest.raises(DataError, match=r"encoder\.json") as told:
            beside(path)
        assert "\n" not in str(told.value)
