"""Read JSON, XML and YAML that others wrote: bounded, without entities, told in one line."""

import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree as SafeElementTree
import ijson
import numpy as np
import yaml
from defusedxml.common import DefusedXmlException

from ....frame.errors import DataError
from ....frame.storage.files import os_error_reason

MAX_WHOLE = 2**26  # bytes of a file that is read as a whole; larger ones are streamed
MAX_YAML = 2**20
WORD = b"-Infinity"
DEEPEST = 200  # lists and objects within each other, in a file that is streamed
REST_OF_TEXT = re.compile(rb'(?:[^"\\]|\\.)*"?', re.DOTALL)
TEXT_OR_WORD = re.compile(rb'"(?:[^"\\]|\\.)*"?|-?\b(?:NaN|Infinity)\b', re.DOTALL)
# LookupError: XML that says it is in an encoding that there is not
UNREADABLE = (ParseError, DefusedXmlException, LookupError, ValueError, OSError, RecursionError)
FARTHEST = 1e7  # pixels: no coordinate of an image is farther out


def read_json(path: Path) -> Any:
    """The value in a JSON file of at most `MAX_WHOLE` bytes. Raises DataError.

    Parameters:
        path: of the file.
    """
    return _parsed(path, lambda: json.loads(_content(path, MAX_WHOLE)))


def stream_json(path: Path, prefix: str) -> Iterator[Any]:
    """The values below a prefix of a JSON file of any size, one by one.

    Parameters:
        path: of the file.
        prefix: as ijson takes it: "annotations.item" for the items of the list "annotations", ""
            with "item" for those of a list at the top.

    Raises DataError where the file is damaged, when it comes to that place.
    """
    try:
        with path.open("rb") as file:
            yield from ijson.items(_GuardedJson(file), prefix, use_float=True)
    except (ijson.JSONError, UnicodeDecodeError, OSError, RecursionError, MemoryError) as error:
        raise _damaged(path, "JSON", error) from error


def stream_json_members(path: Path, prefix: str) -> Iterator[tuple[str, Any]]:
    """The names and values of an object in a JSON file of any size, one by one.

    Parameters:
        path: of the file.
        prefix: of the object, as ijson takes it; "" for the one at the top.

    Raises DataError where the file is damaged, when it comes to that place.
    """
    try:
        with path.open("rb") as file:
            yield from ijson.kvitems(_GuardedJson(file), prefix, use_float=True)
    except (ijson.JSONError, UnicodeDecodeError, OSError, RecursionError, MemoryError) as error:
        raise _damaged(path, "JSON", error) from error


class _GuardedJson:
    """A JSON file for ijson. NaN and infinity, which Python writes, are null in it, and nesting has
    an end: the time that ijson takes grows with the square of the depth."""

    def __init__(self, file: BinaryIO):
        self.file, self.rest = file, b""
        self.depth, self.in_text = 0, False

    def read(self, size: int = -1) -> bytes:
        content = b""
        while size and not content:
            new = self.file.read(size)
            content = self.rest + new
            kept = _before_word(content) if new else content
            content, self.rest = kept, content[len(kept) :]
            if not new:
                break
        began_in_text = self.in_text
        self._check_depth(content)
        if b"NaN" in content or b"Infinity" in content:
            text = REST_OF_TEXT.match(content) if began_in_text else None
            start = text.end() if text else 0
            return content[:start] + TEXT_OR_WORD.sub(_null, content[start:])
        return content

    def _check_depth(self, content: bytes) -> None:
        if b"\\" in content:
            content = content.replace(rb"\\", b"").replace(rb"\"", b"")
        codes = np.frombuffer(content, np.uint8)
        is_text = ((codes == ord('"')).cumsum() + self.in_text) % 2 == 1
        opened = (codes == ord("[")) | (codes == ord("{"))
        closed = (codes == ord("]")) | (codes == ord("}"))
        steps = np.where(is_text, 0, opened.astype(np.int64) - closed)
        if len(codes):
            depths = self.depth + steps.cumsum()
            self.depth, self.in_text = int(depths[-1]), bool(is_text[-1])
            if depths.max() > DEEPEST:
                raise RecursionError


def _null(match: re.Match[bytes]) -> bytes:
    return match[0] if match[0].startswith(b'"') else b"null"


def _before_word(content: bytes) -> bytes:
    """All but the last bytes, which may be the beginning of such a word, or a backslash before
    a quote."""
    head = content[: -len(WORD)]
    kept = head.rstrip(b"-NaInfity\\")
    return kept if len(head) - len(kept) <= len(WORD) else head.rstrip(b"\\")


def read_xml(path: Path) -> Element:
    """The root of an XML file of at most `MAX_WHOLE` bytes, without entities and document types.

    Parameters:
        path: of the file.

    Raises DataError.
    """
    return _parsed(
        path, lambda: SafeElementTree.fromstring(_content(path, MAX_WHOLE), forbid_dtd=True)
    )


def stream_xml(path: Path, tag: str) -> Iterator[Element]:
    """The elements of a tag in an XML file of any size, one by one; each is emptied afterwards.

    Parameters:
        path: of the file.
        tag: of the elements, at any depth.

    Raises DataError where the file is damaged, when it comes to that place.
    """
    try:
        with path.open("rb") as file:
            events = iter(SafeElementTree.iterparse(file, ("start", "end"), forbid_dtd=True))
            root = next(events)[1]
            for event, element in events:
                if event == "end" and element.tag == tag:
                    yield element
                    element.clear()
                    del root[:-1]  # what is done would stay in memory
    except UNREADABLE as error:
        raise _damaged(path, "XML", error) from error


def read_yaml(path: Path) -> Any:
    """The value in a YAML file of at most `MAX_YAML` bytes; no tags, no aliases.

    Parameters:
        path: of the file.

    Raises DataError.
    """

    def parse() -> Any:
        content = _content(path, MAX_YAML)
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(content)):
            raise ValueError("aliases (*name) are not read")
        return yaml.safe_load(content)

    return _parsed(path, parse)


def finite(value: Any) -> float | None:
    """A number that can be a coordinate, be it written as text; None for anything else.

    Parameters:
        value: what stood in a file.

    >>> finite("12.5"), finite(float("nan")), finite(1e300), finite(True)
    (12.5, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) <= FARTHEST else None


def finite_all(values: Any, count: int | None = None) -> list[float] | None:
    """Numbers that can be coordinates; None where one is not, or there are not `count` of them.

    Parameters:
        values: what stood in a file, a list hopefully.
        count: how many there must be; None for any number.
    """
    if not isinstance(values, (list, tuple)) or (count is not None and len(values) != count):
        return None
    numbers = [number for number in map(finite, values) if number is not None]
    return numbers if len(numbers) == len(values) else None


def _content(path: Path, limit: int) -> bytes:
    if path.stat().st_size > limit:
        raise ValueError(f"it is larger than {limit >> 20} MB")
    return path.read_bytes()


def _parsed(path: Path, parse: Callable[[], Any]) -> Any:
    kind = path.suffix.removeprefix(".").upper() or "text"
    try:
        return parse()
    except (*UNREADABLE, yaml.YAMLError) as error:
        raise _damaged(path, kind, error) from error


def _damaged(path: Path, kind: str, error: BaseException) -> DataError:
    if isinstance(error, DefusedXmlException):
        reason = "it declares entities or a document type, which are not read"
    elif isinstance(error, RecursionError):
        reason = "it is nested too deeply"
    else:
        reason = " ".join(os_error_reason(error).split()) if isinstance(error, Exception) else ""
    return DataError(f"Cannot read {path} as {kind}: {reason or type(error).__name__}.")
