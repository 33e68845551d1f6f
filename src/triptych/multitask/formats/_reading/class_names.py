"""Which of the attributes that annotators named themselves says the class."""

from collections.abc import Iterable

CLASS_NAMES = ("class", "label", "category", "type", "name", "object", "species", "choice")


def class_attribute(names: Iterable[str]) -> str | None:
    """The one that is named like a class, in any letters, also in the plural; else the only one.

    Parameters:
        names: of attributes.

    >>> class_attribute(["Hue", "Type"]), class_attribute(["hue"]), class_attribute(["hue", "size"])
    ('Type', 'hue', None)
    """
    listed = list(names)
    plain = {name.strip().lower(): name for name in reversed(listed)}
    for word in CLASS_NAMES:
        for spelling in (word, f"{word}s", f"{word}es", f"{word}_name", f"{word}name"):
            if spelling in plain:
                return plain[spelling]
    return listed[0] if len(listed) == 1 else None
