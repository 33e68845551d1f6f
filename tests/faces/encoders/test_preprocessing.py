"""How crops are to be read, in words: whole, stretched, or refused with the choices."""

from pathlib import Path

import pytest

from triptych.faces.detection.template import ARCFACE_112X96, ARCFACE_112X112, LandmarkTemplate
from triptych.faces.encoders._preprocessing import Preprocessing, parse_preprocessing, read_sidecar
from triptych.frame.errors import ConfigError, DataError, UnknownNameError


def test_without_a_word_it_is_the_customary_one():
    assert parse_preprocessing({}) == Preprocessing(112, 112, 127.5, 128.0, "rgb", ARCFACE_112X112)
    assert parse_preprocessing({"size": "112x96"}).template == ARCFACE_112X96


def test_every_word_is_followed():
    words = {"size": "40×30", "mean": "0", "scale": "255", "colour": "grey", "template": "whole"}
    found = parse_preprocessing(words)
    assert found == Preprocessing(40, 30, 0.0, 255.0, "grey", None) and found.channels == 1
    assert parse_preprocessing({"mean": 127.5, "scale": 128}) == parse_preprocessing(
        {}
    )  # as JSON has them


def test_templates_are_stretched_to_the_size():
    found = parse_preprocessing({"size": "224x224"}).template
    assert found is not None and (found.height, found.width) == (224, 224)
    assert found.points[0] == (2 * ARCFACE_112X112.points[0][0], 2 * ARCFACE_112X112.points[0][1])
    narrow = parse_preprocessing({"size": "56x48"}).template
    assert narrow is not None and narrow.points[2] == (ARCFACE_112X96.points[2][0] / 2, 71.7366 / 2)
    square = parse_preprocessing({"size": "112x96", "template": "square"}).template
    assert square is not None and square.points != ARCFACE_112X96.points


def test_each_colour_may_have_its_own_numbers():
    for mean in ("123.68,116.78,103.94", [123.68, 116.78, 103.94]):
        found = parse_preprocessing({"mean": mean, "scale": "58"})
        assert found.mean == (123.68, 116.78, 103.94) and found.scale == 58
    assert parse_preprocessing({"mean": [127.5]}) == parse_preprocessing({})


def test_an_encoder_may_state_its_own_five_points():
    points = [[30, 40], [70, 40], [50, 60], [35, 80], [65, 80]]
    for given in (points, "30,40,70,40,50,60,35,80,65,80"):
        template = parse_preprocessing({"size": "100x100", "points": given}).template
        assert template == LandmarkTemplate(100, 100, tuple(map(tuple, points)))


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
        ({"scale": "1,0,1"}, "Expected a scale above 0, got scale=1,0,1"),
        ({"mean": [1, 2]}, "Expected mean to be one number, or 3 for rgb, got 2"),
        ({"mean": [1, 2, 3], "colour": "grey"}, "Expected mean to be one number, or 1 for grey"),
        ({"template": "oval"}, r"Expected template=narrow\|square\|dlib\|whole"),
        ({"points": [[1, 2], [3, 4]]}, "Expected points as five pairs x,y within 112×112"),
        ({"points": [[1, 2]] * 5}, "Expected points as five pairs"),
        ({"points": [[1, 2]] * 4 + [[1, 113]]}, "Expected points as five pairs"),
        ({"points": "a,b"}, "Expected ten numbers, got points=a,b"),
        ({"points": {"eyes": 1}}, "Expected ten numbers"),
        ({"points": [[1, 2]] * 4 + [[5, 6]], "template": "square"}, "got both. Leave one out"),
    ],
)
def test_words_that_mean_nothing_are_told(words: dict, told: str):
    with pytest.raises(ConfigError, match=told):
        parse_preprocessing(words)


def test_an_unknown_word_is_told_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"no setting of an encoder 'color'.*'colour'"):
        parse_preprocessing({"color": "rgb"})


def test_words_beside_the_file_are_read(tmp_path: Path):
    path = tmp_path / "encoder.onnx"
    assert read_sidecar(path) == {}
    (tmp_path / "encoder.json").write_text('{"mean": 0, "colour": "bgr"}')
    assert read_sidecar(path) == {"mean": 0, "colour": "bgr"}
    for text in ("", "{", "[1]", "null", "\x00", "[" * 100_000):
        (tmp_path / "encoder.json").write_text(text)
        with pytest.raises(DataError, match=r"encoder\.json") as told:
            read_sidecar(path)
        assert "\n" not in str(told.value)
