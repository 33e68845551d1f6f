"""The settings of augmentation, and the presets of its levels."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, model_validator

Level = Literal["none", "light", "strong"]

LIGHT = {
    "flip": 0.5,
    "rotate": 8.0,
    "scale": 0.2,
    "translate": 0.1,
    "brightness": 0.2,
    "contrast": 0.2,
    "saturation": 0.2,
    "hue": 5.0,
    "grey": 0.0,
    "blur": 0.05,
    "noise": 0.02,
    "erase": 0.0,
}
STRONG = {
    "flip": 0.5,
    "rotate": 30.0,
    "scale": 0.5,
    "translate": 0.25,
    "brightness": 0.3,
    "contrast": 0.4,
    "saturation": 0.5,
    "hue": 15.0,
    "grey": 0.1,
    "blur": 0.15,
    "noise": 0.05,
    "erase": 0.25,
}
PRESETS: dict[str, dict[str, float]] = {
    "none": dict.fromkeys(LIGHT, 0.0),
    "light": LIGHT,
    "strong": STRONG,
}
GEOMETRY = ("flip", "vertical_flip", "quarter_turns", "rotate", "scale", "translate")
COLOR = ("brightness", "contrast", "saturation", "hue", "grey")
OTHERS = ("blur", "noise", "erase", "mosaic")


def _share(field: str, description: str) -> Any:
    return Field(default=LIGHT.get(field, 0.0), ge=0, le=1, description=description)


class AugmentationConfig(BaseModel):
    """How far training images are changed, each at random; 0 leaves out what a setting names.

    `level` fills in every setting that is not given; the defaults below are those of "light".
    Shares are of the images; extents are the largest, and smaller ones are as likely.

    >>> AugmentationConfig(level="strong", hue=0).rotate
    30.0
    >>> AugmentationConfig(level="none").changes_images
    False
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Level = Field(
        default="light", description="how far images are changed where no other setting says so"
    )
    flip: float = _share("flip", "share mirrored left to right")
    vertical_flip: float = _share("vertical_flip", "share mirrored top to bottom")
    quarter_turns: float = _share("quarter_turns", "share turned by 90, 180 or 270 degrees")
    rotate: float = Field(
        default=LIGHT["rotate"],
        ge=0,
        le=180,
        description="degrees of rotation, either way, of images whose box can follow",
    )
    scale: float = Field(
        default=LIGHT["scale"],
        ge=0,
        le=3,
        description="how much larger or smaller: between 1 / (1 + scale) and 1 + scale times",
    )
    translate: float = Field(
        default=LIGHT["translate"],
        ge=0,
        le=1,
        description="share of the image's sides it is moved by, each way",
    )
    brightness: float = _share(
        "brightness", "brightness times 1 − so much … 1 + so much; a bright image gets no brighter"
    )
    contrast: float = _share("contrast", "contrast times 1 − so much … 1 + so much")
    saturation: float = _share("saturation", "saturation times 1 − so much … 1 + so much")
    hue: float = Field(
        default=LIGHT["hue"],
        ge=0,
        le=180,
        description="degrees by which colors are turned, either way",
    )
    grey: float = _share("grey", "share that loses its colors")
    blur: float = _share("blur", "share that is blurred")
    blur_sigma: float = Field(
        default=1.5,
        gt=0,
        le=5,
        description="pixels: largest standard deviation of the Gaussian blur",
    )
    noise: float = _share("noise", "largest standard deviation of the noise, of full brightness")
    erase: float = _share("erase", "share in which a rectangle is painted over")
    erase_area: float = Field(
        default=0.2, gt=0, le=0.5, description="largest rectangle, as a share of the image's area"
    )
    mosaic: float = _share("mosaic", "share made of four images of the batch")
    keypoint_pairs: tuple[tuple[NonNegativeInt, NonNegativeInt], ...] = Field(
        default=(),
        description="keypoints that change places in a mirror, such as left and right eye",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, values: Any) -> Any:
        """The preset of the level, under the settings that are given."""
        if not isinstance(values, dict):
            return values
        preset = PRESETS.get(str(values.get("level", "light")), {})
        return {**preset, **values}

    @property
    def moves_pixels(self) -> bool:
        """Whether an image may be mirrored, turned, scaled or moved."""
        return any(getattr(self, name) for name in GEOMETRY)

    @property
    def changes_colors(self) -> bool:
        """Whether an image may get other colors or another brightness."""
        return any(getattr(self, name) for name in COLOR)

    @property
    def changes_images(self) -> bool:
        """Whether an image may be changed at all."""
        return any(getattr(self, name) for name in (*GEOMETRY, *COLOR, *OTHERS))
