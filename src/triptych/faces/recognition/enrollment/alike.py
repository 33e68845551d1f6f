"""One person under two names: enrolled photos that come near to those of other people."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from ....frame.errors import ConfigError
from ...embeddings import Embeddings
from ...encoders._encoder import Encoder
from ...gallery.gallery import Gallery
from ..threshold import resolve_threshold
from .result import AlikePeople

NEAREST = 2  # people looked up for a photo: its own, and the nearest other one


def alike_people(gallery: Gallery, encoder: Encoder, rows: Embeddings) -> Iterator[AlikePeople]:
    """The people within the threshold of photos just enrolled under another name.

    Parameters:
        gallery: where they are enrolled; its threshold is taken, or else the encoder's. Without one
            nobody is alike.
        encoder: that made the vectors.
        rows: the photos.
    """
    with suppress(ConfigError):
        rule = resolve_threshold(encoder, None, gallery.calibration)
        names = zip(rows.identities, rows.photos, gallery.identify(rows.vectors, top=NEAREST))
        for person, photo, matches in names:
            for match in matches:
                if match.person != person and rule.accepts(match.distance):
                    yield AlikePeople(person, photo, match.person, match.photo, match.distance)


def nearest_of_each_pair(
    pairs: Iterable[AlikePeople],
) -> tuple[AlikePeople, ...]:
    """Of each two people the photos that come nearest, the nearest people first.

    Parameters:
        pairs: of any order.
    """
    best: Mapping[frozenset[str], AlikePeople] = {}
    for pair in sorted(pairs, key=lambda each: (each.distance, each.person, each.photo)):
        best.setdefault(frozenset((pair.person, pair.other)), pair)
    return tuple(best.values())
