"""What numbers mean by files beside the masks."""

from pathlib import Path

import pytest

from triptych.frame.errors import DataError
from triptych.multitask.formats._mask_images.meaning import StatedMeaning, infer, read_stated
from triptych.multitask.formats._mask_images.values import MaskSample


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("cat\ndog\n", {0: "cat", 1: "dog"}),
        ("1 cat\n2: grey dog", {1: "cat", 2: "grey dog"}),
        ("__ignore__\n_background_\ncat", {0: "_background_", 1: "cat"}),
    ],
)
def test_a_list_of_classes(tmp_path: Path, text: str, classes: dict[int, str]):
    (tmp_path / "classes.txt").write_text(text)
    assert read_stated([tmp_path]).classes == classes


def test_the_yaml_goes_before_lists_and_the_nearest_first(tmp_path: Path):
    (tmp_path / "classes.txt").write_text("cat")
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "masks.yml").write_text("classes: [fish, bird]")
    (tmp_path / "masks.yaml").write_text("classes: [cow]")
    folders = [tmp_path / "near", tmp_path]
    assert read_stated(folders).classes == {0: "fish", 1: "bird"}
    (tmp_path / "near" / "masks.yml").unlink()
    assert read_stated(folders).classes == {0: "cow"}
    (tmp_path / "masks.yaml").unlink()
    assert read_stated(folders).classes == {0: "cat"}


def test_a_list_that_is_no_text_is_told(tmp_path: Path):
    (tmp_path / "classes.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match=r"classes\.txt"):
        read_stated([tmp_path])


def test_values_without_names_are_called_by_their_number():
    meaning = infer(["a.png"], [MaskSample((0, 3, 7, 255), False, 0)], StatedMeaning())
    assert (meaning.classes, meaning.ignored) == ({0: "", 3: "3", 7: "7"}, (255,))


def test_the_thing_in_binary_masks_has_the_name_that_is_stated():
    meaning = infer(["a.png"], [MaskSample((0, 9), False, 1)], StatedMeaning(label="cell"))
    assert meaning.classes == {0: "", 1: "cell", 9: "cell", 255: "cell"}
