"""How an encoder from elsewhere reads its crops: size, order of channels, normalisation."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...frame.errors import ConfigError, DataError
from ...frame.registry import unknown_name_error
from ..detection.template import ARCFACE_112X96, ARCFACE_112X112, LandmarkTemplate

COLOR_ORDERS = ("rgb", "bgr", "grey")
TEMPLATES = {"narrow": ARCFACE_112X96, "square": ARCFACE_112X112, "whole": None}
MAX_SIDE = 2048  # pixels a side: more than any encoder reads
# what most published encoders expect
DEFAULTS = {"size": "112x112", "mean": "127.5", "scale": "128", "colour": "rgb"}
OPTION_NAMES = (*DEFAULTS, "template")


@dataclass(frozen=True)
class Preprocessing:
    """How crops become the input of a network: (x − mean) / scale.

    Parameters:
        height: of a crop, in pixels.
        width: of a crop, in pixels.
        mean: subtracted from values 0 … 255.
        scale: what they are divided by after that.
        color_order: "rgb", "bgr" or "grey".
        template: where the landmarks lie; None where an image is taken whole.
    """

    height: int
    width: int
    mean: float
    scale: float
    color_order: str
    template: LandmarkTemplate | None

    @property
    def channels(self) -> int:
        """1 for grey, else 3."""
        return 1 if self.color_order == "grey" else 3

    def to_dict(self) -> dict[str, Any]:
        """All that vectors depend on."""
        numbers = {name: getattr(self, name) for name in ("height", "width", "mean", "scale")}
        return {
            **numbers,
            "colour": self.color_order,
            "template": self.template and self.template.to_dict(),
        }


def parse_preprocessing(options: Mapping[str, Any]) -> Preprocessing:
    """The preprocessing of options in words.

    Templates are stretched to the size.

    Parameters:
        options: size "112x96" (height first), mean, scale, colour "rgb", "bgr" or "grey", template
            "narrow", "square" or "whole"; by default square, unless the size is that of narrow.

    Raises UnknownNameError for another option, ConfigError for a value that is none.
    """
    for name in options:
        if name not in OPTION_NAMES:
            raise unknown_name_error(str(name), OPTION_NAMES, "setting of an encoder")
    values = {name: str(value) for name, value in {**DEFAULTS, **options}.items()}
    height, width = _sides(values["size"])
    narrow = height * ARCFACE_112X96.width == width * ARCFACE_112X96.height
    template = values.get("template", "narrow" if narrow else "square")
    for name, value, choices in (
        ("colour", values["colour"], COLOR_ORDERS),
        ("template", template, TEMPLATES),
    ):
        if value not in choices:
            raise ConfigError(f"Expected {name}={'|'.join(choices)}, got {name}={value}.")
    mean, scale = _number("mean", values["mean"]), _number("scale", values["scale"])
    if scale <= 0:
        raise ConfigError(f"Expected a scale above 0, got scale={values['scale']}.")
    fitted = scale_template(TEMPLATES[template], height, width)
    return Preprocessing(height, width, mean, scale, values["colour"], fitted)


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


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ConfigError(f"Expected a number, got {name}={text}.")
    return value
