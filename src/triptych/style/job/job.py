"""What a transfer is made from: files by their paths and every setting, so that it can be repeated.

Imports nothing heavy.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

from annotated_types import Predicate

from ...frame.config import option, validate
from ...frame.errors import ConfigError, RunError, UnknownNameError
from ...frame.registry import unknown_name_error
from ..config import (
    AUTO,
    DEFAULT_FEATHER,
    PATCHES,
    ColorMode,
    FeatureConfig,
    Optimizer,
    Pooling,
    Statistics,
)
from ..optimization.config import EXACT, FORMER_NAMES, LOSS_WEIGHTS, NAMES, TransferConfig

IMAGE = "picture.png"  # the painting, in a run folder and where no other file is named
CHECKPOINT_EVERY = 30.0  # seconds between checkpoints, unless writing one takes more than
KINDS = {"colors": "choice of colours", "statistics": "kind of statistics"}  # in a sentence
FLAGS = {"variation": "--tv", "layers": "--style-layers", "octaves": "--sweep octaves"}
CHOICES = {
    "colors": get_args(ColorMode),
    "optimizer": get_args(Optimizer),
    "pooling": get_args(Pooling),
    "statistics": get_args(Statistics),
}
OPTIONS: Mapping[str, Any] = get_type_hints(FeatureConfig)  # of `build_method`, and their types
FORMER_FIELDS = {"colours": "colors"}
"""What fields were called in runs of version 0.1.0, and are called today."""


def is_valid_path(path: str) -> bool:
    """Whether a file can have this name. One that was typed can; one in a damaged run may not."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


File = Annotated[str, Predicate(is_valid_path)]


@dataclass(frozen=True)
class TransferJob:
    """A transfer of files, and all its settings.

    Parameters:
        content: path of the image to be painted.
        styles: paths of the images to paint like.
        settings: size, strength, steps and so on.
        features: a network's name, a safetensors file, "patches" or "auto".
        options: fields of `FeatureConfig` by name; where one is left out, the method's own counts.
        colors: "style", "match" or "luminance".
        masks: paths of images, or of runs with a mask head: one, or one for each style.
        soft: pixels of the content over which a mask's edge is blended; None: a share of its size.
        start: path of the image to begin from, with init="image".
        device: "auto", "cpu", "cuda", "cuda:1" …
        max_memory: such as 4G; images that would take more are painted in tiles.

    Raises UnknownNameError and ConfigError for what does not fit.
    """

    __pydantic_config__ = EXACT

    content: File = field(metadata={"description": "the image to be painted"})
    styles: tuple[File, ...] = field(metadata={"description": "the images to paint like"})
    settings: TransferConfig = field(
        default_factory=TransferConfig, metadata={"description": "size, strength and so on"}
    )
    features: str = option(
        AUTO,
        "auto, the best that needs no download; vgg19, vgg19-small, vgg19-conv3, squeezenet, a "
        "safetensors file, or patches, which needs no network",
    )
    options: Mapping[str, Any] = field(
        default_factory=dict, metadata={"description": "fields of `FeatureConfig` by name"}
    )
    colors: ColorMode = option(
        "style",
        "style, match (the content's palette) or luminance (the content's colors)",
    )
    masks: tuple[File, ...] = option(
        (),
        "where to paint: an image, white there, or a run with a mask head; given once for each "
        "style it says where each goes",
    )
    soft: float | None = option(
        None,
        "pixels over which a mask's edge is blended; otherwise "
        f"1/{round(1 / DEFAULT_FEATHER)} of the longer side",
    )
    start: File | None = option(None, "the image to begin from")
    device: str = option("auto", "auto, cpu, cuda, cuda:1 …")
    max_memory: str | None = option(
        None, "paint in tiles where more memory would be taken than this: 4G, 800M"
    )

    def __post_init__(self) -> None:
        if self.colors not in CHOICES["colors"]:
            raise unknown_name_error(self.colors, CHOICES["colors"], KINDS["colors"])
        self.settings.normalized_style_weights(len(self.styles))
        if self.max_memory is not None:
            from ..optimization.memory import parse_bytes

            parse_bytes(self.max_memory)
        if self.soft is not None and not self.masks:
            raise ConfigError("A soft edge is that of a mask. Add --mask, or leave out --soft.")
        self._check_options()

    def _check_options(self) -> None:
        for name, value in self.options.items():
            if name not in OPTIONS:
                raise unknown_name_error(name, OPTIONS, "option of --features")
            if self.features == PATCHES:
                flag = FLAGS.get(name, f"--{name.replace('_', '-')}")
                raise ConfigError(
                    f"Patches need no network, so they have no {flag}. Leave it out, or choose "
                    "other --features."
                )
            if name in CHOICES and value not in CHOICES[name]:
                raise unknown_name_error(value, CHOICES[name], KINDS.get(name, name))

    def with_changes(self, changes: Mapping[str, Any]) -> "TransferJob":
        """This job with other settings, options, or fields of its own, by name.

        Raises UnknownNameError with the nearest name, and ConfigError.
        """
        changes = {FORMER_FIELDS.get(name, name): value for name, value in changes.items()}
        own = {each.name for each in fields(self)}
        settings = {name: value for name, value in changes.items() if name in NAMES}
        fields_ = {name: value for name, value in changes.items() if name in own}
        options = {name: changes[name] for name in changes if name not in {*NAMES, *own}}
        for name, choices in CHOICES.items():
            if changes.get(name, choices[0]) not in choices:
                raise unknown_name_error(changes[name], choices, KINDS.get(name, name))
        for name in options:
            if name not in OPTIONS:
                raise unknown_name_error(name, [*NAMES, *own, *OPTIONS], "setting of painting")
        return replace(
            self,
            **fields_,
            settings=self.settings.with_changes(settings),
            options={**self.options, **options},
        )

    @property
    def title(self) -> str:
        """The names of content and styles, for a contact sheet."""
        styles = " + ".join(Path(style).stem for style in self.styles)
        return f"{Path(self.content).stem} · {styles}"

    @property
    def input_files(self) -> dict[str, str]:
        """The files it is made from, by what they are."""
        named = {"content": self.content, "start": self.start}
        named |= {f"style {number}": path for number, path in enumerate(self.styles, 1)}
        named |= {f"mask {number}": path for number, path in enumerate(self.masks, 1)}
        return {name: path for name, path in named.items() if path}

    def to_dict(self) -> dict[str, Any]:
        """All of it in values that JSON can hold; loss weights only where they are given."""
        data = asdict(self)
        for name in LOSS_WEIGHTS:
            if data["settings"][name] is None:
                del data["settings"][name]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], path: Path) -> "TransferJob":
        """The job of `to_dict`, of version 0.1.0 too.

        Parameters:
            data: as JSON gave it.
            path: of the file it came from, for the error.

        Raises RunError for anything else.
        """
        try:
            data = {FORMER_FIELDS.get(name, name): value for name, value in data.items()}
            settings = {
                FORMER_NAMES.get(name, name): value for name, value in data["settings"].items()
            }
            plain = validate(cls, {**data, "settings": settings, "options": {}})
            given = validate(dict[str, Any], data.get("options", {}), "options")
            options = {
                name: validate(OPTIONS.get(name, Any), value, f"options.{name}")
                for name, value in given.items()
            }
            return replace(plain, options=options)
        except (ConfigError, UnknownNameError, KeyError, AttributeError) as error:
            raise RunError(
                f"{path} tells of no painting. {error} Name another run of `style paint`, or "
                "paint anew."
            ) from error
