"""Pictures with masks: pairs by name, kinds of masks, known sets, and what is told."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import DataError
from triptych.multitask.formats import recognize
from triptych.multitask.formats.mask_images import MaskImages
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject
from triptych.multitask.structures.import_problems import ImportProblems
from triptych.multitask.structures.shapes import PixelMask, shape_box

DISC = np.zeros((6, 8), np.uint8)
DISC[1:3, 2:5] = 1


def reader(root: Path, *, strict: bool = False) -> MaskImages:
    return MaskImages(root, ImportProblems(strict=strict), root.parent / "scratch")


def save(root: Path, masks: dict[str, np.ndarray], pictures: tuple[str, ...] = ()) -> Path:
    for name in pictures:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 6)).save(root / name)
    for name, values in masks.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(values).save(root / name)
    return root


def read(root: Path) -> list[AnnotatedImage]:
    return [*reader(root).read()]


def area(thing: AnnotatedObject) -> int:
    assert isinstance(thing.shape, PixelMask)
    return int(thing.shape.pixels.sum())


@pytest.mark.parametrize(
    ("picture", "mask"),
    [
        ("images/a.jpg", "masks/a.png"),
        ("images/train/a.jpg", "labels/train/a.png"),
        ("train/images/a.jpg", "train/masks/a.png"),
        ("train_images/a.jpg", "train_masks/a.png"),
        ("train/a.jpg", "train_masks/a_mask.gif"),
        ("images/a.jpg", "annotations/trimaps/a.png"),
        ("cat.jpg", "cat_mask.png"),
        ("cat.jpg", "cat.mask.png"),
        ("pets/cat.jpg", "pets/cat_seg.png"),
        ("PNGImages/a.png", "PedMasks/a_mask.png"),
        ("JPEGImages/a.jpg", "SegmentationClass/a.png"),
        (
            "leftImg8bit/val/ulm/ulm_1_leftImg8bit.png",
            "gtFine/val/ulm/ulm_1_gtFine_labelIds.png",
        ),
    ],
)
def test_a_mask_is_found_by_its_name(tmp_path: Path, picture: str, mask: str):
    split = "train" if "train" in picture else "validation" if "val" in picture else None
    root = save(tmp_path / "set", {mask: DISC}, (picture,))
    assert recognize(root) == "mask-images"
    (image,) = read(root)
    assert image.file == root / picture
    assert image.mask is not None or image.objects
    assert (image.width, image.height) == (8, 6)
    assert image.split == split


def test_folders_of_classes_that_speak_of_masks_are_none(tmp_path: Path):
    save(tmp_path, {}, ("with_mask/1.png", "without_mask/1.png", "mask/2.png", "no_mask/2.png"))
    assert MaskImages.recognizes(tmp_path) == 0


@pytest.mark.parametrize("on", [1, 255])
def test_two_values_are_a_binary_mask(tmp_path: Path, on: int):
    root = save(tmp_path, {"masks/a.png": DISC * np.uint8(on)}, ("images/a.jpg",))
    (image,) = read(root)
    assert image.mask is not None and image.mask.file == root / "masks/a.png"
    assert image.mask.classes[0] == "" and image.mask.classes[on] == "foreground"
    assert image.mask.ignored == ()


def test_blurred_black_and_white_is_a_binary_mask_cut_in_the_middle(tmp_path: Path):
    values = np.zeros((40, 1000), np.uint8)
    values[:, 500:] = 255
    values[:, 480:520] = np.linspace(0, 255, 40).astype(np.uint8)
    (tmp_path / "images").mkdir()
    Image.new("L", (1000, 40)).save(tmp_path / "images/a.png")
    (image,) = read(save(tmp_path, {"masks/a.png": values}))
    assert image.mask is not None
    assert (image.mask.classes[127], image.mask.classes[128]) == ("", "foreground")


def test_numbers_of_classes_take_their_names_from_a_list(tmp_path: Path):
    values = DISC * np.uint8(2)
    values[5] = 1
    root = save(tmp_path, {"masks/a.png": values}, ("images/a.jpg",))
    (root / "classes.txt").write_text("background\nroad\ncar\n")
    format_ = reader(root)
    (image,) = format_.read()
    assert image.mask is not None and image.mask.classes == {0: "", 1: "road", 2: "car"}
    assert format_.vocabulary.classes == ("road", "car")


def test_a_list_without_background_counts_from_1(tmp_path: Path):
    values = DISC * np.uint8(2)
    values[5] = 1
    root = save(tmp_path, {"masks/a.png": values}, ("images/a.jpg",))
    (root / "classes.txt").write_text("road\ncar\n")
    (image,) = read(root)
    assert image.mask is not None and image.mask.classes == {0: "", 1: "road", 2: "car"}


def test_masks_yaml_says_what_values_mean(tmp_path: Path):
    values = DISC.copy()
    values[4], values[5] = 3, 255
    root = save(tmp_path, {"masks/a.png": values}, ("images/a.jpg",))
    (root / "masks.yaml").write_text("classes: {1: pet, 3: border}\nignore: [255]\nkind: classes\n")
    assert MaskImages.recognizes(root) == 3
    format_ = reader(root)
    (image,) = format_.read()
    assert image.mask is not None
    assert image.mask.classes == {0: "", 1: "pet", 3: "border"}
    assert image.mask.ignored == (255,)
    assert format_.problems.examples == []


@pytest.mark.parametrize(
    "text",
    [
        "kind: fish",
        "clases: {1: pet}",
        "classes: {pet: 1}",
        "ignore: [-1]",
        "colors: {road: [1, 2]}",
        "- 1",
        "kind: [",
        "classes: {1: &a pet, 2: *a}",
    ],
)
def test_a_masks_yaml_that_is_wrong_is_refused_in_one_line(tmp_path: Path, text: str):
    root = save(tmp_path, {"masks/a.png": DISC}, ("images/a.jpg",))
    (root / "masks.yaml").write_text(text)
    with pytest.raises(DataError, match=r"masks\.yaml") as error:
        read(root)
    assert "\n" not in str(error.value)


def test_oxford_trimaps_are_pet_background_and_border(tmp_path: Path):
    values = np.full((6, 8), 2, np.uint8)
    values[1:4, 1:4], values[2, 2] = 3, 1
    root = save(tmp_path, {"annotations/trimaps/a.png": values}, ("images/a.jpg",))
    (image,) = read(root)
    assert image.mask is not None
    assert (image.mask.classes, image.mask.ignored) == ({1: "pet", 2: ""}, (3,))


def test_cityscapes_numbers_have_their_names(tmp_path: Path):
    stem = "train/ulm/ulm_1"
    picture = f"leftImg8bit/{stem}_leftImg8bit.png"
    labels, train = f"gtFine/{stem}_gtFine_labelIds.png", f"gtFine/{stem}_gtFine_labelTrainIds.png"
    color = f"gtFine/{stem}_gtFine_color.png"
    root = save(tmp_path, {labels: DISC * np.uint8(26), color: DISC}, (picture,))
    (image,) = read(root)
    assert image.mask is not None
    assert image.mask.classes[26] == "car" and image.mask.classes[7] == "road"
    assert 0 in image.mask.ignored and 255 not in image.mask.ignored
    assert image.split == "train"
    (image,) = read(save(root, {train: DISC * np.uint8(13)}))
    assert image.mask is not None and image.mask.file.name.endswith("labelTrainIds.png")
    assert image.mask.classes[13] == "car" and image.mask.ignored == (255,)


def test_cityscapes_instances_are_things_and_groups(tmp_path: Path):
    values = np.full((6, 8), 7, np.int32)
    values[0, :2], values[2, :3], values[4, 4:] = 26000, 26001, 24
    name = "gtFine/val/ulm/ulm_1_gtFine_instanceIds.png"
    root = save(
        tmp_path,
        {name: values.astype(np.uint16), name.replace("instance", "label"): DISC},
        ("leftImg8bit/val/ulm/ulm_1_leftImg8bit.png",),
    )
    (root / "masks.yaml").write_text("kind: instances")
    (image,) = read(root)
    assert image.objects is not None
    assert {(o.label, o.crowd, area(o)) for o in image.objects} == {
        ("car", False, 2),
        ("car", False, 3),
        ("person", True, 4),
    }


def test_penn_fudan_values_are_persons(tmp_path: Path):
    values = DISC.copy()
    values[4:, 6:] = 2
    root = save(
        tmp_path, {"PedMasks/FudanPed00001_mask.png": values}, ("PNGImages/FudanPed00001.png",)
    )
    (image,) = read(root)
    assert image.objects is not None and image.mask is None
    assert [o.label for o in image.objects] == ["person", "person"]
    boxes = [shape_box(o.shape) for o in image.objects if o.shape]
    assert [(b.left, b.top, b.right, b.bottom) for b in boxes if b] == [(2, 1, 5, 3), (6, 4, 8, 6)]


def test_numbers_of_things_are_told_from_numbers_of_classes(tmp_path: Path):
    two = DISC.copy()
    two[4:, 6:] = 2
    masks = {"masks/a.png": DISC, "masks/b.png": two}
    format_ = reader(save(tmp_path, masks, ("images/a.jpg", "images/b.jpg")))
    counts = [len(image.objects or ()) for image in format_.read()]
    assert counts == [1, 2]
    assert "taken as instances" in format_.problems.examples[0].detail
    scattered = two.copy()
    scattered[0, 7], scattered[5, 0] = 1, 2
    root = save(tmp_path, {"masks/b.png": scattered, "masks/a.png": scattered})
    assert all(image.mask for image in read(root))


def test_voc_colors_are_numbers_and_255_is_the_border(tmp_path: Path):
    values = DISC * np.uint8(15)
    values[0] = 255
    picture = Image.fromarray(values, "P")
    picture.putpalette(bytes(range(256)) * 3)
    root = save(tmp_path, {}, ("JPEGImages/a.jpg",))
    for folder in ("SegmentationClass", "SegmentationObject"):
        (root / folder).mkdir()
        picture.save(root / folder / "a.png")
    (image,) = read(root)
    assert image.mask is not None and image.mask.file.parent.name == "SegmentationClass"
    assert image.mask.classes[15] == "person" and image.mask.ignored == (255,)


def test_several_masks_of_a_picture_are_a_thing_each(tmp_path: Path):
    other = np.zeros((6, 8), np.uint8)
    other[5, 7] = 255
    masks = {"benign (1)_mask.png": DISC * np.uint8(255), "benign (1)_mask_1.png": other}
    (image,) = read(save(tmp_path, masks, ("benign (1).png",)))
    assert image.objects is not None
    assert [area(thing) for thing in image.objects] == [6, 1]


def test_colors_are_read_where_they_are_named(tmp_path: Path):
    values = np.zeros((6, 8, 3), np.uint8)
    values[0], values[1] = (128, 64, 128), (1, 2, 3)
    root = save(tmp_path / "set", {"masks/a.png": values}, ("images/a.jpg",))
    with pytest.raises(DataError, match="in colors"):
        read(root)
    (root / "labelmap.txt").write_text(
        "# label:color_rgb:parts:actions\nbackground:0,0,0::\nroad:128,64,128::\n"
    )
    (image,) = read(root)
    assert image.mask is not None
    numbers = np.asarray(Image.open(image.mask.file))
    assert [numbers[0, 0], numbers[1, 0], numbers[2, 0]] == [1, 255, 0]
    assert image.mask.classes == {0: "", 1: "road"} and image.mask.ignored == (255,)


def test_grey_in_three_channels_becomes_numbers(tmp_path: Path):
    grey = np.repeat(DISC[..., None] * np.uint8(255), 3, 2)
    (image,) = read(save(tmp_path / "set", {"masks/a.png": grey}, ("images/a.jpg",)))
    assert image.mask is not None
    assert (np.asarray(Image.open(image.mask.file)) == DISC * 255).all()


def test_each_wrong_mask_is_told_and_the_rest_read(tmp_path: Path):
    names = ("ok", "small", "broken", "none")
    save(
        tmp_path,
        {"masks/ok.png": DISC, "masks/small.png": DISC[:2], "masks/extra.png": DISC},
        tuple(f"images/{name}.jpg" for name in names),
    )
    (tmp_path / "masks/broken.png").write_bytes(b"no picture")
    format_ = reader(tmp_path)
    images = {image.file.stem: image for image in format_.read()}
    assert {name: image.mask is not None for name, image in images.items()} == {
        "ok": True,
        "small": False,
        "broken": False,
        "none": False,
    }
    assert all(image.objects is None for image in images.values())
    told = {(p.kind, p.place, p.outcome) for p in format_.problems.examples}
    assert told >= {
        ("mask not usable", "masks/small.png", "object left out"),
        ("mask not usable", "masks/broken.png", "object left out"),
        ("mask without picture", "masks/extra.png", "image left out"),
        ("picture without mask", "images/none.jpg", "noticed"),
    }
    with pytest.raises(DataError, match="masks/"):
        list(reader(tmp_path, strict=True).read())


def test_a_mask_of_a_turned_picture_has_its_upright_size(tmp_path: Path):
    save(tmp_path, {"masks/a.png": DISC})
    (tmp_path / "images").mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (6, 8)).save(tmp_path / "images/a.jpg", exif=exif)
    (image,) = read(tmp_path)
    assert image.mask is not None and (image.width, image.height) == (8, 6)


def test_jpeg_changes_numbers_and_is_refused(tmp_path: Path):
    root = save(tmp_path, {"masks/b.png": DISC}, ("images/a.jpg", "images/b.jpg"))
    Image.fromarray(DISC).save(root / "masks/a.jpg")
    format_ = reader(root)
    assert [image.mask is None for image in format_.read()] == [True, False]
    assert any("JPEG" in problem.detail for problem in format_.problems.examples)


def test_folders_and_lists_are_watched(tmp_path: Path):
    save(tmp_path, {"masks/a.png": DISC}, ("images/a.jpg",))
    (tmp_path / "masks.yaml").write_text("kind: binary")
    names = {path.relative_to(tmp_path).as_posix() for path in reader(tmp_path).files()}
    assert names == {".", "images", "masks", "masks.yaml"}
