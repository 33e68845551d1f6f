"""Names of pictures and masks."""

from triptych.multitask.formats._mask_images.pairs import pair_up, role_of, usable_masks


def test_pictures_and_masks_share_a_key():
    pairs = pair_up(["masks/b.png", "images/a.jpg", "masks/a.png", "images/a.png"])
    assert [(key, pair.image, pair.masks) for key, pair in pairs.items()] == [
        ("a", "images/a.jpg", ["masks/a.png"]),
        ("b", "", ["masks/b.png"]),
        ("images/a.png", "images/a.png", []),
    ]


def test_a_name_that_is_all_suffix_is_a_picture():
    assert not role_of("_mask.png").is_mask
    assert not role_of("segment.png").is_mask


def test_of_what_cityscapes_gives_one_kind_is_used():
    stem = "gtFine/train/ulm/ulm_gtFine_"
    masks = [f"{stem}{kind}.png" for kind in ("color", "instanceIds", "labelIds")]
    assert usable_masks(masks, instances=False) == [masks[2]]
    assert usable_masks(masks, instances=True) == [masks[1]]
    assert usable_masks(masks[:1], instances=False) == []


def test_of_what_voc_gives_one_kind_is_used():
    masks = ["SegmentationClass/a.png", "SegmentationObject/a.png"]
    assert usable_masks(masks, instances=False) == masks[:1]
    assert usable_masks(masks, instances=True) == masks[1:]
