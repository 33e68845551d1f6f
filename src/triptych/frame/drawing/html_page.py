"""One HTML page that holds all it shows: headlines, sections of text, tables, images.

It fetches nothing and runs nothing, so it can be mailed, archived and opened without trust.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, ClassVar

from ..dependencies import requires
from .colors import DARK, GROUND_TRUTH, LIGHT, PREDICTION, Theme, to_hex

if TYPE_CHECKING:
    from jinja2 import Template

MEDIA = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
NUMBER = re.compile(r"[\d\s.,…%‰/×<>≤≥±+−–—-]*")  # a number, a range, a share, or none
UNPRINTABLE = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # bytes that are no text, too


@dataclass(frozen=True)
class Headline:
    """A number to be seen at a glance: "Accuracy", "98.4 %", "95 % interval 97.1 … 99.2 %".

    Parameters:
        name: what is counted.
        value: as it is to be read.
        note: what the value means or how sure it is, in small print.
    """

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of text and numbers; columns that hold only numbers are aligned on the right.

    Parameters:
        columns: their headings; every row has as many cells.
        rows: of cells, as they are to be read.
        title: above the table.
        note: below it, in small print.
    """

    kind: ClassVar[str] = "table"

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    note: str = ""

    @property
    def right_aligned(self) -> list[bool]:
        """Of each column, whether it holds only numbers."""
        cells = zip(*self.rows, strict=True) if self.rows else [()] * len(self.columns)
        return [bool(column) and all(map(NUMBER.fullmatch, column)) for column in cells]

    @property
    def words(self) -> bool:
        """Whether more than the first column holds text, which a phone shows row below row."""
        return not all(self.right_aligned[1:])


@dataclass(frozen=True)
class Image:
    """An image in a page.

    Parameters:
        light: content of its file: PNG, JPEG, WebP or SVG.
        alt: what is to be seen, for those who cannot see it.
        title: above the image.
        note: below it, in small print.
        dark: content of a file that is shown instead where the reader's system is dark.
    """

    kind: ClassVar[str] = "image"

    light: bytes
    alt: str
    title: str = ""
    note: str = ""
    dark: bytes | None = None


@dataclass(frozen=True)
class ImageGrid:
    """Small images side by side, each with its title and note, as many in a row as fit.

    Parameters:
        images: in reading order.
        title: above the grid.
        note: below it, in small print.
        compact: whether two are side by side on a phone, too.
        large: whether at most four of such are in a row.
        wide: whether each is as wide as the page.
    """

    kind: ClassVar[str] = "tiles"

    images: Sequence[Image]
    title: str = ""
    note: str = ""
    compact: bool = False
    large: bool = False
    wide: bool = False

    @property
    def layout(self) -> str:
        """What is added to its class in the style sheet."""
        return " compact" * self.compact + " large" * self.large + " wide" * self.wide


@dataclass(frozen=True)
class Section:
    """A heading, paragraphs, and the tables and images they are about.

    Parameters:
        title: its heading.
        paragraphs: of plain text.
        parts: tables and images, below the text.
    """

    title: str
    paragraphs: Sequence[str] = ()
    parts: Sequence[Table | Image | ImageGrid] = ()


def render_page(
    title: str,
    *,
    lead: str = "",
    headlines: Sequence[Headline] = (),
    sections: Sequence[Section] = (),
) -> str:
    """A whole page: light or dark as the reader's system is; made for phones and paper, too.

    Parameters:
        title: of the page and of its window.
        lead: a paragraph below the title.
        headlines: numbers to be seen at a glance.
        sections: below the headlines, in order.

    Text is shown as it is: nothing in it is markup. Raises MissingDependencyError where Jinja2 is
    not installed.
    """
    page = _template().render(
        title=title,
        lead=lead,
        headlines=headlines,
        sections=sections,
        light=_css_colors(LIGHT),
        dark=_css_colors(DARK),
        blue=to_hex(GROUND_TRUTH),
        vermilion=to_hex(PREDICTION),
    )
    return UNPRINTABLE.sub("\ufffd", page)


@cache
def _template() -> "Template":
    with requires("A page", "Jinja2", "Jinja2"):
        from jinja2 import Environment, StrictUndefined
    strict = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    strict.filters["uri"] = _data_uri
    template = files("triptych.frame.drawing") / "page.html"
    return strict.from_string(template.read_text("utf-8"))


def _data_uri(picture: bytes) -> str:
    """A data URI that holds an image."""
    begins = (media for sign, media in MEDIA.items() if picture.startswith(sign))
    return f"data:{next(begins, 'image/svg+xml')};base64,{b64encode(picture).decode()}"


def _css_colors(theme: Theme) -> dict[str, str]:
    """Colors of the page's style sheet; soft is between ink and faint, for small lesser text."""
    soft = tuple((one + other) // 2 for one, other in zip(theme.text, theme.muted))
    colors = {"ink": theme.text, "soft": soft, "faint": theme.muted, "ground": theme.background}
    return {name: to_hex(color) for name, color in colors.items()}
