"""Where the five landmarks of a face lie in the crop an encoder reads."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LandmarkTemplate:
    """Where the five landmarks of a face lie in a crop.

    Parameters:
        height: of the crop, in pixels.
        width: of the crop, in pixels.
        points: (x, y) of each landmark, in the order of `face.Landmarks`.
    """

    height: int
    width: int
    points: tuple[tuple[float, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """As runs and fingerprints hold it."""
        return {"height": self.height, "width": self.width, "points": [*map(list, self.points)]}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> "LandmarkTemplate":
        """What `to_dict` gave. Raises KeyError, TypeError or ValueError for anything else."""
        points = tuple((float(x), float(y)) for x, y in value["points"])
        if len(points) != 5:
            raise ValueError(f"expected 5 landmarks, got {len(points)}")
        return cls(int(value["height"]), int(value["width"]), points)


# The positions ArcFace made customary (Deng et al. 2019), for 112 × 96 crops ...
ARCFACE_112X96 = LandmarkTemplate(
    112,
    96,
    (
        (30.2946, 51.6963),
        (65.5318, 51.5014),
        (48.0252, 71.7366),
        (33.5493, 92.3655),
        (62.7299, 92.2041),
    ),
)
# ... and with 8 pixels more on either side, for square ones.
ARCFACE_112X112 = LandmarkTemplate(112, 112, tuple((x + 8, y) for x, y in ARCFACE_112X96.points))

# Where YuNet's landmarks lie in the crops of dlib's network, fitted to crops that dlib cut itself.
DLIB_150X150 = LandmarkTemplate(
    150, 150, ((49.11, 45.65), (100.13, 45.44), (75.01, 76.60), (52.41, 100.11), (97.12, 100.16))
)


def scaled_template(
    height: int, width: int, template: LandmarkTemplate = ARCFACE_112X96
) -> LandmarkTemplate:
    """The positions of the landmarks for a crop of another size: scaled to its height, in its
    middle; so 112 × 96 and 112 × 112 give ArcFace's own two.

    Parameters:
        height: of the crop, in pixels.
        width: of the crop, in pixels.
        template: which positions.
    """
    scale = height / template.height
    middle = (width - scale * template.width) / 2
    return LandmarkTemplate(
        height, width, tuple((scale * x + middle, scale * y) for x, y in template.points)
    )
