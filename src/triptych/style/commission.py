"""What a painting is asked for: pictures by their paths and every setting, to be repeated."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, get_args

from ..backbones.vgg19 import Pooling
from ..frame.errors import BadRun, BadSetting
from ..frame.registry import nearest
from .budget import memory_of
from .colours import Colours
from .descent import DESCENTS
from .methods import PATCHES
from .opening import AUTO
from .settings import Settings
from .statistics import STATISTICS

KINDS = {"colours": "choice of colours", "statistics": "kind of statistics"}  # in a sentence
FLAGS = {"variation": "--tv", "layers": "--style-layers", "octaves": "--sweep octaves"}
CHOICES = {"colours": get_args(Colours), "optimizer": tuple(DESCENTS)}
OPTIONS = {  # of `methods.open_method`, and what each may be where that is a choice
    "pooling": get_args(Pooling),
    "statistics": tuple(STATISTICS),
    "variation": (),
    "octaves": (),
    "content_layer": (),
    "layers": (),
    "half": (),
}


@dataclass(frozen=True)
class Commission:
    """All that is asked of a painting. `options` are those of the method, named in OPTIONS; where
    one is left out, the method knows best. `soft` is in pixels of the content, None a share of
    its size. Raises UnknownName and BadSetting for what does not fit."""

    content: str
    styles: tuple[str, ...]
    settings: Settings = field(default_factory=Settings)
    features: str = AUTO
    options: Mapping[str, Any] = field(default_factory=dict)
    colours: Colours = "style"
    masks: tuple[str, ...] = ()
    soft: float | None = None
    start: str | None = None  # a picture to begin from
    device: str = "auto"
    max_memory: str | None = None  # such as 4G: larger pictures are judged in tiles

    def __post_init__(self) -> None:
        if self.colours not in get_args(Colours):
            raise nearest(self.colours, get_args(Colours), KINDS["colours"])
        self.settings.normalised(len(self.styles))
        if self.max_memory is not None:
            memory_of(self.max_memory)
        if self.soft is not None and not self.masks:
            raise BadSetting("A soft edge is that of a mask. Add --mask, or leave out --soft.")
        for name, value in self.options.items():
            if name not in OPTIONS:
                raise nearest(name, OPTIONS, "option of --features")
            if self.features == PATCHES:
                flag = FLAGS.get(name, f"--{name.replace('_', '-')}")
                raise BadSetting(
                    f"Patches need no network, so they have no {flag}. Leave it out, or choose "
                    "other --features."
                )
            if OPTIONS[name] and value not in OPTIONS[name]:
                raise nearest(value, OPTIONS[name], KINDS.get(name, name))

    def changed(self, changes: Mapping[str, Any]) -> "Commission":
        """This commission with other settings, options, or fields of its own."""
        known = {each.name for each in fields(Settings)}
        own = {each.name for each in fields(self)}
        settings = {name: value for name, value in changes.items() if name in known}
        fields_ = {name: value for name, value in changes.items() if name in own}
        options = {name: changes[name] for name in changes if name not in known | own}
        for name, choices in CHOICES.items():
            if changes.get(name, choices[0]) not in choices:
                raise nearest(changes[name], choices, KINDS.get(name, name))
        for name in options:
            if name not in OPTIONS:
                raise nearest(name, [*known, *own, *OPTIONS], "setting of painting")
        return replace(
            self,
            **fields_,
            settings=self.settings.changed(settings),
            options={**self.options, **options},
        )

    @property
    def title(self) -> str:
        """What is painted in whose hand, by the names of the files."""
        hands = " + ".join(Path(style).stem for style in self.styles)
        return f"{Path(self.content).stem} · {hands}"

    @property
    def pictures(self) -> dict[str, str]:
        """The files it is made from, by what they are."""
        named = {"content": self.content, "start": self.start}
        named |= {f"style {number}": path for number, path in enumerate(self.styles, 1)}
        named |= {f"mask {number}": path for number, path in enumerate(self.masks, 1)}
        return {name: path for name, path in named.items() if path}

    def json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any], place: Path) -> "Commission":
        """The commission that `json` told. Raises BadRun, which names `place`, for another."""
        try:
            settings = {name: _tuple(value) for name, value in told["settings"].items()}
            rest = {name: _tuple(value) for name, value in told.items() if name != "settings"}
            return cls(**{**rest, "settings": Settings(**settings)})
        except (KeyError, TypeError, AttributeError) as error:
            raise BadRun(f"{place} tells of no painting. Name a run of `style paint`.") from error


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
