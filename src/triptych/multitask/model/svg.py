"""Shapes and text as SVG elements. Lengths are in pixels, y down."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal

from ...frame.drawing.colors import BACKGROUND, TEXT, Color, to_hex

FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif"
CORNER_RADIUS = 7  # of the corners of a line
ARROWHEAD = 6  # long and wide

Point = tuple[float, float]


def svg_document(width: float, height: float, title: str, elements: Iterable[str]) -> str:
    """A whole SVG file on a light background.

    Parameters:
        width: of the image, as is `height`.
        height: of the image.
        title: what screen readers say.
        elements: drawn one over the other.
    """
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" role="img" font-family="{FONT}">',
            f"<title>{escape(title)}</title>",
            rect(0, 0, width, height, BACKGROUND, corner=0),
            *elements,
            "</svg>\n",
        ]
    )


def text(
    content: str,
    x: float,
    y: float,
    *,
    size: float = 12,
    color: Color = TEXT,
    bold: bool = False,
    anchor: Literal["start", "middle", "end"] = "start",
) -> str:
    """A line of text.

    Parameters:
        content: what it says.
        x: of its `anchor`.
        y: of the baseline.
        size: of the font.
        color: of the letters.
        bold: whether they are semibold.
        anchor: which part of the line is at `x`.
    """
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{to_hex(color)}" '
        f'text-anchor="{anchor}"{weight}>{escape(content)}</text>'
    )


def rect(
    left: float,
    top: float,
    width: float,
    height: float,
    fill: Color,
    *,
    stroke: Color | None = None,
    corner: float = 3,
    hint: str = "",
) -> str:
    """A rectangle.

    Parameters:
        left: of the rectangle, as are `top`, `width` and `height`.
        top: of the rectangle.
        width: of the rectangle.
        height: of the rectangle.
        fill: color of the inside.
        stroke: color of the outline, which else is not drawn.
        corner: radius of the corners.
        hint: shown where the pointer rests on it.
    """
    outline = f' stroke="{to_hex(stroke)}"' if stroke else ""
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="{corner:g}" '
        f'fill="{to_hex(fill)}"{outline}><title>{escape(hint)}</title></rect>'
    )


def arrow(points: Sequence[Point], color: Color) -> str:
    """A line through points with rounded corners and an arrowhead at its end.

    Parameters:
        points: two or more; each piece runs along an axis.
        color: of line and head.
    """
    track = f"M{_format(points[0])}"
    for before, corner, after in zip(points, points[1:], points[2:]):
        begin, end = _towards(corner, before), _towards(corner, after)
        track += f" L{_format(begin)} Q{_format(corner)} {_format(end)}"
    return _with_arrowhead(f"{track} L{_format(points[-1])}", points[-2], points[-1], color)


def arc(start: Point, end: Point, lift: float, color: Color) -> str:
    """A curved arrow that leaves upwards and comes down on its end.

    Parameters:
        start: where it leaves.
        end: where its head is.
        lift: it rises by three quarters of this where both ends are level.
        color: of curve and head.
    """
    above = (start[0], start[1] - lift), (end[0], end[1] - lift)
    track = f"M{_format(start)} C{_format(above[0])} {_format(above[1])} {_format(end)}"
    return _with_arrowhead(track, above[1], end, color)


def _with_arrowhead(track: str, before: Point, tip: Point, color: Color) -> str:
    """A track and a small triangle that points from `before`, along an axis, to its end."""
    length = abs(tip[0] - before[0]) + abs(tip[1] - before[1]) or 1
    dx = ARROWHEAD * (tip[0] - before[0]) / length
    dy = ARROWHEAD * (tip[1] - before[1]) / length
    wings = [(tip[0] - dx + side * dy / 2, tip[1] - dy + side * dx / 2) for side in (-1, 1)]
    paint = to_hex(color)
    return (
        f'<path d="{track}" fill="none" stroke="{paint}" stroke-width="1.5"/>'
        f'<path d="M{_format(tip)} L{_format(wings[0])} L{_format(wings[1])} Z" fill="{paint}"/>'
    )


def _towards(corner: Point, other: Point) -> Point:
    """The point on the way from a corner to the other end where its rounding begins."""
    length = abs(other[0] - corner[0]) + abs(other[1] - corner[1]) or 1
    share = min(CORNER_RADIUS / length, 0.5)
    x, y = (c + share * (o - c) for c, o in zip(corner, other))
    return x, y


def _format(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
