"""OpenMoji, from a zip made here and from the real one."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import AssetNotFoundError, ConfigError, DataError, UnknownNameError
from triptych.multitask.sources import build_source
from triptych.multitask.sources.openmoji import DEFAULT_EMOJI, OpenMoji

ZIP = "openmoji/openmoji-72x72-color.zip"
DOG, CAT, HEART, FAMILY, KEYCAP = "1F436", "1F431", "2764", "1F468-200D-1F469", "0023-FE0F-20E3"


def picture(red: int, size: int = 72) -> bytes:
    pixels = np.zeros((size, size, 4), np.uint8)
    pixels[10:20, 30:50] = (red, 1, 2, 255)
    pixels[20, 30] = (red, 1, 2, 128)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def make(folder: Path, prefix: str = "", **extra: bytes) -> Path:
    path = folder / ZIP
    path.parent.mkdir(exist_ok=True)
    codes = [*DEFAULT_EMOJI, DOG, CAT, HEART, FAMILY, KEYCAP]
    with zipfile.ZipFile(path, "w") as archive:
        for red, code in enumerate(codes):
            archive.writestr(f"{prefix}{code}.png", extra.get(code, picture(red)))
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRIPTYCH_DATA", str(tmp_path))
    make(tmp_path)
    return tmp_path


def names(argument: str) -> tuple[str, ...]:
    return build_source(f"openmoji:{argument}").cutouts("emoji", "train").names


@pytest.mark.parametrize("prefix", ["", "openmoji-72x72-color/"])
def test_nine_faces_with_their_alpha(folder: Path, prefix: str) -> None:
    make(folder, prefix)
    cutouts = build_source("openmoji").cutouts("emoji", "train")
    assert cutouts.names == tuple(DEFAULT_EMOJI.values())
    assert cutouts.labels.tolist() == list(range(9))
    assert cutouts.images.shape == (9, 3, 72, 72)
    assert cutouts.alpha is not None and cutouts.alpha.shape == (9, 72, 72)
    assert cutouts.images[5, :, 15, 40].tolist() == [5, 1, 2]
    assert cutouts.alpha[5, 20, 30:32].tolist() == [128, 0]


def test_colors_are_whole_under_half_alpha_and_white_under_none(folder: Path) -> None:
    cutouts = build_source("openmoji").cutouts("emoji", "train")
    assert cutouts.images[7, :, 20, 30].tolist() == [7, 1, 2]
    assert cutouts.images[7, :, 0, 0].tolist() == [255, 255, 255]


def test_training_and_testing_show_the_same_pictures(folder: Path) -> None:
    source = build_source("openmoji")
    train, test = source.cutouts("emoji", "train"), source.cutouts("emoji", "test")
    assert train.images.equal(test.images) and train.labels.equal(test.labels)


@pytest.mark.parametrize(
    "argument", ["1F436,1F431", "1f436, u+1f431", "U+1F436 ,🐱", "🐶,🐱", "\U0001f436\ufe0f,1f431"]
)
def test_emoji_are_named_by_code_point_or_pasted(folder: Path, argument: str) -> None:
    assert names(argument) == ("dog face", "cat face")


def test_sequences_are_called_by_their_code_points(folder: Path) -> None:
    assert names("👨‍👩,#️⃣,❤️,1F642") == (FAMILY, KEYCAP, "heavy black heart", "happy")


def test_an_emoji_that_is_not_there_is_told_with_the_nearest(folder: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"no OpenMoji picture '1F437'.*1F436") as told:
        names("1F437")
    assert len(str(told.value)) < 200
    with pytest.raises(UnknownNameError, match="no OpenMoji picture"):
        names("dog")


@pytest.mark.parametrize("argument", ["1F436,", ",", "1F436,🐶"])
def test_empty_and_doubled_emoji_are_refused(argument: str) -> None:
    with pytest.raises(ConfigError):
        OpenMoji(argument)


def test_a_missing_zip_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRIPTYCH_DATA", str(tmp_path))
    source = build_source("openmoji")
    assert not source.is_available()
    with pytest.raises(AssetNotFoundError, match="hfg-gmuend/openmoji/releases/download/"):
        source.cutouts("emoji", "train")


def test_damaged_zips_are_told(folder: Path) -> None:
    whole = make(folder).read_bytes()
    flipped = bytearray(whole)
    flipped[whole.index(b"IDAT") + 9] ^= 0xFF
    huge = bytes(1 << 21)
    for content in (b"", b"no zip", whole[:-30], bytes(flipped)):
        (folder / ZIP).write_bytes(content)
        told_damaged("damaged")
    make(folder, **{"1F602": b"no picture"})
    told_damaged("damaged: .*Expected a picture")
    make(folder, **{"1F602": picture(1, size=36)})
    told_damaged("expected 72×72 pixels, got 36×36 in 1F602.png")
    make(folder, **{"1F602": huge})
    told_damaged("would unpack to 2097152 bytes")


def told_damaged(words: str) -> None:
    with pytest.raises(DataError, match=words) as told:
        build_source("openmoji").cutouts("emoji", "train")
    assert "\n" not in str(told.value) and ZIP in str(told.value)


@pytest.mark.real
def test_the_real_faces_are_round_and_yellow(data: Callable[[str], Path]) -> None:
    data(ZIP)
    cutouts = build_source("openmoji").cutouts("emoji", "test")
    assert cutouts.alpha is not None
    assert (cutouts.alpha[:, 36, 36] == 255).all() and (cutouts.alpha[:, :3, :3] == 0).all()
    red, _, blue = cutouts.images[0, :, 36, 36].tolist()
    assert red > 200 > blue
    assert names("🐶,🇩🇪") == ("dog face", "1F1E9-1F1EA")
