"""Pascal VOC: pixels counted from 1, both ends inside; splits by lists; masks by their palette."""

import os
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import DataError
from triptych.multitask.formats import recognize
from triptych.multitask.formats.voc import Voc
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject
from triptych.multitask.structures.annotations import BoundingBox
from triptych.multitask.structures.import_problems import ImportProblems
from triptych.multitask.structures.shapes import PixelMask, Polygon

Sides = tuple[object, object, object, object]


def thing(sides: Sides, name: str = "cat", more: str = "") -> str:
    names = ("xmin", "ymin", "xmax", "ymax")
    inner = "".join(f"<{side}>{value}</{side}>" for side, value in zip(names, sides))
    return f"<object><name>{name}</name>{more}<bndbox>{inner}</bndbox></object>"


def write(
    root: Path, *objects: str, name: str = "Annotations/a.xml", size: tuple[int, int] = (40, 30)
) -> Path:
    picture = root / name.replace("Annotations", "JPEGImages").replace(".xml", ".png")
    for path in (root / name, picture):
        path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 30)).save(picture)
    stated = f"<size><width>{size[0]}</width><height>{size[1]}</height></size>"
    body = f"<annotation><filename>stale.jpg</filename>{stated}{''.join(objects)}</annotation>"
    (root / name).write_text(body)
    return root


def read(root: Path, *, strict: bool = False) -> tuple[list[AnnotatedImage], list[str]]:
    problems = ImportProblems(strict=strict)
    images = list(Voc(root, problems, root / "scratch").read())
    return images, list(map(str, problems.examples))


def objects(root: Path, *elements: str) -> tuple[list[AnnotatedObject], list[str]]:
    images, told = read(write(root, *elements))
    return list(images[0].objects or ()), told


@pytest.mark.parametrize(
    ("sides", "box"),
    [
        ((1, 1, 40, 30), (0, 0, 40, 30)),
        ((11, 11, 20, 20), (10, 10, 20, 20)),
        (("12.5", " 3.25 ", "20.5", "9"), (11.5, 2.25, 20.5, 9)),
        ((5, 5, 5, 5), (4, 4, 5, 5)),
    ],
)
def test_pixels_are_counted_from_1_and_both_ends_are_inside(
    tmp_path: Path, sides: Sides, box: tuple[float, ...]
):
    (found,), told = objects(tmp_path, thing(sides))
    assert found.shape == BoundingBox(*box)
    assert told == []


def test_a_single_zero_is_clamped_and_told(tmp_path: Path):
    boxes = [thing((0, 3, 20, 20)), thing((11, 11, 20, 20))]
    (first, second), told = objects(tmp_path, *boxes)
    assert first.shape == BoundingBox(0, 2, 20, 20)
    assert second.shape == BoundingBox(10, 10, 20, 20)
    assert told == [
        "Annotations/a.xml, object 1 (cat): the box -1, 2, 20, 20 goes beyond the image of "
        "40 × 30 pixels; it is cut there (mended)"
    ]


@pytest.mark.parametrize(("others", "left"), [(100, 11), (300, 10)])
def test_more_zeros_than_one_in_a_hundred_mean_counting_from_0(
    tmp_path: Path, others: int, left: int
):
    boxes = [thing((0, 5, 20, 20)), thing((6, 0, 20, 20)), *[thing((11, 11, 20, 20))] * others]
    found, told = objects(tmp_path, *boxes)
    assert found[-1].shape == BoundingBox(left, left, 20, 20)
    assert ("pixels are counted from 0" in told[0]) == (left == 11)
    if left == 11:
        assert told == [
            ".: 2 of 102 boxes begin at 0: pixels are counted from 0, not from 1 (noticed)"
        ]


def test_flags_and_attributes_are_kept(tmp_path: Path):
    more = "<pose>Left</pose><truncated>1</truncated><difficult>1</difficult>"
    (found,), _ = objects(tmp_path, thing((2, 2, 9, 9), "dog", more))
    assert (found.label, found.difficult, found.truncated) == ("dog", True, True)
    assert found.attributes == {"pose": "Left"}


@pytest.mark.parametrize("moved", [0, 1])
def test_corners_are_moved_as_they_fit_the_box(tmp_path: Path, moved: int):
    corners = [(10, 10), (20, 10), (20, 20)]
    inner = "".join(
        f"<x{n}>{x + moved}</x{n}><y{n}>{y + moved}</y{n}>" for n, (x, y) in enumerate(corners, 1)
    )
    (found,), _ = objects(tmp_path, thing((11, 11, 20, 20), "dog", f"<polygon>{inner}</polygon>"))
    assert isinstance(found.shape, Polygon)
    assert found.shape.parts[0].tolist() == [[10, 10], [20, 10], [20, 20]]


def test_lists_give_the_splits_and_pictures_without_a_file_are_unlabelled(tmp_path: Path):
    for name in "abcd":
        write(tmp_path, name=f"Annotations/{name}.xml")
    (tmp_path / "Annotations/d.xml").unlink()
    lists = {"train": "a\nb\n", "val": "b\n", "trainval": "a\nb\nc\n", "test": "d\n"}
    for name, text in lists.items():
        (tmp_path / "ImageSets/Main").mkdir(parents=True, exist_ok=True)
        (tmp_path / f"ImageSets/Main/{name}.txt").write_text(text)
    images, told = read(tmp_path)
    assert [(image.file.stem, image.split, image.objects) for image in images] == [
        ("a", "train", ()),
        ("b", "train", ()),
        ("c", "train", ()),
        ("d", "test", None),
    ]
    assert told == [
        "ImageSets/Main/val.txt, b: it stands in the list of train too, and stays there (mended)"
    ]


def test_files_beside_the_pictures_are_read_and_folders_are_splits(tmp_path: Path):
    write(tmp_path, thing((1, 1, 5, 5)), name="train/a.xml")
    write(tmp_path, thing((1, 1, 5, 5)), name="valid/a.xml")
    assert recognize(tmp_path) == "voc"
    images, told = read(tmp_path)
    assert [(image.file.parent.name, image.split) for image in images] == [
        ("train", "train"),
        ("valid", "validation"),
    ]
    assert told == []
    single, _ = read(tmp_path / "train/a.xml")
    assert [image.file.name for image in single] == ["a.png"]


def test_two_years_in_one_folder_are_read(tmp_path: Path):
    for year in ("VOC2007", "VOC2012"):
        write(tmp_path / year, thing((1, 1, 5, 5)), name=f"Annotations/{year}.xml")
    images, _ = read(tmp_path)
    assert [image.file.stem for image in images] == ["VOC2007", "VOC2012"]


def test_masks_give_classes_and_the_pixels_of_objects(tmp_path: Path):
    write(tmp_path, thing((11, 11, 20, 20), "cat"), thing((1, 1, 5, 5), "dog"))
    numbers = np.zeros((30, 40), np.uint8)
    numbers[10:20, 10:20] = 1
    numbers[10, 10] = 255
    for folder in ("SegmentationClass", "SegmentationObject"):
        image = Image.fromarray(numbers)
        image.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
        (tmp_path / folder).mkdir()
        image.save(tmp_path / folder / "a.png")
    (image,), told = read(tmp_path)
    assert image.mask is not None
    assert (image.mask.classes[0], image.mask.classes[8], image.mask.ignored) == ("", "cat", (255,))
    first, second = image.objects or ()
    assert isinstance(first.shape, PixelMask)
    assert first.shape.pixels.sum() == 99
    assert second.shape == BoundingBox(0, 0, 5, 5)
    assert told == [
        "SegmentationObject/a.png: 1 objects have no pixels where their box is; their box is used "
        "(noticed)"
    ]


def test_numbers_of_masks_are_named_by_the_label_map_of_cvat(tmp_path: Path):
    write(tmp_path, thing((11, 11, 20, 20), "pear"))
    (tmp_path / "SegmentationClass").mkdir()
    Image.new("P", (40, 30)).save(tmp_path / "SegmentationClass/a.png")
    (image,), told = read(tmp_path)
    assert image.mask is None and "labelmap.txt beside it must name" in told[0]
    names = "# label:color_rgb:parts:actions\nbackground:0,0,0::\npear:1,2,3::\n"
    (tmp_path / "labelmap.txt").write_text(names)
    (image,), told = read(tmp_path)
    assert image.mask is not None and image.mask.classes == {0: "", 1: "pear"}
    assert told == []


@pytest.mark.parametrize(
    ("element", "said"),
    [
        (thing((1, "nan", 5, 5)), "object 1 (cat): <bndbox> must hold four finite numbers"),
        (thing((1, 1, "1e400", 5)), "object 1 (cat): <bndbox> must hold four finite numbers"),
        (thing((9, 9, 5, 5)), "object 1 (cat): the box 8, 8, 5, 5 has no area"),
        (thing((-9, -9, -5, -5)), "object 1 (cat): the box -10, -10, -5, -5 lies outside"),
        (thing((1, 1, 5, 5), ""), "object 1: it has no <name>"),
        ("<object><name>cat</name></object>", "object 1 (cat): <bndbox> must hold four"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_and_the_rest_read(
    tmp_path: Path, element: str, said: str
):
    found, told = objects(tmp_path, element, thing((11, 11, 20, 20), "dog"))
    assert [each.label for each in found] == ["dog"]
    assert told[0].startswith(f"Annotations/a.xml, {said}")
    assert told[0].endswith("(object left out)")
    with pytest.raises(DataError):
        read(tmp_path, strict=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<annotation><object>", "Cannot read"),
        ("", "Cannot read"),
        ("<annotations/>", "expected <annotation>, got <annotations>"),
        (
            '<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]><annotation>&c;</annotation>',
            "entities or a document type",
        ),
        (
            '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><annotation>&f;</annotation>',
            "entities or a document type",
        ),
        ("<a>" * 100_000, "Cannot read"),
    ],
)
def test_a_file_that_is_none_is_left_out(tmp_path: Path, content: str, said: str):
    write(tmp_path, thing((1, 1, 5, 5)))
    (tmp_path / "Annotations/b.xml").write_text(content)
    images, told = read(tmp_path)
    assert [image.file.name for image in images] == ["a.png"]
    assert "Annotations/b.xml" in told[0] and said in told[0]
    assert told[0].endswith("(file left out)") and "\n" not in told[0]


def test_missing_pictures_and_paths_that_leave_the_folder_are_told(tmp_path: Path):
    write(tmp_path / "set", thing((1, 1, 5, 5)))
    Image.new("RGB", (40, 30)).save(tmp_path / "outside.png")
    body = "<annotation><filename>../outside.png</filename></annotation>"
    (tmp_path / "set/Annotations/gone.xml").write_text(body)
    images, told = read(tmp_path / "set")
    assert len(images) == 1
    assert "Annotations/gone.xml: there is no picture ../outside.png" in told[0]


def test_a_size_that_is_missing_is_that_of_the_picture(tmp_path: Path):
    (image,), told = read(write(tmp_path, thing((1, 1, 40, 30)), size=(0, 0)))
    assert (image.width, image.height, told) == (40, 30, [])


def test_a_folder_without_one_good_file_is_refused(tmp_path: Path):
    (tmp_path / "a.xml").write_text("<annotation")
    with pytest.raises(DataError, match=r"no XML file of Pascal VOC in .*a\.xml"):
        read(tmp_path)


@pytest.mark.real
def test_bccd_is_read_whole(tmp_path: Path):
    with zipfile.ZipFile(Path(os.environ["TRIPTYCH_DATA"]) / "bccd/bccd.zip") as archive:
        archive.extractall(tmp_path)
    assert recognize(tmp_path) == "voc"
    images, told = read(tmp_path, strict=True)
    labels = Counter(thing.label for image in images for thing in image.objects or ())
    assert labels == {"RBC": 4155, "WBC": 372, "Platelets": 361}
    splits = Counter(image.split for image in images)
    assert splits == {"train": 205, "validation": 87, "test": 72}
    assert told == []
