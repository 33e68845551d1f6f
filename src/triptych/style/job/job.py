"""What a painting is asked for: pictures by their paths and every setting, to be repeated."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, get_args

from annotated_types import Predicate

from ...backbones.vgg19 import Pooling
from ...frame.config import validate
from ...frame.errors import ConfigError, RunError, UnknownNameError
from ...frame.registry import unknown_name_error
from ..imaging.colors import Colours
from ..losses.statistics import STATISTICS, Kind
from ..networks._build import AUTO
from ..objectives.build import PATCHES
from ..optimization.config import EXACT, TransferConfig
from ..optimization.memory import parse_bytes
from ..optimization.optimizers import OPTIMIZERS

KINDS = {"colours": "choice of colours", "statistics": "kind of statistics"}  # in a sentence
FLAGS = {"variation": "--tv", "layers": "--style-layers", "octaves": "--sweep octaves"}
CHOICES = {
    "colours": get_args(Colours),
    "optimizer": tuple(OPTIMIZERS),
    "pooling": get_args(Pooling),
    "statistics": tuple(STATISTICS),
}
OPTIONS = {  # of `methods.open_method`, and what each may be
    "pooling": Pooling,
    "statistics": Kind,
    "variation": float,
    "octaves": int,
    "content_layer": str | None,
    "layers": Mapping[str, float] | None,
    "half": bool,
}


def is_valid_path(path: str) -> bool:
    """Whether a file can have this name. One that was typed can; one in a damaged run may not."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


File = Annotated[str, Predicate(is_valid_path)]


FORMER_SETTINGS = {"shares": "style_weights"}
"""What settings were called in runs of version 0.1.0, and are called today."""


@dataclass(frozen=True)
class TransferJob:
    """All that is asked of a painting. `options` are those of the method, named in OPTIONS; where
    one is left out, the method knows best. `soft` is in pixels of the content, None a share of
    its size. Raises UnknownNameError and ConfigError for what does not fit."""

    __pydantic_config__ = EXACT

    content: File
    styles: tuple[File, ...]
    settings: TransferConfig = field(default_factory=TransferConfig)
    features: str = AUTO
    options: Mapping[str, Any] = field(default_factory=dict)
    colours: Colours = "style"
    masks: tuple[File, ...] = ()
    soft: float | None = None
    start: File | None = None  # a picture to begin from
    device: str = "auto"
    max_memory: str | None = None  # such as 4G: larger pictures are judged in tiles

    def __post_init__(self) -> None:
        if self.colours not in get_args(Colours):
            raise unknown_name_error(self.colours, get_args(Colours), KINDS["colours"])
        self.settings.normalized_style_weights(len(self.styles))
        if self.max_memory is not None:
            parse_bytes(self.max_memory)
        if self.soft is not None and not self.masks:
            raise ConfigError("A soft edge is that of a mask. Add --mask, or leave out --soft.")
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
        """This commission with other settings, options, or fields of its own."""
        known = {each.name for each in fields(TransferConfig)}
        own = {each.name for each in fields(self)}
        settings = {name: value for name, value in changes.items() if name in known}
        fields_ = {name: value for name, value in changes.items() if name in own}
        options = {name: changes[name] for name in changes if name not in known | own}
        for name, choices in CHOICES.items():
            if changes.get(name, choices[0]) not in choices:
                raise unknown_name_error(changes[name], choices, KINDS.get(name, name))
        for name in options:
            if name not in OPTIONS:
                raise unknown_name_error(name, [*known, *own, *OPTIONS], "setting of painting")
        return replace(
            self,
            **fields_,
            settings=self.settings.with_changes(settings),
            options={**self.options, **options},
        )

    @property
    def title(self) -> str:
        """What is painted in whose hand, by the names of the files."""
        hands = " + ".join(Path(style).stem for style in self.styles)
        return f"{Path(self.content).stem} · {hands}"

    @property
    def input_files(self) -> dict[str, str]:
        """The files it is made from, by what they are."""
        named = {"content": self.content, "start": self.start}
        named |= {f"style {number}": path for number, path in enumerate(self.styles, 1)}
        named |= {f"mask {number}": path for number, path in enumerate(self.masks, 1)}
        return {name: path for name, path in named.items() if path}

    def json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any], place: Path) -> "TransferJob":
        """The commission that `json` told. Raises RunError, which names `place`, for another."""
        try:
            settings = {
                FORMER_SETTINGS.get(name, name): value for name, value in data["settings"].items()
            }
            plain = validate(cls, {**data, "settings": settings, "options": {}})
            given = validate(dict[str, Any], data.get("options", {}), "options")
            kept = {
                name: validate(OPTIONS.get(name, Any), value, f"options.{name}")
                for name, value in given.items()
            }
            return replace(plain, options=kept)
        except (ConfigError, UnknownNameError, KeyError, AttributeError) as error:
            raise RunError(
                f"{place} tells of no painting. {error} Name another run of `style paint`, or "
                "paint anew."
            ) from error
