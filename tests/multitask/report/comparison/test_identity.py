"""Images are the same whatever the seed and the canvas, and others where pixels or truths are."""

from pathlib import Path
from shutil import copytree

import cv2
import torch

from triptych.multitask import open_dataset
from triptych.multitask.datasets.images import Images
from triptych.multitask.report.comparison.identity import SplitIdentity, annotated_identity
from triptych.multitask.structures.batch import Batch, Target


def identity(dataset, split="test", size=32) -> SplitIdentity:
    found = SplitIdentity()
    for batch in dataset.batches(split, size):
        found.add(batch)
    return found


def pictures(folder: Path, **options) -> Images:
    dataset = open_dataset("images", str(folder), {"test": 0.25, **options})
    assert isinstance(dataset, Images)
    return dataset


def test_test_images_are_the_same_whatever_the_seed(few_digits: Path):
    first, second = (open_dataset("digits", str(few_digits), seed=seed) for seed in (0, 1))
    assert first.fingerprint() != second.fingerprint()
    test, again = identity(first), identity(second, size=7)
    assert len(test.pictures) == 60 and test.differing(again) == []
    assert all(test.differing(again, name) == [] for name in test.truths)
    assert identity(first, "validation").differing(identity(second, "validation"))


def test_a_pixel_and_a_truth_that_differ_are_noticed():
    images, boxes = torch.zeros(3, 1, 4, 4), torch.ones(3, 4)
    first, second = SplitIdentity(), SplitIdentity()
    first.add(Batch.of(images, torch.arange(3), box=boxes, label=torch.tensor([0, 1, 2])))
    images[1, 0, 2, 2] = 1
    boxes[2, 3] = 9
    unknown = Target(torch.tensor([0, 1, 2]), torch.tensor([True, True, False]))
    second.add(Batch.of(images, torch.arange(3), box=boxes, label=unknown))
    assert first.differing(second) == [1]
    assert first.differing(second, "box") == [2] == first.differing(second, "label")
    assert first.differing(second, "circle") == []  # neither has it


def test_rows_that_only_fill_up_do_not_count():
    row = torch.tensor([1.0, 1, 3, 3, 0, 1])
    filled = torch.tensor([0.0, 0, 0, 0, -1, 0])
    first, second = SplitIdentity(), SplitIdentity()
    images, index = torch.zeros(1, 1, 4, 4), torch.arange(1)
    first.add(Batch.of(images, index, boxes=row[None, None]))
    second.add(Batch.of(images, index, boxes=torch.stack([row, filled])[None]))
    assert first.differing(second, "boxes") == []


def test_own_pictures_are_the_same_in_any_canvas_and_folder(few_pictures: Path, tmp_path: Path):
    moved = copytree(few_pictures, tmp_path / "moved")
    small, large = pictures(few_pictures, size=24), pictures(moved, size=48)
    first, second = (annotated_identity(each, "test") for each in (small, large))
    assert len(first.pictures) == small.size("test") > 5
    assert first.differing(second) == []
    assert all(first.differing(second, name) == [] for name in small.info.targets)


def test_a_file_or_a_mask_that_changed_is_noticed(few_pictures: Path, tmp_path: Path):
    copied = copytree(few_pictures, tmp_path / "copied")
    before = pictures(few_pictures)
    first = annotated_identity(before, "test")
    row = before.annotated.image(int(before.rows["test"][2]))
    assert row.mask is not None
    for number, (folder, path) in enumerate((("images", row.file), ("masks", row.mask.file))):
        file = str(copied / folder / path.name)
        pixels = cv2.imread(file, cv2.IMREAD_UNCHANGED)
        assert pixels is not None
        pixels[0, 0] = 1
        cv2.imwrite(file, pixels)
        second = annotated_identity(pictures(copied), "test")
        assert first.differing(second) == [2]
        assert first.differing(second, "mask") == [2][:number]
