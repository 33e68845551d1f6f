"""Shapes and words as SVG, in its pixels, y down."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal

from ...frame.drawing.colors import BACKGROUND, TEXT, Color, to_hex

FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif"
CORNER_RADIUS = 7  # pixels: the radius of a line's corners

Point = tuple[float, float]


def svg_document(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    """A whole SVG on the light ground; `title` is what is read aloud."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" role="img" font-family="{FONT}">',
            f"<title>{escape(title)}</title>",
            rect(0, 0, width, height, BACKGROUND, corner=0),
            *parts,
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
    """A line of text on the baseline `y`."""
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
    """A rectangle; `hint` shows where the pointer rests on it."""
    line = f' stroke="{to_hex(stroke)}"' if stroke else ""
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="{corner:g}" '
        f'fill="{to_hex(fill)}"{line}><title>{escape(hint)}</title></rect>'
    )


def arrow(points: Sequence[Point], color: Color) -> str:
    """A line through the points, its corners rounded, with a head at the end."""
    track = f"M{_at(points[0])}"
    for before, corner, after in zip(points, points[1:], points[2:]):
        track += f" L{_at(_towards(corner, before))} Q{_at(corner)} {_at(_towards(corner, after))}"
    return _with_arrowhead(f"{track} L{_at(points[-1])}", points[-2], points[-1], color)


def arc(start: Point, end: Point, lift: float, color: Color) -> str:
    """An arrow that leaves upwards, rises by ¾ `lift` where both ends are level, and comes down."""
    above = (start[0], start[1] - lift), (end[0], end[1] - lift)
    track = f"M{_at(start)} C{_at(above[0])} {_at(above[1])} {_at(end)}"
    return _with_arrowhead(track, above[1], end, color)


def _with_arrowhead(track: str, before: Point, tip: Point, color: Color) -> str:
    """A track and its head, a small triangle that points the way the track ends."""
    reach = abs(tip[0] - before[0]) + abs(tip[1] - before[1]) or 1  # tracks end along an axis
    dx, dy = 6 * (tip[0] - before[0]) / reach, 6 * (tip[1] - before[1]) / reach
    wings = [(tip[0] - dx + side * dy / 2, tip[1] - dy + side * dx / 2) for side in (-1, 1)]
    ink = to_hex(color)
    return (
        f'<path d="{track}" fill="none" stroke="{ink}" stroke-width="1.5"/>'
        f'<path d="M{_at(tip)} L{_at(wings[0])} L{_at(wings[1])} Z" fill="{ink}"/>'
    )


def _towards(corner: Point, other: Point) -> Point:
    """The point where a bend at the corner begins."""
    length = abs(other[0] - corner[0]) + abs(other[1] - corner[1]) or 1
    share = min(CORNER_RADIUS / length, 0.5)
    return tuple(c + share * (o - c) for c, o in zip(corner, other))  # pyright: ignore


def _at(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
