"""The colors of everything triptych draws: any eye tells them apart, on light and on dark."""

from dataclasses import dataclass

Color = tuple[int, int, int]
"""Red, green, blue, each 0 … 255."""

PALETTE: tuple[Color, ...] = (
    (0, 114, 178),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (86, 180, 233),
    (213, 94, 0),
    (240, 228, 66),
    (112, 64, 230),
    (120, 226, 140),
    (190, 20, 60),
    (84, 124, 244),
    (250, 170, 180),
)
"""The colors of classes 1, 2, …: Okabe & Ito 2008 without black, then the five that lie farthest
from those and from each other in CIELAB, also to eyes without red or green cones (Machado 2009)."""


def class_color(number: int) -> Color:
    """The color of a class, by its number from 1; after the last color comes the first again."""
    return PALETTE[(number - 1) % len(PALETTE)]


BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION = PALETTE[:6]
VIOLET, PINK = PALETTE[7], PALETTE[11]
SPARE = tuple(PALETTE[number] for number in (10, 8, 6))
"""For what has no color of its own: a head that is not one of triptych's."""

WRONG = PALETTE[9]
"""Of the frame around an image about which a model is wrong; no head has it."""

GROUND_TRUTH: Color = (28, 158, 232)
PREDICTION: Color = (238, 78, 16)
"""Blue and vermilion: the pair that survives every kind of color blindness."""

TEXT: Color = (34, 38, 43)
MUTED: Color = (112, 118, 125)
NEUTRAL: Color = (74, 84, 96)
BACKGROUND: Color = (247, 247, 244)
"""Text, lesser text, what has no hue since it is no head's, and what is behind them: not white, so
that white images have an edge."""


@dataclass(frozen=True)
class Theme:
    """Colors of plots and pages; blue and vermilion can be read on either theme.

    Parameters:
        text: of labels and titles.
        muted: of what should stand back: ticks, notes.
        background: behind everything.
    """

    text: Color
    muted: Color
    background: Color


LIGHT = Theme(TEXT, MUTED, BACKGROUND)
DARK = Theme(text=(231, 232, 234), muted=(152, 158, 166), background=(22, 24, 27))


def text_on(color: Color) -> Color:
    """White or nearly black: what is read better on a color, by its luminance (ITU-R BT.709).

    >>> text_on((0, 114, 178)), text_on((240, 228, 66))
    ((255, 255, 255), (34, 38, 43))
    """
    red, green, blue = ((value / 255) ** 2.2 for value in color)
    return (255, 255, 255) if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.3 else TEXT


def to_hex(color: Color) -> str:
    """A color as SVG and HTML write it.

    >>> to_hex((0, 114, 178))
    '#0072b2'
    """
    return "#" + bytes(color).hex()
