"""Nine emoji of our own: a shaded disk, a brown pen, and what the mood needs."""

from collections.abc import Callable

import numpy as np
from jaxtyping import UInt8

from ...frame.drawing.colors import Color
from .canvas import Canvas, Length, Point

SIDE = 72  # pixels
MIDDLE = (36.0, 36.0)
RADIUS = 27.0  # leaves a margin of nine pixels, about that of OpenMoji's faces
PEN = 2.2

BROWN: Color = (72, 42, 28)
WHITE: Color = (255, 255, 255)
BLUSH: Color = (255, 150, 92)
MOUTH: Color = (126, 32, 44)
TONGUE: Color = (240, 98, 100)
WATER: Color = (96, 186, 244)
SHINE: Color = (206, 236, 255)
LID: Color = (236, 172, 62)
NIGHT: Color = (34, 36, 52)
SLIME: Color = (132, 186, 52)
FRESH: Color = (190, 222, 110)

WARM: tuple[Color, Color] = ((255, 226, 104), (246, 170, 40))
SICK: tuple[Color, Color] = ((222, 226, 112), (150, 178, 58))


def render_emoji(name: str) -> UInt8[np.ndarray, "72 72 4"]:
    """The emoji of this name in `EMOJI`, as RGB and alpha, transparent around it."""
    canvas = Canvas(SIDE, background=BROWN)
    canvas.ellipse(MIDDLE, (RADIUS, RADIUS), BROWN)
    canvas.shaded_disk(MIDDLE, RADIUS - 1.8, *(SICK if name == "puking" else WARM))
    EMOJI[name](canvas)
    return canvas.to_rgba()


def happy(canvas: Canvas) -> None:
    """A smile and red cheeks."""
    cheeks(canvas, 39.5)
    eyes(canvas, 31)
    canvas.curve([(24, 42.5), (29, 47.7), (36, 49.7), (43, 47.7), (48, 42.5)], BROWN, PEN)


def laughing(canvas: Canvas) -> None:
    """Tears of joy."""
    for x in (27, 45):
        arch(canvas, (x, 30), 4.8, rise=5)
    wide_mouth(canvas)
    drop(canvas, (14, 38.5), 4.2, lean=-3)
    drop(canvas, (58, 38.5), 4.2, lean=3)


def skeptical(canvas: Canvas) -> None:
    """One brow up, one lid down."""
    arch(canvas, (26, 21), 6, rise=4.2)
    canvas.curve([(40, 26.5), (46, 26), (53, 27.5)], BROWN, PEN)
    for x, y in ((26, 31), (46, 33)):
        canvas.ellipse((x, y), (5, 5), BROWN)
        canvas.ellipse((x, y), (3.7, 3.7), WHITE)
        canvas.ellipse((x + 1.4, y), (2.3, 2.3), BROWN)
    lid = [(41, 32.5), (46, 32), (51, 32.5)]
    canvas.filled_path(lid, [(51, 32.5), (50, 28.6), (46, 27.6), (42, 28.6), (41, 32.5)], color=LID)
    canvas.curve(lid, BROWN, PEN * 0.8)
    canvas.curve([(27, 50), (35, 48.5), (46, 45)], BROWN, PEN)


def sad(canvas: Canvas) -> None:
    """Brows up, mouth down."""
    canvas.curve([(18, 28.5), (23, 26), (28, 21.5)], BROWN, PEN)
    canvas.curve([(54, 28.5), (49, 26), (44, 21.5)], BROWN, PEN)
    eyes(canvas, 34)
    canvas.curve([(26, 51.5), (30, 47.5), (36, 46), (42, 47.5), (46, 51.5)], BROWN, PEN)


def cool(canvas: Canvas) -> None:
    """Sunglasses."""
    canvas.curve([(10.5, 28), (20, 26.5), (36, 27), (52, 26.5), (61.5, 28)], NIGHT, PEN)
    for x, side in ((25, -1), (47, 1)):
        rim = [(x - 9, 26.5), (x - 8, 34), (x - side, 38), (x + 8, 34), (x + 9, 26.5)]
        canvas.filled_path(rim, [(x + 9, 26.5), (x - 9, 26.5)], color=NIGHT)
        canvas.curve([(x - 3.5, 33), (x + 1, 29)], SHINE, 1.8)
    canvas.curve([(26, 46.5), (33, 49.5), (41, 48.5), (47, 43.5)], BROWN, PEN)


def whoa(canvas: Canvas) -> None:
    """Wide eyes, round mouth."""
    for x in (26, 46):
        arch(canvas, (x, 19.5), 5, rise=3)
        canvas.ellipse((x, 29.5), (5.6, 6), BROWN)
        canvas.ellipse((x, 29.5), (4.3, 4.7), WHITE)
        canvas.ellipse((x, 29.5), (2.2, 2.4), BROWN)
    canvas.ellipse((36, 49), (5.6, 7.4), BROWN)
    canvas.ellipse((36, 49.6), (4.2, 5.6), MOUTH)


def crying(canvas: Canvas) -> None:
    """Two streams of tears."""
    for x, side in ((25, -1), (47, 1)):
        canvas.curve([(x + 6 * side, 25), (x, 23), (x - 5 * side, 19)], BROWN, PEN)
        outer = [(x + 4 * side, 33), (x + 3.8 * side, 44), (x + 4 * side, 55.5)]
        inner = [(x - 3.6 * side, 58.6), (x - 3.6 * side, 44), (x - 4 * side, 33)]
        canvas.filled_path(outer, inner, color=WATER)
        canvas.curve([(x + side, 37), (x + side, 44), (x + side, 51)], SHINE, 1.5)
        arch(canvas, (x, 31.5), 5.6, rise=-3)
    top = [(30, 53), (31, 45), (36, 42), (41, 45), (42, 53)]
    canvas.filled_path(top, [(42, 53), (36, 54.5), (30, 53)], color=BROWN)
    canvas.ellipse((36, 50.5), (3.6, 2.4), TONGUE)


def puking(canvas: Canvas) -> None:
    """Green, and worse."""
    for x, side in ((25, 1), (47, -1)):
        canvas.curve([(x - 4.5 * side, 25.5), (x + 4 * side, 29.5)], BROWN, PEN)
        canvas.curve([(x + 4 * side, 29.5), (x - 4.5 * side, 33.5)], BROWN, PEN)
    canvas.ellipse((36, 45.5), (10, 6), BROWN)
    left = [(27.5, 46), (27, 54), (25.5, 60), (27, 64)]
    foot = [(27, 64), (31, 62.5), (35, 65.5), (40, 63), (45, 64.5)]
    right = [(45, 64.5), (46.5, 60), (45, 54), (44.5, 46)]
    for side in (left, foot, right):
        canvas.curve(side, BROWN, 3.6)
    canvas.filled_path(left, foot, right, [(44.5, 46), (36, 42), (27.5, 46)], color=SLIME)
    canvas.curve([(32, 48), (31.5, 54), (31.5, 59)], FRESH, 1.6)


def nervous(canvas: Canvas) -> None:
    """Clenched teeth and a drop of sweat."""
    canvas.curve([(20, 22.5), (25, 21.5), (30, 19)], BROWN, PEN)
    canvas.curve([(52, 22.5), (47, 21.5), (42, 19)], BROWN, PEN)
    eyes(canvas, 30.5)
    teeth(canvas)
    drop(canvas, (57, 26), 4.4, lean=0)


def eyes(canvas: Canvas, y: Length) -> None:
    """Two dark ovals, each with a glint.

    Parameters:
        canvas: to draw on.
        y: of their centers in pixels.
    """
    for x in (27, 45):
        canvas.ellipse((x, y), (3, 4.2), BROWN)
        canvas.ellipse((x - 0.9, y - 1.7), (1.1, 1.1), WHITE)


def arch(canvas: Canvas, center: Point, half_width: Length, rise: Length) -> None:
    """A brow or a closed eye: from `half_width` left to right of the center, bent up by `rise`.

    Parameters:
        canvas: to draw on.
        center: (x, y) in pixels, y down.
    """
    x, y = center
    steps = (-1, -0.6, 0, 0.6, 1)
    canvas.curve([(x + half_width * t, y - rise * (1 - t * t)) for t in steps], BROWN, PEN)


def cheeks(canvas: Canvas, y: Length) -> None:
    """A blush on both sides.

    Parameters:
        canvas: to draw on.
        y: of their centers in pixels.
    """
    for x in (18, 54):
        canvas.ellipse((x, y), (4.2, 2.8), BLUSH)


def wide_mouth(canvas: Canvas) -> None:
    """Open in a laugh: teeth above, tongue below."""
    low = [(20, 38), (23, 48), (36, 56.5), (49, 48), (52, 38)]
    canvas.filled_path(low, [(52, 38), (36, 39.5), (20, 38)], color=BROWN)
    inner = [(22.5, 40), (25, 47.5), (36, 54.5), (47, 47.5), (49.5, 40)]
    canvas.filled_path(inner, [(49.5, 40), (36, 41.2), (22.5, 40)], color=MOUTH)
    canvas.filled_path(
        [(22.5, 40), (23.6, 44.4)],
        [(23.6, 44.4), (36, 45.4), (48.4, 44.4)],
        [(48.4, 44.4), (49.5, 40)],
        [(49.5, 40), (36, 41.2), (22.5, 40)],
        color=WHITE,
    )
    canvas.ellipse((36, 51.6), (6, 2.9), TONGUE)


def teeth(canvas: Canvas) -> None:
    """Clenched: a rounded bar of white, ruled."""
    for width, color in ((PEN * 5.2, BROWN), (PEN * 3.6, WHITE)):
        canvas.curve([(28, 46.5), (36, 46.5), (44, 46.5)], color, width)
    canvas.curve([(23.5, 46.5), (48.5, 46.5)], BROWN, 1.2)
    for x in (28, 33.3, 38.7, 44):
        canvas.curve([(x, 42), (x, 51)], BROWN, 1.2)


def drop(canvas: Canvas, center: Point, radius: Length, lean: Length) -> None:
    """A drop of water that hangs from a point above it, `lean` pixels aside.

    Parameters:
        canvas: to draw on.
        center: of its round part, (x, y) in pixels.
        radius: of its round part in pixels.
    """
    x, y = center
    for r, color in ((radius + 1.3, BROWN), (radius, WATER)):
        canvas.ellipse((x, y), (r, r), color)
        tip = (x - lean * r / radius, y - 2.1 * r)
        canvas.filled_path([(x - r, y - 0.2), tip], [tip, (x + r, y - 0.2)], color=color)
    canvas.ellipse((x - 1.2, y + 0.6), (1, 1.4), SHINE)


EMOJI: dict[str, Callable[[Canvas], None]] = {
    face.__name__: face
    for face in (happy, laughing, skeptical, sad, cool, whoa, crying, puking, nervous)
}
