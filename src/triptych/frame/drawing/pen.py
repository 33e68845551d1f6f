"""How things are drawn onto an image: the color, the kind of line, what is beside a text."""

from dataclasses import dataclass

from .colors import PREDICTION, Color
from .text import Marker


@dataclass(frozen=True)
class Pen:
    """How an `ImageCanvas` draws, where a call does not say otherwise.

    Parameters:
        color: of lines, tints and the squares beside text.
        ground_truth: whether it draws what is true, in dashed lines, or what a model says, in
            whole ones.
        tint: whether masks are tinted, or outlined only.
        name: written before each text in the caption.
        wrong: whether texts have a cross beside them instead of a square.
        same_row: whether texts go on in the caption's last row.
        silent: whether texts are left out.
        place: left and top, in pixels of the image, of the thing that texts are about: they are
            written above it instead of in the caption.
        opacity: of the outlines of boxes and circles, 0 … 1.
    """

    color: Color = PREDICTION
    ground_truth: bool = False
    tint: bool = True
    name: str = ""
    wrong: bool = False
    same_row: bool = False
    silent: bool = False
    place: tuple[float, float] | None = None
    opacity: float = 1.0

    @property
    def marker(self) -> Marker:
        """What is beside its texts."""
        return "cross" if self.wrong else "hollow" if self.ground_truth else "filled"
