"""Nine cartoon faces of our own: a warm ball, a brown pen, and what the mood needs."""

from collections.abc import Callable

import numpy as np
from jaxtyping import UInt8

from .canvas import Colour, Easel, Pixels, Place

SIDE = 72
MIDDLE = (36.0, 36.0)
RADIUS = 27.0  # leaves a margin of nine pixels, about that of OpenMoji's faces
PEN = 2.2

BROWN: Colour = (72, 42, 28)
WHITE: Colour = (255, 255, 255)
BLUSH: Colour = (255, 150, 92)
MOUTH: Colour = (126, 32, 44)
TONGUE: Colour = (240, 98, 100)
WATER: Colour = (96, 186, 244)
SHINE: Colour = (206, 236, 255)
LID: Colour = (236, 172, 62)
NIGHT: Colour = (34, 36, 52)
SLIME: Colour = (132, 186, 52)
FRESH: Colour = (190, 222, 110)

WARM: tuple[Colour, Colour] = ((255, 226, 104), (246, 170, 40))
SICK: tuple[Colour, Colour] = ((222, 226, 112), (150, 178, 58))


def cartoon(name: str) -> UInt8[np.ndarray, "72 72 4"]:
    """The face of this name in red, green, blue and opacity, transparent around it."""
    easel = Easel(SIDE, ground=BROWN)
    easel.oval(MIDDLE, (RADIUS, RADIUS), BROWN)
    easel.ball(MIDDLE, RADIUS - 1.8, *(SICK if name == "puking" else WARM))
    FACES[name](easel)
    return easel.finished()


def happy(easel: Easel) -> None:
    """A smile and red cheeks."""
    cheeks(easel, 39.5)
    eyes(easel, 31)
    easel.line([(24, 42.5), (29, 47.7), (36, 49.7), (43, 47.7), (48, 42.5)], BROWN, PEN)


def laughing(easel: Easel) -> None:
    """Tears of joy."""
    for x in (27, 45):
        arch(easel, (x, 30), 4.8, rise=5)
    wide_mouth(easel)
    drop(easel, (14, 38.5), 4.2, lean=-3)
    drop(easel, (58, 38.5), 4.2, lean=3)


def skeptical(easel: Easel) -> None:
    """One brow up, one lid down."""
    arch(easel, (26, 21), 6, rise=4.2)
    easel.line([(40, 26.5), (46, 26), (53, 27.5)], BROWN, PEN)
    for x, y in ((26, 31), (46, 33)):
        easel.oval((x, y), (5, 5), BROWN)
        easel.oval((x, y), (3.7, 3.7), WHITE)
        easel.oval((x + 1.4, y), (2.3, 2.3), BROWN)
    lid = [(41, 32.5), (46, 32), (51, 32.5)]
    easel.area(lid, [(51, 32.5), (50, 28.6), (46, 27.6), (42, 28.6), (41, 32.5)], colour=LID)
    easel.line(lid, BROWN, PEN * 0.8)
    easel.line([(27, 50), (35, 48.5), (46, 45)], BROWN, PEN)


def sad(easel: Easel) -> None:
    """Brows up, mouth down."""
    easel.line([(18, 28.5), (23, 26), (28, 21.5)], BROWN, PEN)
    easel.line([(54, 28.5), (49, 26), (44, 21.5)], BROWN, PEN)
    eyes(easel, 34)
    easel.line([(26, 51.5), (30, 47.5), (36, 46), (42, 47.5), (46, 51.5)], BROWN, PEN)


def cool(easel: Easel) -> None:
    """Sunglasses."""
    easel.line([(10.5, 28), (20, 26.5), (36, 27), (52, 26.5), (61.5, 28)], NIGHT, PEN)
    for x, side in ((25, -1), (47, 1)):
        rim = [(x - 9, 26.5), (x - 8, 34), (x - side, 38), (x + 8, 34), (x + 9, 26.5)]
        easel.area(rim, [(x + 9, 26.5), (x - 9, 26.5)], colour=NIGHT)
        easel.line([(x - 3.5, 33), (x + 1, 29)], SHINE, 1.8)
    easel.line([(26, 46.5), (33, 49.5), (41, 48.5), (47, 43.5)], BROWN, PEN)


def whoa(easel: Easel) -> None:
    """Wide eyes, round mouth."""
    for x in (26, 46):
        arch(easel, (x, 19.5), 5, rise=3)
        easel.oval((x, 29.5), (5.6, 6), BROWN)
        easel.oval((x, 29.5), (4.3, 4.7), WHITE)
        easel.oval((x, 29.5), (2.2, 2.4), BROWN)
    easel.oval((36, 49), (5.6, 7.4), BROWN)
    easel.oval((36, 49.6), (4.2, 5.6), MOUTH)


def crying(easel: Easel) -> None:
    """Two streams of tears."""
    for x, side in ((25, -1), (47, 1)):
        easel.line([(x + 6 * side, 25), (x, 23), (x - 5 * side, 19)], BROWN, PEN)
        outer = [(x + 4 * side, 33), (x + 3.8 * side, 44), (x + 4 * side, 55.5)]
        inner = [(x - 3.6 * side, 58.6), (x - 3.6 * side, 44), (x - 4 * side, 33)]
        easel.area(outer, inner, colour=WATER)
        easel.line([(x + side, 37), (x + side, 44), (x + side, 51)], SHINE, 1.5)
        arch(easel, (x, 31.5), 5.6, rise=-3)
    top = [(30, 53), (31, 45), (36, 42), (41, 45), (42, 53)]
    easel.area(top, [(42, 53), (36, 54.5), (30, 53)], colour=BROWN)
    easel.oval((36, 50.5), (3.6, 2.4), TONGUE)


def puking(easel: Easel) -> None:
    """Green, and worse."""
    for x, side in ((25, 1), (47, -1)):
        easel.line([(x - 4.5 * side, 25.5), (x + 4 * side, 29.5)], BROWN, PEN)
        easel.line([(x + 4 * side, 29.5), (x - 4.5 * side, 33.5)], BROWN, PEN)
    easel.oval((36, 45.5), (10, 6), BROWN)
    left = [(27.5, 46), (27, 54), (25.5, 60), (27, 64)]
    foot = [(27, 64), (31, 62.5), (35, 65.5), (40, 63), (45, 64.5)]
    right = [(45, 64.5), (46.5, 60), (45, 54), (44.5, 46)]
    for side in (left, foot, right):
        easel.line(side, BROWN, 3.6)
    easel.area(left, foot, right, [(44.5, 46), (36, 42), (27.5, 46)], colour=SLIME)
    easel.line([(32, 48), (31.5, 54), (31.5, 59)], FRESH, 1.6)


def nervous(easel: Easel) -> None:
    """Clenched teeth and a drop of sweat."""
    easel.line([(20, 22.5), (25, 21.5), (30, 19)], BROWN, PEN)
    easel.line([(52, 22.5), (47, 21.5), (42, 19)], BROWN, PEN)
    eyes(easel, 30.5)
    teeth(easel)
    drop(easel, (57, 26), 4.4, lean=0)


def eyes(easel: Easel, y: Pixels) -> None:
    """Two dark ovals, each with a glint."""
    for x in (27, 45):
        easel.oval((x, y), (3, 4.2), BROWN)
        easel.oval((x - 0.9, y - 1.7), (1.1, 1.1), WHITE)


def arch(easel: Easel, middle: Place, reach: Pixels, rise: Pixels) -> None:
    """A brow or a closed eye: from `reach` left to `reach` right of the middle, bent up."""
    x, y = middle
    steps = (-1, -0.6, 0, 0.6, 1)
    easel.line([(x + reach * t, y - rise * (1 - t * t)) for t in steps], BROWN, PEN)


def cheeks(easel: Easel, y: Pixels) -> None:
    """A blush on both sides."""
    for x in (18, 54):
        easel.oval((x, y), (4.2, 2.8), BLUSH)


def wide_mouth(easel: Easel) -> None:
    """Open in a laugh: teeth above, tongue below."""
    low = [(20, 38), (23, 48), (36, 56.5), (49, 48), (52, 38)]
    easel.area(low, [(52, 38), (36, 39.5), (20, 38)], colour=BROWN)
    inner = [(22.5, 40), (25, 47.5), (36, 54.5), (47, 47.5), (49.5, 40)]
    easel.area(inner, [(49.5, 40), (36, 41.2), (22.5, 40)], colour=MOUTH)
    easel.area(
        [(22.5, 40), (23.6, 44.4)],
        [(23.6, 44.4), (36, 45.4), (48.4, 44.4)],
        [(48.4, 44.4), (49.5, 40)],
        [(49.5, 40), (36, 41.2), (22.5, 40)],
        colour=WHITE,
    )
    easel.oval((36, 51.6), (6, 2.9), TONGUE)


def teeth(easel: Easel) -> None:
    """Clenched: a rounded bar of white, ruled."""
    for reach, colour in ((PEN * 5.2, BROWN), (PEN * 3.6, WHITE)):
        easel.line([(28, 46.5), (36, 46.5), (44, 46.5)], colour, reach)
    easel.line([(23.5, 46.5), (48.5, 46.5)], BROWN, 1.2)
    for x in (28, 33.3, 38.7, 44):
        easel.line([(x, 42), (x, 51)], BROWN, 1.2)


def drop(easel: Easel, middle: Place, radius: Pixels, lean: Pixels) -> None:
    """A drop of water that hangs from a point above it, `lean` pixels aside."""
    x, y = middle
    for r, colour in ((radius + 1.3, BROWN), (radius, WATER)):
        easel.oval((x, y), (r, r), colour)
        tip = (x - lean * r / radius, y - 2.1 * r)
        easel.area([(x - r, y - 0.2), tip], [tip, (x + r, y - 0.2)], colour=colour)
    easel.oval((x - 1.2, y + 0.6), (1, 1.4), SHINE)


FACES: dict[str, Callable[[Easel], None]] = {
    face.__name__: face
    for face in (happy, laughing, skeptical, sad, cool, whoa, crying, puking, nervous)
}
