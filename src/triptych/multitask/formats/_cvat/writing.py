"""Write CVAT's XML: images first, into a file beside, for the labels that head it come of them."""

import math
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from ....frame.storage.files import atomic_write
from ...structures.annotated_image import AnnotatedImage, AnnotatedObject
from ...structures.annotations import BoundingBox, Circle
from ...structures.shapes import Ellipse, OrientedBox, PixelMask, Polygon, Shape
from .._format import Vocabulary
from .._reading.keypoint_names import HIDDEN
from .._writing.picture_folder import FileNames, atomic_folder, copy_picture, picture_size
from .._writing.xml_text import clean_xml_text
from .objects import ALONE, MARKS

UNNAMED = "object"
SCORE = "score"  # an attribute of any value; of others the values are listed
SUBSETS = {"train": "Train", "validation": "Validation", "test": "Test"}
Attributes = Mapping[str, object]


def write_cvat(
    images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path
) -> Sequence[str]:
    """Write annotations.xml, and copies of the pictures beside it.

    Parameters:
        images: with absolute files.
        vocabulary: their names.
        out: a new or empty folder; or a file that ends in .xml, which is written alone.

    Returns a line for each kind of thing that CVAT cannot hold. Raises WriteError.
    """
    lost = Counter[str]()
    if out.suffix.lower() == ".xml":
        with atomic_write(out) as file:
            _write(images, vocabulary, file, None, lost)
    else:
        with atomic_folder(out) as folder:
            _write(images, vocabulary, folder / "annotations.xml", folder / "images", lost)
    return [f"{kind}: {count}" for kind, count in lost.items()]


def _write(
    images: Iterable[AnnotatedImage],
    vocabulary: Vocabulary,
    target: Path,
    pictures: Path | None,
    lost: Counter[str],
) -> None:
    body = target.with_name(f"{target.name}.body")
    names = FileNames()
    labels: dict[str, dict[str, dict[str, None]]] = {name: {} for name in vocabulary.classes}
    try:
        with body.open("w", encoding="utf-8") as file:
            writer = _ImageWriter(file, vocabulary, labels, lost)
            for number, image in enumerate(images):
                name = names.name(image)
                if pictures is not None:
                    copy_picture(image, pictures / name)
                writer.write(number, name, image)
        with target.open("w", encoding="utf-8") as file:
            file.write('<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n')
            file.write("  <version>1.1</version>\n  <meta>\n    <task>\n      <labels>\n")
            file.writelines(_label(name, labels[name], vocabulary) for name in labels)
            file.writelines(_sublabel(name) for name in vocabulary.keypoints)
            file.write("      </labels>\n    </task>\n  </meta>\n")
            with body.open(encoding="utf-8") as part:
                shutil.copyfileobj(part, file)
            file.write("</annotations>\n")
    finally:
        body.unlink(missing_ok=True)


class _ImageWriter:
    """Writes `<image>` elements, and notes the labels and the values of attributes in them."""

    def __init__(
        self,
        file: TextIO,
        vocabulary: Vocabulary,
        labels: dict[str, dict[str, dict[str, None]]],
        lost: Counter[str],
    ):
        self.file, self.vocabulary, self.labels, self.lost = file, vocabulary, labels, lost

    def write(self, number: int, name: str, image: AnnotatedImage) -> None:
        width, height = picture_size(image)
        head: dict[str, object] = {"id": number, "name": name}
        if image.split:
            head["subset"] = SUBSETS[image.split]
        self._open("  ", "image", head | {"width": width, "height": height}, ">")
        for index, thing in enumerate(image.objects or (), 1):
            self._object(index, thing)
        if image.label is not None:
            self._element("tag", image.label, {"source": "manual"}, image.attributes)
        self.file.write("  </image>\n")
        self.lost.update(
            kind
            for kind, is_lost in {
                "attributes of images without a class": image.label is None and image.attributes,
                "groups of images": image.group,
                "class maps": image.mask,
                "images that nobody looked through, written as without objects": (
                    image.objects is None
                ),
            }.items()
            if is_lost
        )

    def _object(self, index: int, thing: AnnotatedObject) -> None:
        label = UNNAMED if thing.label is None else thing.label
        forms = [] if thing.shape is None else list(_forms(thing.shape))
        points = self._points(thing)
        attributes = dict(thing.attributes)
        occluded = attributes.get("occluded") == "true" and attributes.pop("occluded")
        attributes |= {mark: "true" for mark in MARKS if getattr(thing, mark)}
        if thing.score is not None:
            attributes[SCORE] = repr(thing.score)
        common: dict[str, object] = {
            "source": "manual" if thing.score is None else "auto",
            "occluded": int(bool(occluded)),
        }
        end: dict[str, object] = {"z_order": 0}
        if len(forms) + bool(points) > 1:
            end["group_id"] = index
        for tag, values in forms:
            self._element(tag, label, common | values | end, attributes)
        if points:
            own = {} if forms else attributes
            self._keypoints(f"{label} points" if forms else label, points, common | end, own)
        if thing.label is None:
            self.lost[f"objects without a class, written as {UNNAMED!r}"] += 1
        if not forms and not points:
            self.lost["objects without a shape, left out"] += 1

    def _keypoints(
        self,
        label: str,
        points: list[tuple[str, Attributes]],
        common: Attributes,
        own: Mapping[str, str],
    ) -> None:
        if [name for name, _ in points] == [ALONE]:
            self._element("points", label, {**common, "points": points[0][1]["points"]}, own)
            return
        self._element("skeleton", label, common, own, points)

    def _points(self, thing: AnnotatedObject) -> list[tuple[str, Attributes]]:
        """Name and attributes of each keypoint that is there."""
        names, rows = self.vocabulary.keypoints, thing.keypoints
        points: list[tuple[str, Attributes]] = []
        for index, (x, y, visibility) in enumerate([] if rows is None else rows.tolist()):
            if visibility:
                name = names[index] if index < len(names) else f"point {index + 1}"
                hidden = int(visibility == HIDDEN)
                points.append((name, {"outside": 0, "occluded": hidden, "points": f"{x!r},{y!r}"}))
        return points

    def _element(
        self,
        tag: str,
        label: str,
        values: Attributes,
        attributes: Mapping[str, str],
        points: Sequence[tuple[str, Attributes]] = (),
    ) -> None:
        known = self.labels.setdefault(label, {})
        self._open("    ", tag, {"label": label, **values}, ">")
        for name, value in attributes.items():
            known.setdefault(name, {}).setdefault(value)
            text = f"<attribute name={_quoted(name)}>{escape(clean_xml_text(value))}</attribute>"
            self.file.write(f"      {text}\n")
        for name, one in points:
            self._open("      ", "points", {"label": name, **one}, "/>")
        self.file.write(f"    </{tag}>\n")

    def _open(self, indent: str, tag: str, values: Attributes, end: str) -> None:
        words = " ".join(f"{name}={_quoted(value)}" for name, value in values.items())
        self.file.write(f"{indent}<{tag} {words}{end}\n")


def _forms(shape: Shape) -> Iterator[tuple[str, dict[str, Any]]]:
    """Tag and attributes of each element that holds a part of a shape."""
    match shape:
        case BoundingBox(left, top, right, bottom):
            yield "box", {"xtl": left, "ytl": top, "xbr": right, "ybr": bottom}
        case OrientedBox(x, y, width, height, angle):
            sides = {"xtl": x - width / 2, "ytl": y - height / 2}
            sides |= {"xbr": x + width / 2, "ybr": y + height / 2}
            yield "box", sides | {"rotation": math.degrees(angle)}
        case Circle(x, y, radius):
            yield "ellipse", {"cx": x, "cy": y, "rx": radius, "ry": radius}
        case Ellipse(x, y, radius_x, radius_y, angle):
            values = {"cx": x, "cy": y, "rx": radius_x, "ry": radius_y}
            yield "ellipse", values | ({"rotation": math.degrees(angle)} if angle else {})
        case Polygon(parts):
            for part in parts:
                yield "polygon", {"points": ";".join(f"{x!r},{y!r}" for x, y in part.tolist())}
        case PixelMask(left, top, pixels) if pixels.any():
            height, width = pixels.shape
            flat = pixels.ravel()
            ends = np.flatnonzero(np.diff(flat, prepend=False))
            runs = np.diff(ends, prepend=0, append=flat.size).tolist()
            box = {"left": left, "top": top, "width": width, "height": height}
            yield "mask", {"rle": ", ".join(map(str, runs)), **box}


def _label(name: str, attributes: Mapping[str, Iterable[str]], vocabulary: Vocabulary) -> str:
    listed = ""
    for key, seen in attributes.items():
        values = dict.fromkeys([*vocabulary.attributes.get(key, ()), *seen])
        kind = "text" if key == SCORE else "select"
        text = "" if key == SCORE else escape("\n".join(map(clean_xml_text, values)))
        listed += (
            f"<attribute><name>{escape(clean_xml_text(key))}</name><mutable>False</mutable>"
            f"<input_type>{kind}</input_type><default_value></default_value>"
            f"<values>{text}</values></attribute>"
        )
    return (
        f"        <label><name>{escape(clean_xml_text(name))}</name><type>any</type>"
        f"<attributes>{listed}</attributes></label>\n"
    )


def _sublabel(name: str) -> str:
    return (
        f"        <label><name>{escape(clean_xml_text(name))}</name><type>points</type>"
        "<attributes></attributes><parent>points</parent></label>\n"
    )


def _quoted(value: object) -> str:
    text = repr(float(value)) if isinstance(value, float) else clean_xml_text(str(value))
    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
