"""What LabelMe has no key for: kept under the key "triptych", which LabelMe leaves as it is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...structures.annotated_image import AnnotatedImage, AnnotatedObject
from .._reading.documents import finite

KEY = "triptych"
MARKS = ("crowd", "difficult", "truncated")
SPLITS = ("train", "validation", "test")
FLAG = {True: "true", False: "false"}


def flags_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """The flags of a file or a shape as attributes, "true" or "false".

    Parameters:
        entry: that may have the key "flags".
    """
    flags = entry.get("flags")
    if not isinstance(flags, dict):
        return {}
    return {name: FLAG[value] for name, value in flags.items() if name and isinstance(value, bool)}


def add_object_extra(thing: AnnotatedObject, entry: Mapping[str, Any]) -> AnnotatedObject:
    """An object with what stands under the key; values of another kind are passed over.

    Parameters:
        thing: the object without it.
        entry: of the list "shapes".
    """
    extra = _extra(entry)
    if not extra:
        return thing
    score = finite(extra.get("score"))
    return replace(
        thing,
        label=None if "label" in extra and extra["label"] is None else thing.label,
        attributes={**thing.attributes, **_texts(extra.get("attributes"))},
        score=score if score is not None and 0 <= score <= 1 else None,
        **{mark: extra.get(mark) is True for mark in MARKS},
    )


def object_label(entry: Mapping[str, Any]) -> str | None:
    """The class of an object that is all points, whose labels are their own names.

    Parameters:
        entry: its first point.
    """
    label = _extra(entry).get("object")
    return label if isinstance(label, str) and label else None


def object_extra(thing: AnnotatedObject) -> dict[str, Any]:
    """What an entry of the list "shapes" has beside LabelMe's own keys.

    Parameters:
        thing: the object.
    """
    extra: dict[str, Any] = {mark: True for mark in MARKS if getattr(thing, mark)}
    if thing.label is None:
        extra["label"] = None
    if thing.score is not None:
        extra["score"] = thing.score
    return _with_attributes(extra, thing.attributes)


def add_image_extra(image: AnnotatedImage, document: Mapping[str, Any]) -> AnnotatedImage:
    """An image with what stands under the key; values of another kind are passed over.

    Parameters:
        image: without it.
        document: the file.
    """
    extra = _extra(document)
    if not extra:
        return image
    label, group, split = (extra.get(name) for name in ("label", "group", "split"))
    return replace(
        image,
        label=label if isinstance(label, str) and label else None,
        group=group if isinstance(group, str) and group else None,
        split=split if split in SPLITS else None,
        attributes={**image.attributes, **_texts(extra.get("attributes"))},
        objects=None if extra.get("annotated") is False and not image.objects else image.objects,
    )


def image_extra(image: AnnotatedImage) -> dict[str, Any]:
    """What a file has beside LabelMe's own keys.

    Parameters:
        image: that is written.
    """
    extra: dict[str, Any] = {
        name: value for name in ("label", "group", "split") if (value := getattr(image, name))
    }
    if image.objects is None:
        extra["annotated"] = False
    return _with_attributes(extra, image.attributes)


def keypoint_names(document: Mapping[str, Any]) -> list[str]:
    """The names of keypoints in their order, where the file states them.

    Parameters:
        document: the file.
    """
    names = _extra(document).get("keypoints")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def flags(attributes: Mapping[str, str]) -> dict[str, bool]:
    """The attributes that LabelMe shows as flags.

    Parameters:
        attributes: of an image or an object.
    """
    return {name: value == "true" for name, value in attributes.items() if value in FLAG.values()}


def _with_attributes(extra: dict[str, Any], attributes: Mapping[str, str]) -> dict[str, Any]:
    others = {name: value for name, value in attributes.items() if value not in FLAG.values()}
    return {KEY: {**extra, "attributes": others} if others else extra} if extra or others else {}


def _extra(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    extra = entry.get(KEY)
    return extra if isinstance(extra, dict) else {}


def _texts(values: Any) -> dict[str, str]:
    if not isinstance(values, dict):
        return {}
    return {name: value for name, value in values.items() if isinstance(value, str)}
