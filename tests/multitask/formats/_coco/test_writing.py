"""What is written as COCO is read back the same, by us and by pycocotools."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import WriteError
from triptych.multitask.formats._format import Vocabulary
from triptych.multitask.formats.coco import Coco
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.import_problems import ImportProblems
from triptych.multitask.structures.rasterize import shape_pixels
from triptych.multitask.structures.shapes import Ellipse, PixelMask, Polygon

VOCABULARY = Vocabulary(
    classes=("cat", "dog"),
    keypoints=("nose", "left_ear", "right_ear"),
    keypoint_pairs=((1, 2),),
    skeleton=((0, 1), (0, 2)),
)
RING = np.ones((6, 7), bool)
RING[2:4, 2:5] = False


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (60, 40), "teal").save(path)
    return path


def some_images(root: Path) -> list[AnnotatedImage]:
    parts = (np.array([[1.5, 2], [20, 2], [20, 15.25]]), np.array([[30.0, 30], [40, 30], [30, 38]]))
    points = np.array([[3, 4, 2], [5, 6, 1], [0, 0, 0]], np.float32)
    objects = (
        AnnotatedObject("cat", BoundingBox(10.1, 5.2, 20.3, 30.7), points, {"age": "old"}),
        AnnotatedObject("dog", Polygon(parts), difficult=True, truncated=True, score=0.25),
        AnnotatedObject("dog", PixelMask(3, 33, RING), crowd=True),
    )
    files = [picture(root / name) for name in ("x/a.png", "y/a.png", "b.png")]
    return [
        AnnotatedImage(files[0], 60, 40, split="train", objects=objects),
        AnnotatedImage(files[1], 60, 40, split="train", objects=()),
        AnnotatedImage(files[2], 60, 40, split="validation", objects=objects[:1]),
        AnnotatedImage(files[2], 60, 40, split="test"),
    ]


def same_shape(one: Any, other: Any) -> bool:
    if isinstance(one, BoundingBox):
        return list(vars(one).values()) == pytest.approx(list(vars(other).values()))
    if isinstance(one, Polygon):
        return all(np.allclose(a, b) for a, b in zip(one.parts, other.parts, strict=True))
    return (one.left, one.top) == (other.left, other.top) and (one.pixels == other.pixels).all()


def test_what_is_written_is_read_back(tmp_path: Path):
    images = some_images(tmp_path / "source")
    assert Coco.write(images, VOCABULARY, tmp_path / "out") == []
    problems = ImportProblems(strict=True)
    reader = Coco(tmp_path / "out", problems, tmp_path / "scratch")
    found = list(reader.read())
    assert reader.vocabulary == VOCABULARY
    assert len(found) == 4 and not problems.examples
    test = next(image for image in found if image.split == "test")
    assert test.objects is None
    train = sorted(
        (image for image in found if image.split == "train"),
        key=lambda image: -len(image.objects or ()),
    )
    assert train[1].objects == ()
    assert train[0].file.read_bytes() == images[0].file.read_bytes()
    for written, read in zip(images[0].objects or (), train[0].objects or (), strict=True):
        assert same_shape(written.shape, read.shape)
        for name in ("label", "attributes", "crowd", "difficult", "truncated", "score"):
            assert getattr(written, name) == getattr(read, name), name
        assert (written.keypoints is None) == (read.keypoints is None)
        if written.keypoints is not None:
            assert (written.keypoints == read.keypoints).all()


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # of pycocotools, by NumPy
def test_pycocotools_sees_the_same_pixels(tmp_path: Path):
    coco: Any = pytest.importorskip("pycocotools.coco")
    images = some_images(tmp_path / "source")
    Coco.write(images, VOCABULARY, tmp_path / "out")
    theirs = coco.COCO(str(tmp_path / "out/annotations/instances_train.json"))
    assert [each["name"] for each in theirs.loadCats(theirs.getCatIds())] == ["cat", "dog"]
    box, polygon, mask = theirs.loadAnns(theirs.getAnnIds(imgIds=theirs.getImgIds()[0]))
    assert box["bbox"] == pytest.approx([10.1, 5.2, 10.2, 25.5])
    for annotation, thing in zip((polygon, mask), (images[0].objects or ())[1:], strict=True):
        assert thing.shape is not None
        differ = shape_pixels(thing.shape, 40, 60) ^ theirs.annToMask(annotation).astype(bool)
        # pycocotools rounds corners to a fifth of a pixel
        assert differ.sum() <= (8 if annotation is polygon else 0)
    assert polygon["area"] == pytest.approx(122.5625 + 40)
    assert mask["area"] == RING.sum()


def test_what_coco_cannot_hold_is_told(tmp_path: Path):
    objects = (
        AnnotatedObject("cat", Circle(20, 20, 10)),
        AnnotatedObject(None, Ellipse(30, 20, 10, 5, 0.5)),
        AnnotatedObject("cat"),
    )
    file = picture(tmp_path / "a.png")
    image = AnnotatedImage(file, label="cat", attributes={"a": "b"}, group="g", objects=objects)
    told = Coco.write([image], Vocabulary(), tmp_path / "out")
    assert told == [
        "classes of whole images are not written: 1",
        "attributes of whole images are not written: 1",
        "groups of images are not written: 1",
        "shapes of the kind Circle are written as polygons: 1",
        'objects without a class are written as "object": 1',
        "shapes of the kind Ellipse are written as polygons: 1",
        "objects without a place are not written: 1",
    ]
    (read,) = Coco(tmp_path / "out", ImportProblems(strict=True), tmp_path / "s").read()
    assert (read.width, read.height, read.split) == (60, 40, None)
    assert [thing.label for thing in read.objects or ()] == ["cat", "object"]
    for written, thing in zip(objects, read.objects or (), strict=False):
        assert written.shape is not None and thing.shape is not None
        differ = shape_pixels(written.shape, 40, 60) ^ shape_pixels(thing.shape, 40, 60)
        assert differ.sum() <= 4


def test_a_picture_within_a_larger_file_is_cut_out(tmp_path: Path):
    content = picture(tmp_path / "a.png").read_bytes()
    shard = tmp_path / "shard.tar"
    shard.write_bytes(b"before" + content + b"behind")
    image = AnnotatedImage(shard, objects=(), offset=6, size=len(content), name="folder/inner.png")
    Coco.write([image], Vocabulary(), tmp_path / "out")
    assert (tmp_path / "out/images/inner.png").read_bytes() == content


def test_nothing_is_left_where_writing_fails(tmp_path: Path):
    def broken():
        yield from some_images(tmp_path / "source")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Coco.write(broken(), VOCABULARY, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_folder_that_holds_something_is_not_written_into(tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    with pytest.raises(WriteError, match="Name a new folder"):
        Coco.write([], Vocabulary(), tmp_path / "out")
    assert (tmp_path / "out/mine.txt").read_text() == "mine"
