"""Finding: one kind of thing that a check noticed, with examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
SHOWN = 12  # examples of a finding that are kept


@dataclass(frozen=True)
class Example:
    """One place where a thing was noticed.

    Parameters:
        file: of the picture or the annotation, relative to the set.
        detail: what is the matter there, with the entry in the file where there are several.
        image: the number of the picture in its set; None where it is about no picture.
        other: the number of a second picture, of a pair.
        box: left, top, right, bottom of what is meant, in pixels of the upright picture.
    """

    file: str
    detail: str = ""
    image: int | None = None
    other: int | None = None
    box: tuple[float, float, float, float] | None = None

    def __str__(self) -> str:
        """In one line."""
        return f"{self.file}: {self.detail}" if self.detail else self.file

    def to_dict(self) -> dict[str, Any]:
        """What was noticed, ready for JSON."""
        place = {"box": list(self.box)} if self.box else {}
        return {"file": self.file, "detail": self.detail, **place}


@dataclass(frozen=True)
class Finding:
    """One kind of thing that was noticed.

    Parameters:
        kind: a few words, the same in every check: "picture missing".
        severity: "error" for what training would stumble over or what makes its figures wrong,
            "warning" for what is likely a slip, "note" for what is good to know.
        message: a sentence with numbers.
        count: how many there are.
        examples: the first of them.
    """

    kind: str
    severity: Severity
    message: str
    count: int
    examples: Sequence[Example] = ()

    def to_dict(self) -> dict[str, Any]:
        """Its fields by name, ready for JSON."""
        return {**vars(self), "examples": [example.to_dict() for example in self.examples]}


def number(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun.

    Parameters:
        count: how many.
        noun: for one.
        plural: for others; by default with an s.

    >>> number(1, "picture"), number(1200, "picture"), number(0, "class", "classes")
    ('1 picture', '1,200 pictures', '0 classes')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
