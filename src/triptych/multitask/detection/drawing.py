"""Draw all objects of an image, each in the color of its class."""

from collections.abc import Callable, Sequence

from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import MUTED, Color, class_color
from ...frame.drawing.text import LegendEntry
from ..structures.annotations import BoundingBox, Circle
from ..structures.detections import Detections

NOTHING = LegendEntry(MUTED, "none", "hollow")
DrawShape = Callable[[ImageCanvas, BoundingBox | Circle, Color | None], None]


def draw_detections(
    canvas: ImageCanvas,
    detections: Detections,
    names: Sequence[str],
    draw_shape: DrawShape,
    title: str,
) -> None:
    """Outline every object, and say below how many there are of each class.

    Where there is one class alone, all have the color of the canvas' pen.

    Parameters:
        canvas: with the image, in the objects' pixels.
        detections: what is drawn.
        names: of the classes, by number.
        draw_shape: outlines one object in a color, the pen's where it is None.
        title: of the row below the image.
    """
    colors = {name: class_color(number) for number, name in enumerate(names, 1)}
    if len(names) == 1:
        colors = {}
    for one in detections.objects:
        draw_shape(canvas, one.shape, colors.get(one.name))
    if canvas.pen.silent:
        return
    told = [
        LegendEntry(colors.get(name, canvas.pen.color), f"{count} × {name}", "line")
        for name, count in detections.counts().items()
    ]
    canvas.legend([LegendEntry(canvas.pen.color, title), *told, *[NOTHING] * (not told)])
