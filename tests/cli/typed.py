"""What came of a command that was typed."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Done:
    status: int
    out: str
    err: str


Run = Callable[..., Done]


def slip(done: Done, words: str) -> None:
    """One line that says what to do, and exit 2."""
    assert done.status == 2, done.err
    assert done.out == ""
    assert done.err.count("\n") == 1 and done.err.startswith("triptych: ")
    assert words in done.err
