"""One head of a model as a function from images to one number each, which methods can explain."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ...frame.errors import ConfigError
from ...frame.registry import unknown_name_error
from ..model.multitask_model import MultitaskModel

CANCELLED = 1e-3  # of the size of a gradient: a mean below it is taken for 0
Images = Float[Tensor, "batch channels height width"]
HeatMaps = Float[Tensor, "batch height width"]
"""How much each pixel speaks for the answer, above 0, or against it, below 0."""


def empty_images(images: Images) -> Images:
    """Images of the same size without anything: each of the median color of its outermost pixels.

    That is the color with which images are padded, so a network has seen it around things.

    Parameters:
        images: values 0 … 1.
    """
    edges = [images[:, :, 0], images[:, :, -1], images[:, :, :, 0], images[:, :, :, -1]]
    return torch.cat(edges, 2).median(2).values[:, :, None, None].expand_as(images)


class ExplainedHead(nn.Module):
    """What `Head.explained_score` says of changed images, of the answers to some images.

    `forward` takes images, the outputs to be explained and those of empty images, a row each.
    """

    def __init__(
        self,
        model: MultitaskModel,
        name: str,
        images: Images,
        *,
        class_name: str | None = None,
        layer: str | None = None,
    ):
        """
        Parameters:
            model: in evaluation mode.
            name: of the head in the model.
            images: whose answers are explained; values 0 … 1.
            class_name: which class is to be explained; None for the one that is answered.
            layer: the module of the model whose maps Grad-CAM looks at, as `named_modules` calls
                it; None for the coarsest map of the backbone that the head reads.

        Raises UnknownNameError for a layer that is none, ConfigError for one of another head, and
        for a head without gradients.
        """
        super().__init__()
        self.backbone, self.head, self.class_name = model.backbone, model.heads[name], class_name
        self.image_size = images.shape[2], images.shape[3]
        self.empty = empty_images(images)
        self.read_map = nn.Identity()  # what it passes on is hooked as a layer's output is
        with torch.no_grad():
            features = [*self.backbone(images)]
            self.answers = self.head(features).float()
            self.empty_answers = self.head(self.backbone(self.empty)).float()
        gradients = self._map_gradients(features)
        read = [number for number, one in enumerate(gradients) if one is not None]
        if not read:
            raise ConfigError(f"The head '{name}' has no gradients, so it cannot be explained.")
        self.level = max(read)
        self.layer: nn.Module = self.read_map
        if layer is not None:
            self.layer = layer_with_maps(model, layer, images[:1], name)
        elif cancels(gradients[self.level]):
            self.layer = self._other_map(images) or self.read_map

    @property
    def references(self) -> tuple[Tensor, Tensor]:
        """What `forward` takes beside the images."""
        return self.answers, self.empty_answers

    def forward(self, images: Images, answers: Tensor, empty: Tensor) -> Float[Tensor, " batch"]:
        """The score of each image.

        Parameters:
            images: perhaps changed ones.
            answers: the output to be explained, a row an image.
            empty: the output of the empty image, a row an image.
        """
        maps = [*self.backbone(images)]
        maps[self.level] = self.read_map(maps[self.level])
        return self._score(maps, answers, empty)

    def _score(self, maps: Sequence[Tensor], answers: Tensor, empty: Tensor) -> Tensor:
        return self.head.explained_score(self.head(maps).float(), answers, empty, self.class_name)

    def _map_gradients(self, features: Sequence[Tensor]) -> Sequence[Tensor | None]:
        """Of the score by each map; None of a map that the head does not read itself."""
        maps = [each.detach().requires_grad_() for each in features]
        with torch.enable_grad():
            total = self._score(maps, *self.references).sum()
        if not total.requires_grad:
            return [None] * len(maps)
        return torch.autograd.grad(total, maps, allow_unused=True)

    def _other_map(self, images: Images) -> nn.Module | None:
        """The module that gives the coarsest map on whose mean gradient over places the score does
        depend; None where there is none."""
        with torch.enable_grad():
            features = [*self.backbone(images.detach().requires_grad_())]
            total = self._score(features, *self.references).sum()
            gradients = torch.autograd.grad(total, features, allow_unused=True)
        useful = [n for n, one in enumerate(gradients) if one is not None and not cancels(one)]
        return module_giving(self.backbone, max(useful), images[:1]) if useful else None


def cancels(gradient: Float[Tensor, "batch channels rows columns"] | None) -> bool:
    """Whether the mean of a gradient over the places of a map is nothing but rounding errors, as it
    is where a head reads by a spatial softmax: what one place gains another one loses.

    Parameters:
        gradient: of a score by a map.
    """
    if gradient is None:
        return False
    mean, size = gradient.mean((2, 3)).abs().mean(), gradient.abs().mean()
    return bool(mean < CANCELLED * size)


def module_giving(backbone: nn.Module, level: int, images: Images) -> nn.Module | None:
    """The module whose output is a map of the pyramid; None where no single one gives it.

    Parameters:
        backbone: in evaluation mode.
        level: number of the map, from 0, finest first.
        images: one or a few.
    """
    outputs: list[tuple[nn.Module, object]] = []
    with _watched(backbone.modules(), lambda module, out: outputs.append((module, out))):
        wanted = backbone(images)[level]
    return next((module for module, output in outputs if output is wanted), None)


def map_layers(model: MultitaskModel, images: Images) -> list[str]:
    """The names of the modules that give one feature map an image.

    Parameters:
        model: in evaluation mode.
        images: one or a few.
    """
    given: set[nn.Module] = set()

    def look(module: nn.Module, output: object) -> None:
        if isinstance(output, Tensor) and output.dim() == 4 and max(output.shape[2:]) > 1:
            given.add(module)

    with _watched(model.modules(), look):
        model(images)
    return [name for name, module in model.named_modules() if module in given]


def layer_with_maps(model: MultitaskModel, layer: str, images: Images, head: str) -> nn.Module:
    """A module of a model that gives feature maps.

    Parameters:
        model: in evaluation mode.
        layer: as `named_modules` calls it.
        images: one or a few.
        head: which is explained.

    Raises UnknownNameError for a layer without maps, ConfigError for one of another head.
    """
    known = map_layers(model, images)
    if layer not in known:
        raise unknown_name_error(layer, known, "layer with feature maps")
    if layer.startswith("heads.") and layer.split(".")[1] != head:
        owner = layer.split(".")[1]
        raise ConfigError(f"The layer '{layer}' is of another head. Add --heads {owner}.")
    return model.get_submodule(layer)


@contextmanager
def _watched(
    modules: Iterable[nn.Module], look: Callable[[nn.Module, object], None]
) -> Iterator[None]:
    """Within the block `look` is told the output of each module, and nothing keeps gradients."""
    hooks = [one.register_forward_hook(lambda module, _, out: look(module, out)) for one in modules]
    try:
        with torch.no_grad():
            yield
    finally:
        for hook in hooks:
            hook.remove()
