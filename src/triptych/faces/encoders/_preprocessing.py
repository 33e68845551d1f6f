"""How an encoder from elsewhere reads its crops: size, order of channels, normalisation."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...frame.errors import ConfigError, DataError
from ...frame.registry import unknown_name_error
from ..detection.template import ARCFACE_112X96, ARCFACE_112X112, DLIB_150X150, LandmarkTemplate

COLOR_ORDERS = ("rgb", "bgr", "grey")
TEMPLATES = {
    "narrow": ARCFACE_112X96,
    "square": ARCFACE_112X112,
    "dlib": DLIB_150X150,
    "whole": None,
}
MAX_SIDE = 2048  # pixels a side: more than any encoder reads
# what most published encoders expect
DEFAULTS = {"size": "112x112", "mean": "127.5", "scale": "128", "colour": "rgb"}
OPTION_NAMES = (*DEFAULTS, "template", "points")


@dataclass(frozen=True)
class Preprocessing:
    """How crops become the input of a network: (x − mean) / scale.

    Parameters:
        height: of a crop, in pixels.
        width: of a crop, in pixels.
        mean: subtracted from values 0 … 255: one number, or one for each colour.
        scale: what they are divided by after that: likewise.
        color_order: "rgb", "bgr" or "grey".
        template: where the landmarks lie; None where an image is taken whole.
    """

    height: int
    width: int
    mean: float | tuple[float, ...]
    scale: float | tuple[float, ...]
    color_order: str
    template: LandmarkTemplate | None

    @property
    def channels(self) -> int:
        """1 for grey, else 3."""
        return 1 if self.color_order == "grey" else 3

    def to_dict(self) -> dict[str, Any]:
        """All that vectors depend on."""
        return {
            **{name: getattr(self, name) for name in ("height", "width", "mean", "scale")},
            "colour": self.color_order,
            "template": self.template and self.template.to_dict(),
        }


def parse_preprocessing(options: Mapping[str, Any]) -> Preprocessing:
    """The preprocessing of options in words.

    Templates are stretched to the size.

    Parameters:
        options: size "112x96" (height first); mean and scale, one number or one for each colour in
            the order the network reads them, "123.68,116.78,103.94" or a list; colour "rgb", "bgr"
            or "grey"; template "narrow", "square", "dlib" or "whole", by default square, unless
            the size is that of narrow; or instead of a template points, the five landmarks' (x, y)
            in pixels of the crop, [[38.3, 51.7], …] or as ten numbers with commas, in the order of
            `Landmarks`.

    Raises UnknownNameError for another option, ConfigError for a value that is none.
    """
    for name in options:
        if name not in OPTION_NAMES:
            raise unknown_name_error(str(name), OPTION_NAMES, "setting of an encoder")
    given = {**DEFAULTS, **options}
    points = given.pop("points", None)
    mean, scale = (_numbers(name, given.pop(name)) for name in ("mean", "scale"))
    values = {name: str(value) for name, value in given.items()}
    height, width = _sides(values["size"])
    narrow = height * ARCFACE_112X96.width == width * ARCFACE_112X96.height
    template = values.get("template", "narrow" if narrow else "square")
    for name, value, choices in (
        ("colour", values["colour"], COLOR_ORDERS),
        ("template", template, TEMPLATES),
    ):
        if value not in choices:
            raise ConfigError(f"Expected {name}={'|'.join(choices)}, got {name}={value}.")
    if min(scale) <= 0:
        raise ConfigError(f"Expected a scale above 0, got scale={format_option(options['scale'])}.")
    colors = 1 if values["colour"] == "grey" else 3
    for name, numbers in (("mean", mean), ("scale", scale)):
        if len(numbers) not in (1, colors):
            raise ConfigError(
                f"Expected {name} to be one number, or {colors} for {values['colour']}, got "
                f"{len(numbers)}."
            )
    if points is None:
        fitted = scale_template(TEMPLATES[template], height, width)
    elif "template" in options:
        raise ConfigError("Expected a template or points, got both. Leave one out.")
    else:
        fitted = _template(points, height, width)
    return Preprocessing(height, width, _single(mean), _single(scale), values["colour"], fitted)


def _single(numbers: tuple[float, ...]) -> float | tuple[float, ...]:
    """One number for all colours, where there is one."""
    return numbers[0] if len(numbers) == 1 else numbers


def read_sidecar(path: Path) -> dict[str, Any]:
    """The options in the file beside an ONNX file, which ends in .json; empty where there is none.

    Raises DataError for a file that does not hold options.
    """
    sidecar = path.with_suffix(".json")
    try:
        options = json.loads(sidecar.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(
            f"Expected JSON with {', '.join(OPTION_NAMES)} in {sidecar}, but it cannot be read "
            f"({type(error).__name__}). Mend or delete it."
        ) from error
    if not isinstance(options, dict):
        raise DataError(f"Expected {{name: value}} in {sidecar}, got another thing. Mend it.")
    return options


def scale_template(
    template: LandmarkTemplate | None, height: int, width: int
) -> LandmarkTemplate | None:
    """The template stretched to crops of another size.

    Parameters:
        template: None stays None.
        height: of the crops, in pixels.
        width: of the crops, in pixels.
    """
    if template is None or (template.height, template.width) == (height, width):
        return template
    down, across = height / template.height, width / template.width
    return LandmarkTemplate(
        height, width, tuple((x * across, y * down) for x, y in template.points)
    )


def _sides(size: str) -> tuple[int, int]:
    sides = size.lower().replace("×", "x").split("x")
    if len(sides) != 2 or not all(side.isascii() and side.isdigit() for side in sides):
        raise ConfigError(f"Expected size=HEIGHTxWIDTH in pixels, got size={size}.")
    height, width = (int(side[:9]) for side in sides)
    if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE):
        raise ConfigError(f"Expected sides of 1 to {MAX_SIDE} pixels, got size={size}.")
    return height, width


def _template(points: Any, height: int, width: int) -> LandmarkTemplate:
    """The five landmarks of options, which lie in the crop."""
    numbers = _numbers("points", points)
    places = tuple(zip(numbers[::2], numbers[1::2]))
    inside = all(0 <= x <= width and 0 <= y <= height for x, y in places)
    if len(numbers) != 10 or not inside or len(set(places)) < 2:
        raise ConfigError(
            f"Expected points as five pairs x,y within {height}×{width} pixels (right eye, left "
            f"eye, nose, right and left corner of the mouth), got {format_option(points)}."
        )
    return LandmarkTemplate(height, width, places)


def _numbers(name: str, value: Any) -> tuple[float, ...]:
    """Finite numbers of "1", "1,2,3", [1, 2, 3] or [[1, 2], [3, 4]]."""
    text = format_option(value)
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = (math.nan,)
    if not all(map(math.isfinite, numbers)):
        what = "a number" if name != "points" else "ten numbers"
        raise ConfigError(f"Expected {what}, got {name}={text}.")
    return numbers


def format_option(value: Any) -> str:
    """A value of options as it is typed: lists in lists as numbers with commas.

    Parameters:
        value: a text, a number, or lists of numbers.

    >>> format_option([[1, 2.5], [3, 4]]), format_option("127.5")
    ('1,2.5,3,4', '127.5')
    """
    rows = value if isinstance(value, list | tuple) else [value]
    flat = [each for row in rows for each in (row if isinstance(row, list | tuple) else [row])]
    return ",".join(map(str, flat))
