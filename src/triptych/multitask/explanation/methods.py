"""The methods by name, and what they are called in pictures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...frame.registry import unknown_name_error
from .explained_head import ExplainedHead, HeatMaps, Images
from .grad_cam import grad_cam
from .integrated_gradients import integrated_gradients
from .occlusion import occlusion


@dataclass(frozen=True)
class Method:
    """A way to explain an answer.

    Parameters:
        title: what it is called in pictures.
        compute: a head and images to a heat map of each.
    """

    title: str
    compute: Callable[[ExplainedHead, Images], HeatMaps]


METHODS: Mapping[str, Method] = {
    "grad-cam": Method("Grad-CAM", grad_cam),
    "integrated-gradients": Method("integrated gradients", integrated_gradients),
    "occlusion": Method("occlusion", occlusion),
}


def resolve_methods(names: Sequence[str] | None) -> list[str]:
    """The names of the methods asked for, each once; of all where none is.

    Parameters:
        names: in `METHODS`, or None.

    Raises UnknownNameError with the nearest.
    """
    for name in names or ():
        if name not in METHODS:
            raise unknown_name_error(name, METHODS, "method")
    return list(dict.fromkeys(names or METHODS))
