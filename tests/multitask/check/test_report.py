"""What is wrong with annotated pictures is found, with the place; what is right is not."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.multitask.check.report import check_annotated
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.shapes import Ellipse, OrientedBox, PixelMask, Polygon

Paint = Callable[..., Path]


@pytest.fixture
def report(registered, tmp_path: Path):
    """Checks images as those of a format."""

    def check(images: list[AnnotatedImage], **options: object):
        registered(images)
        (tmp_path / "set").mkdir(exist_ok=True)
        return check_annotated(tmp_path / "set", "made-up", **options)  # pyright: ignore

    return check


def kinds(report) -> dict[str, str]:
    """The severity of each kind of finding."""
    return {
        finding.kind: finding.severity for finding in report.findings if finding.kind != "made up"
    }


def found(report, kind: str):
    return next(finding for finding in report.findings if finding.kind == kind)


def good(paint: Paint, count: int = 24) -> list[AnnotatedImage]:
    """Pictures of two classes in three splits."""
    splits = ("train", "train", "validation", "test")
    return [
        AnnotatedImage(
            paint(f"good{at}.png", at), 64, 48, label=("a", "b")[at % 2], split=splits[at // 2 % 4]
        )
        for at in range(count)
    ]


def test_a_good_set_passes_with_nothing_but_what_its_reader_said(report, paint: Paint):
    result = report(good(paint))
    assert kinds(result) == {}
    assert result.counts() == {"error": 0, "warning": 1, "note": 0}
    assert result.passes() and not result.passes(strict=True)
    first = found(result, "made up")
    assert str(first.examples[0]) == "notes.txt, entry 3: nothing is there"
    summary = result.summary
    assert summary.images == {"train": 12, "validation": 6, "test": 6}
    assert summary.classes == {
        name: {"train": 6, "validation": 3, "test": 3} for name in ("a", "b")
    }
    assert summary.targets == {"label": 24}
    assert summary.sizes == [(64, 48, 24)]
    json.dumps(result.to_dict())


def test_missing_damaged_and_other_sizes_are_told(report, paint: Paint):
    images = good(paint)
    images[3].file.unlink()
    images[4].file.write_bytes(images[4].file.read_bytes()[:60])
    paint("good5.png", 500, 32, 20)
    result = report(images)
    assert kinds(result) == {
        "picture missing": "error",
        "picture not readable": "error",
        "size other than annotated": "error",
    }
    example = found(result, "size other than annotated").examples[0]
    assert str(example) == "good5.png: annotated as 64 × 48, it has 32 × 20"
    assert not result.passes()


@pytest.mark.parametrize(
    ("stated", "kind", "severity"),
    [
        ((48, 64), "turned by EXIF", "note"),
        ((64, 48), "turned by EXIF, annotated before", "warning"),
        ((None, None), "turned by EXIF, frame unknown", "warning"),
    ],
)
def test_in_which_frame_a_turned_picture_was_annotated(
    report, paint: Paint, stated: tuple, kind: str, severity: str
):
    exif = Image.Exif()
    exif[0x0112] = 6
    file = paint("turned.jpg", 99, exif=exif)
    things = (AnnotatedObject("a", BoundingBox(1, 1, 20, 20)),)
    result = report([*good(paint), AnnotatedImage(file, *stated, objects=things, split="train")])
    told = {name: how for name, how in kinds(result).items() if "EXIF" in name}
    assert told == {kind: severity}
    assert "size other than annotated" not in kinds(result)


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (BoundingBox(0, 0, 64, 48), ""),
        (BoundingBox(-0.9, 0, 64.9, 48), ""),
        (BoundingBox(-2, 0, 30, 20), "object beyond the edge"),
        (BoundingBox(64, 0, 80, 20), "object outside the picture"),
        (BoundingBox(10, 10, 10, 20), "object without area"),
        (BoundingBox(20, 10, 10, 20), "object without area"),
        (Circle(60, 20, 10), "object beyond the edge"),
        (Circle(30, 20, 10), ""),
        (Ellipse(32, 24, 30, 2, 0), ""),
        (Ellipse(32, 24, 30, 2, np.pi / 2), "object beyond the edge"),
        (OrientedBox(32, 24, 60, 4, 0), ""),
        (OrientedBox(32, 24, 60, 4, np.pi / 2), "object beyond the edge"),
        (Polygon((np.array([[1.0, 1], [9, 1], [9, 9]]),)), ""),
        (Polygon((np.array([[1.0, 1], [9, 1], [9, 90]]),)), "object beyond the edge"),
        (PixelMask(60, 40, np.ones((8, 4), bool)), ""),
        (PixelMask(60, 40, np.ones((20, 4), bool)), "object beyond the edge"),
    ],
)
def test_places_beyond_the_picture_are_told(report, paint: Paint, shape, kind: str):
    fine = AnnotatedObject("a", BoundingBox(1, 2, 3, 4))
    images = [
        *good(paint),
        AnnotatedImage(paint("one.png", 77), split="train", objects=(fine, fine)),
        AnnotatedImage(
            paint("two.png", 78), split="train", objects=(fine, AnnotatedObject("b", shape))
        ),
    ]
    result = report(images)
    told = [name for name in kinds(result) if name.startswith("object ")]
    assert told == [kind] * bool(kind)
    if kind:
        example = found(result, kind).examples[0]
        assert example.file == "two.png" and example.detail.startswith("object 2, b, ")


def test_copies_are_told_by_how_bad_they_are(report, paint: Paint):
    images = good(paint)
    copy = images[0].file.with_name("copy.png")
    copy.write_bytes(images[0].file.read_bytes())
    near = images[8].file.with_name("near.jpg")
    Image.open(images[8].file).save(near, quality=50)
    again = images[1].file.with_name("again.png")
    again.write_bytes(images[1].file.read_bytes())
    result = report(
        [
            *images,
            AnnotatedImage(copy, label="a", split="test"),
            AnnotatedImage(near, label="a", split="validation"),
            AnnotatedImage(again, label="a", split="train"),
        ]
    )
    assert kinds(result) == {
        "same picture in two splits": "error",
        "same picture with two classes": "error",
        "nearly the same picture in two splits": "warning",
        "same picture twice in a split": "note",
    }
    example = found(result, "same picture in two splits").examples[0]
    assert str(example) == "good0.png: and copy.png, the same bytes, in train and test"
    assert result.to_dict() == report(images + result_images(result, images)).to_dict()


def result_images(result, images):
    """The images that were added, as the table has them."""
    return [*result.checked.annotated][len(images) :]


def test_what_is_wrong_with_classes_and_groups_is_told(report, paint: Paint):
    images = [
        AnnotatedImage(
            paint(f"{at}.png", at),
            label="rare" if at == 0 else "only train" if at in (4, 5, 8) else "common",
            split=("train", "test")[at % 4 // 2],
            group="g" if at in (1, 2) else None,
        )
        for at in range(60)
    ]
    result = report(images)
    assert kinds(result) == {
        "group in two splits": "error",
        "class with few examples": "warning",
        "one class for nearly all": "warning",
        "class in one split only": "warning",
    }
    assert str(found(result, "group in two splits").examples[0]) == "g: in train and test"
    assert "93.3%" in found(result, "one class for nearly all").message
    assert [str(one) for one in found(result, "class with few examples").examples] == [
        "rare: 1 pictures",
        "only train: 3 pictures",
    ]


def test_nothing_to_learn_is_an_error(report, paint: Paint):
    result = report([AnnotatedImage(paint("a.png", 1)), AnnotatedImage(paint("b.png", 2))])
    assert kinds(result) == {"nothing to learn": "error", "split without pictures": "error"}


@pytest.mark.parametrize(("labelled", "severity"), [(1, "error"), (2, None)])
def test_what_training_refuses_for_too_few_is_an_error(
    report, paint: Paint, labelled: int, severity: str | None
):
    images = [
        AnnotatedImage(
            paint(f"{at}.png", at),
            64,
            48,
            split="train" if at < 20 else ("validation", "test")[at % 2],
            objects=(AnnotatedObject("a", BoundingBox(1, 1, 9, 9)),) if at < labelled else None,
        )
        for at in range(24)
    ]
    told = kinds(report(images))
    assert told.get("too few to learn") == severity


def test_splits_without_pictures_are_errors_as_training_refuses_them(report, paint: Paint):
    images = [
        AnnotatedImage(paint(f"{at}.png", at), label="ab"[at % 2], split=split)
        for at, split in enumerate(["train", "train", "train", "validation"])
    ]
    result = report([*images[:1], images[3]])
    assert "split without pictures" in kinds(result)
    messages = [one.message for one in result.findings if one.kind == "split without pictures"]
    assert messages == [
        "1 picture of 2 for train. Add pictures, or state the splits.",
        "0 pictures of 2 for test. Add pictures, or state the splits.",
    ]
    assert not result.passes()
