"""Damage to files, at random places: of bytes, of text, and of what JSON holds."""

import json
import random
import re
from collections.abc import Callable
from typing import Any

NUMBERS = ("-1", "0", "1e999", "-1e308", "NaN", "Infinity", "99999999999999999999", "0.5", "7e-320")
WORDS = ("", " ", "null", "true", "..", "/", "a" * 5000, "\x00", "\u202e", "🙂", "[]", "{}")
VALUES = (None, True, -1, 0, 1e308, 10**25, 0.5, "", "x", [], {}, [[]], {"a": 1}, "9" * 400)
MOST = 4  # changes of one file


def mutate(content: bytes, chance: random.Random) -> bytes:
    """A damaged copy, by one to four changes.

    Parameters:
        content: of a whole file.
        chance: says where and how.
    """
    for _ in range(chance.randint(1, MOST)):
        content = chance.choice(_changes(content))(content, chance)
    return content


def _changes(content: bytes) -> list[Callable[[bytes, random.Random], bytes]]:
    changes = [_flip, _cut, _remove, _repeat, _insert]
    try:
        content.decode()
    except UnicodeDecodeError:
        return changes
    changes += [_number, _word]
    return changes + [_value] * 3 if content.lstrip()[:1] in (b"{", b"[") else changes


def _place(content: bytes, chance: random.Random) -> slice:
    start = chance.randint(0, len(content))
    return slice(start, start + chance.choice((1, 2, 4, 16, 100)))


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 20))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.choice((0, 255, chance.randrange(256)))
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _remove(content: bytes, chance: random.Random) -> bytes:
    place = _place(content, chance)
    return content[: place.start] + content[place.stop :]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    place = _place(content, chance)
    return (
        content[: place.stop] + content[place] * chance.choice((1, 2, 50)) + content[place.stop :]
    )


def _insert(content: bytes, chance: random.Random) -> bytes:
    place = _place(content, chance)
    return (
        content[: place.start] + chance.randbytes(place.stop - place.start) + content[place.start :]
    )


def _number(content: bytes, chance: random.Random) -> bytes:
    return _replace_match(content, rb"-?\d+(\.\d+)?", chance.choice(NUMBERS), chance)


def _word(content: bytes, chance: random.Random) -> bytes:
    return _replace_match(content, rb"[A-Za-z_]\w*", chance.choice(WORDS), chance)


def _replace_match(content: bytes, pattern: bytes, by: str, chance: random.Random) -> bytes:
    found = list(re.finditer(pattern, content))
    if not found:
        return content
    start, end = chance.choice(found).span()
    return content[:start] + by.encode() + content[end:]


def _value(content: bytes, chance: random.Random) -> bytes:
    """Another value somewhere in a JSON document, or one less."""
    try:
        document = json.loads(content)
    except ValueError:
        return content
    places = list(_places(document))
    if not places:
        return content
    holder, key = chance.choice(places)
    if chance.random() < 0.25:
        del holder[key]
    else:
        holder[key] = chance.choice(VALUES)
    return json.dumps(document).encode()


def _places(value: Any) -> list[tuple[Any, Any]]:
    """All holders in a document, with each of their keys."""
    if isinstance(value, dict):
        keys = list(value)
    else:
        keys = list(range(len(value))) if isinstance(value, list) else []
    found = [(value, key) for key in keys]
    for key in keys:
        found += _places(value[key])
    return found
