"""A gallery in a SQLite file and in PostgreSQL: the same answers, and the same patience."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, create_engine, text

from triptych.faces.calibration.calibration import Calibration
from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery.enrollment.plan import WriteCounts
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.gallery.info import GalleryPerson
from triptych.faces.gallery.matches import Match
from triptych.frame.errors import (
    ConfigError,
    DataError,
    EncoderMismatchError,
    GalleryError,
    WriteError,
)

SIZE = 16
NAMES = [
    "O'Neill",
    'Anna "Ann" Lee',
    "Robert'); DROP TABLE triptych_people;--",
    "club/juniors/Bo",
    "100 % _like_",
    "😀 José Ångström 李",
    "x" * 300,
    "😀" * 300,
    " spaces ",
    "\\backslash\\",
    "NULL",
]


def units(count: int, seed: int = 0, size: int = SIZE) -> np.ndarray:
    """Random vectors of unit length."""
    vectors = np.random.default_rng(seed).standard_normal((count, size), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def photos(people: list[str], seed: int = 0, encoder: str = "test") -> tuple[Embeddings, list[str]]:
    """A photo for each name, and their digests."""
    names = [f"{person}/{seed}-{number}.jpg" for number, person in enumerate(people)]
    vectors = units(len(people), seed)
    digests = [sha256(vector.tobytes()).hexdigest() for vector in vectors]
    return Embeddings(vectors, tuple(names), tuple(people), encoder), digests


def opened(url: str, **options: object) -> Gallery:
    settings = {"encoder": "test", "size": SIZE, "create": True, **options}
    return Gallery.open(url, **settings)  # type: ignore[arg-type]


@contextmanager
def administered(address: str) -> Iterator[Connection]:
    """A connection of the tests' own."""
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
    engine.dispose()


def test_a_fresh_database_gets_all_it_needs(server: str) -> None:
    with administered(server) as connection:
        connection.execute(text("CREATE DATABASE fresh"))
    encodings, digests = photos(["Ada", "Bo"])
    with opened(server.replace("/postgres?", "/fresh?")) as gallery:
        gallery.enroll(encodings, digests)
        assert gallery.identify(encodings.vectors, top=1)[1][0].person == "Bo"


def exact(encodings: Embeddings, query: np.ndarray, top: int) -> list[tuple[str, str]]:
    """The nearest photo of each person, by looking at all of them in float64."""
    gaps = np.linalg.norm(encodings.vectors.astype(np.float64) - query, axis=1)
    best: dict[str, str] = {}
    for row in np.argsort(gaps):
        best.setdefault(encodings.identities[row], encodings.photos[row])
    return list(best.items())[:top]


def test_the_enrolled_are_found_again_nearest_first(url: str) -> None:
    encodings, digests = photos(["Ada", "Ada", "Bo", "Cy"])
    with opened(url) as gallery:
        assert gallery.enroll(encodings, digests) == WriteCounts(added=4)
        (matches,) = gallery.identify(encodings.vectors[1:2])
        assert [(m.person, m.photo) for m in matches] == exact(encodings, encodings.vectors[1], 5)
        assert matches[0] == Match("Ada", 0.0, encodings.photos[1])
        assert matches == sorted(matches, key=lambda match: match.distance)
        assert gallery.people() == [
            GalleryPerson("Ada", 2),
            GalleryPerson("Bo", 1),
            GalleryPerson("Cy", 1),
        ]
        assert len(gallery) == 4


def test_many_photos_of_few_people_still_name_as_many_people_as_asked(url: str) -> None:
    people = ["Ada"] * 150 + ["Bo", "Cy", "Di"]
    encodings, digests = photos(people)
    near = encodings.vectors.copy()
    near[:150] = near[0] + 1e-3 * near[:150]
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    encodings = Embeddings(near, encodings.photos, encodings.identities, "test")
    with opened(url) as gallery:
        gallery.enroll(encodings, digests)
        (matches,) = gallery.identify(near[:1], top=3)
        assert [(m.person, m.photo) for m in matches] == exact(encodings, near[0], 3)
        assert len(gallery.identify(near[:1], top=9)[0]) == 4


def test_nobody_is_named_in_an_empty_gallery(url: str) -> None:
    with opened(url) as gallery:
        assert gallery.identify(units(2)) == [[], []]
        assert gallery.identify(units(0)) == []
        assert gallery.people() == [] and len(gallery) == 0


def test_enrolling_again_adds_nothing(url: str) -> None:
    encodings, digests = photos(["Ada", "Bo", "Bo"])
    with opened(url) as gallery:
        assert gallery.enrolled_as(digests) == {}
        gallery.enroll(encodings, digests)
        assert gallery.enrolled_as([*digests, "0" * 64]) == dict(zip(digests, encodings.identities))
        assert gallery.enroll(encodings, digests) == WriteCounts(known=3)
        assert len(gallery) == 3


def test_the_same_photo_twice_in_one_call_is_kept_once(url: str) -> None:
    encodings, digests = photos(["Ada"])
    twice = Embeddings(np.repeat(encodings.vectors, 2, 0), ("1.jpg", "2.jpg"), ("Ada",) * 2, "test")
    with opened(url) as gallery:
        assert gallery.enroll(twice, digests * 2) == WriteCounts(added=1, known=1)
        assert len(gallery) == 1


def test_a_photo_in_another_persons_folder_is_moved(url: str) -> None:
    encodings, digests = photos(["Ada", "Bo", "Bo"])
    with opened(url) as gallery:
        gallery.enroll(encodings, digests)
        gallery.identify(encodings.vectors)
        moved = Embeddings(encodings.vectors[:1], ("Bo/new.jpg",), ("Bo",), "test")
        assert gallery.enroll(moved, digests[:1]) == WriteCounts(moved=1)
        assert gallery.people() == [GalleryPerson("Bo", 3)]  # nobody is left without a photo
        assert gallery.identify(encodings.vectors[:1])[0][0] == Match("Bo", 0.0, "Bo/new.jpg")
        assert gallery.enroll(moved, digests[:1]) == WriteCounts(known=1)


def test_the_removed_are_never_named_again(url: str) -> None:
    encodings, digests = photos(["Ada", "Ada", "Bo", "Cy"])
    with opened(url) as gallery:
        gallery.enroll(encodings, digests)
        gallery.identify(encodings.vectors)
        assert gallery.remove("Ada") == 2
        assert {m.person for m in gallery.identify(encodings.vectors)[0]} == {"Bo", "Cy"}
        assert gallery.remove(encodings.photos[2]) == 1
        assert [m.person for m in gallery.identify(encodings.vectors)[2]] == ["Cy"]
        assert gallery.people() == [GalleryPerson("Cy", 1)]
        assert gallery.enroll(encodings, digests) == WriteCounts(added=3, known=1)
        with pytest.raises(DataError, match=r"no photo 'Adda'.* mean 'Ada'"):
            gallery.remove("Adda")


def test_every_name_is_kept_as_it_is(url: str) -> None:
    encodings, digests = photos(NAMES)
    with opened(url) as gallery:
        gallery.enroll(encodings, digests)
        assert [person.name for person in gallery.people()] == sorted(NAMES)
        found = gallery.identify(encodings.vectors, top=1)
        assert [(m.person, m.photo) for (m,) in found] == list(zip(NAMES, encodings.photos))
        assert [gallery.remove(name) for name in NAMES] == [1] * len(NAMES)
        assert len(gallery) == 0


@pytest.mark.parametrize("name", ["", "a\0b", "\udcff", "y" * 2001])
def test_a_name_no_database_takes_is_refused(url: str, name: str) -> None:
    vectors = units(1)
    with opened(url) as gallery:
        with pytest.raises(DataError, match="name"):
            gallery.enroll(Embeddings(vectors, ("1.jpg",), (name,), "test"), ["0" * 64])
        assert len(gallery) == 0


def test_vectors_that_are_none_are_refused(url: str) -> None:
    encodings, digests = photos(["Ada", "Bo"])
    with opened(url) as gallery:
        for wrong in (np.nan, np.inf, 2.0):
            vectors = encodings.vectors.copy()
            vectors[1, 3] = wrong
            bad = Embeddings(vectors, encodings.photos, encodings.identities, "test")
            with pytest.raises(DataError, match="unit length"):
                gallery.enroll(bad, digests)
            with pytest.raises(DataError, match="unit length"):
                gallery.identify(vectors)
        with pytest.raises(DataError, match="16 numbers, got 8"):
            gallery.identify(units(1, size=8))
        with pytest.raises(DataError, match="digest for each of 2"):
            gallery.enroll(encodings, digests[:1])
        with pytest.raises(ConfigError, match="got 0"):
            gallery.identify(encodings.vectors, top=0)
        assert len(gallery) == 0


def test_another_encoder_is_refused(url: str) -> None:
    told = "'test', but this one is 'other'"
    with opened(url) as gallery, pytest.raises(EncoderMismatchError, match=told):
        gallery.enroll(*photos(["Ada"], encoder="other"))
    with pytest.raises(EncoderMismatchError, match=told):
        opened(url, encoder="other")
    with pytest.raises(GalleryError, match="16 numbers"):
        opened(url, size=32)


def test_a_gallery_tells_of_itself_without_its_encoder(url: str) -> None:
    judged = Calibration(
        "test", 1.1, 1.0, 1.2, 1e-3, 9e-4, 1e-4, 2e-3, -9.0, 10.0, 5, 50, 99, 999, "photos"
    )
    with opened(url) as gallery:
        gallery.enroll(*photos(["Ada", "Ada", "Bo"]))
        assert gallery.calibration is None
        gallery.calibration = judged
        assert gallery.calibration == judged
        with pytest.raises(EncoderMismatchError):
            gallery.calibration = Calibration(**{**judged.__dict__, "encoder": "other"})
    told = Gallery.info(url)
    assert (told.encoder, told.size, told.people, told.photos) == ("test", SIZE, 2, 3)
    assert told.calibration == judged


def test_a_newer_gallery_asks_to_upgrade(url: str) -> None:
    opened(url).close()
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE triptych_facts SET value = '99' WHERE name = 'format'"))
    engine.dispose()
    for attempt in (opened, Gallery.info):
        with pytest.raises(GalleryError, match="written by a newer triptych"):
            attempt(url)


def test_a_gallery_that_is_not_there_is_not_made_by_looking(url: str) -> None:
    for attempt in (Gallery.info, lambda place: opened(place, create=False)):
        with pytest.raises(GalleryError, match="There is no gallery"):
            attempt(url)
    if url.startswith("sqlite"):
        assert not Path(url.removeprefix("sqlite:///")).exists()


def test_what_one_writes_another_sees_at_once(url: str) -> None:
    first, second = photos(["Ada", "Bo"]), photos(["Cy"], seed=1)
    with opened(url) as one, opened(url) as other:
        one.enroll(*first)
        assert other.identify(first[0].vectors)[0][0].person == "Ada"
        one.enroll(*second)
        assert other.identify(second[0].vectors)[0][0].person == "Cy"
        one.remove("Cy")
        assert "Cy" not in {match.person for match in other.identify(second[0].vectors)[0]}


WRITER = """
import sys
from hashlib import sha256
import numpy as np
from triptych.faces.embeddings import Embeddings
from triptych.faces import Gallery

url, who, chunks = sys.argv[1], sys.argv[2], int(sys.argv[3])
gallery = Gallery.open(url, encoder="test", size=16, create=True, wait=30)
for chunk in range(chunks):
    rng = np.random.default_rng([int(who), chunk])
    vectors = rng.standard_normal((7, 16), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    people = tuple(f"person {who}-{chunk}-{i // 2}" for i in range(6)) + ("everyone",)
    photos = tuple(f"{who}-{chunk}-{i}.jpg" for i in range(7))
    digests = [sha256(vector.tobytes()).hexdigest() for vector in vectors]
    print(gallery.enroll(Embeddings(vectors, photos, people, "test"), digests).added, flush=True)
gallery.close()
"""


def writer(url: str, who: int, chunks: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, url, str(who), str(chunks)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_killed_enrolment_leaves_whole_transactions_and_goes_on(url: str) -> None:
    process = writer(url, 1, 100_000)
    assert process.stdout
    told = [process.stdout.readline() for _ in range(5)]
    with opened(url) as gallery:
        assert len(gallery) >= 35  # it is read while the other process writes ...
        assert gallery.identify(units(1))[0]
        time.sleep(random.Random(0).random() / 10)
        os.kill(process.pid, signal.SIGKILL)
        told += process.stdout.readlines()
        process.wait()
        process.stdout.close()
    assert process.returncode == -signal.SIGKILL and len(told) >= 5
    with opened(url, create=False) as gallery:
        assert len(gallery) % 7 == 0 and len(gallery) // 7 - len(told) in (0, 1)
        assert sum(person.photos for person in gallery.people()) == len(gallery)
        before = len(gallery)
    again = writer(url, 1, before // 7 + 1)  # ... and continued by the same command
    added, _ = again.communicate(timeout=60)
    assert [int(line) for line in added.split()] == [0] * (before // 7) + [7]


def test_two_processes_enroll_at_once(url: str) -> None:
    writers = [writer(url, who, 20) for who in (1, 2)]
    outputs = [process.communicate(timeout=60)[0].split() for process in writers]
    assert [process.returncode for process in writers] == [0, 0]
    assert outputs == [["7"] * 20] * 2
    with opened(url, create=False) as gallery:
        assert len(gallery) == 280
        assert {p.name: p.photos for p in gallery.people()}["everyone"] == 40


def test_a_photo_enrolled_by_two_at_once_is_kept_once(url: str) -> None:
    writers = [writer(url, 1, 20) for _ in range(2)]
    outputs = [list(map(int, p.communicate(timeout=60)[0].split())) for p in writers]
    assert [process.returncode for process in writers] == [0, 0]
    assert [sum(pair) for pair in zip(*outputs)] == [7] * 20


def test_a_locked_gallery_is_told_after_a_while(url: str) -> None:
    with opened(url, wait=0.1) as gallery, held(url):
        started = time.monotonic()
        with pytest.raises(GalleryError, match=r"locked by another process.*0\.1 s") as caught:
            gallery.enroll(*photos(["Ada"]))
        assert time.monotonic() - started < 5
        assert len(str(caught.value).splitlines()) == 1


def held(url: str) -> "closing":
    """A connection that holds the lock of who writes."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    connection = engine.connect()
    if url.startswith("sqlite"):
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
    else:
        connection.exec_driver_sql("LOCK TABLE triptych_facts IN ACCESS EXCLUSIVE MODE")

    class Held:
        def close(self) -> None:
            connection.rollback()
            connection.close()
            engine.dispose()

    return closing(Held())


def test_a_file_held_by_one_alone_is_told_to_readers_too(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    opened(str(path)).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE triptych_facts SET value = value")
        for attempt in (
            lambda: opened(str(path), wait=0.1),
            lambda: Gallery.info(str(path), wait=0.1),
        ):
            with pytest.raises(GalleryError, match="locked by another process"):
                attempt()


def grown(path: Path) -> Path:
    """A SQLite gallery of some pages."""
    with opened(str(path)) as gallery:
        gallery.enroll(*photos([f"person {number}" for number in range(300)]))
    return path


def use(path: Path) -> None:
    with opened(str(path)) as gallery:
        gallery.identify(units(1), top=300)
        gallery.people()
        gallery.enroll(*photos([f"person {number}" for number in range(300)], seed=5))


@pytest.mark.parametrize("share", [0.001, 0.01, 0.3, 0.5, 0.99])
def test_a_truncated_gallery_is_told(tmp_path: Path, share: float) -> None:
    path = grown(tmp_path / "people.db")
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(GalleryError, match=r"damaged|no SQLite"):
        use(path)


@pytest.mark.parametrize("seed", range(12))
def test_an_overwritten_gallery_is_told_or_answers(tmp_path: Path, seed: int) -> None:
    path = grown(tmp_path / "people.db")
    content = bytearray(path.read_bytes())
    chance = random.Random(seed)
    start = chance.randrange(len(content))
    noise = chance.randbytes(20_000)[: len(content) - start]
    content[start : start + len(noise)] = noise
    path.write_bytes(content)
    with pytest.raises((GalleryError, DataError)) as caught:
        use(path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    picture = tmp_path / "face.jpg"
    picture.write_bytes(b"\xff\xd8\xff" + b"\0" * 9000)
    with pytest.raises(GalleryError, match="no SQLite database"):
        opened(str(picture))
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE people (name TEXT)")
        connection.commit()
    with pytest.raises(GalleryError, match="database of something else"):
        opened(str(other))
    with pytest.raises(GalleryError, match="Cannot read"):
        opened(str(tmp_path))
    with closing(sqlite3.connect(other)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("people",)]


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM triptych_facts",
        "UPDATE triptych_facts SET value = 'x'",
        "DROP TABLE triptych_faces",
    ],
)
def test_facts_that_are_lost_or_nonsense_are_told(tmp_path: Path, change: str) -> None:
    path = grown(tmp_path / "people.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
        connection.commit()
    with pytest.raises(GalleryError, match="damaged"):
        use(path)


def test_an_empty_file_becomes_a_gallery(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    path.touch()
    with opened(str(path)) as gallery:
        assert len(gallery) == 0


def test_a_name_of_a_file_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "people?mode=memory #1 %20 ü.db"
    with opened(str(path)) as gallery:
        gallery.enroll(*photos(["Ada"]))
    assert path.stat().st_size > 0


@pytest.mark.parametrize(
    "address",
    [
        "mysql://host/people",
        "sqlite://",
        "sqlite:///:memory:",
        "nonsense://",
        "postgresql+x://h/d",
        "://",
    ],
)
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="sqlite:///people"):
        opened(address)


def test_a_server_out_of_reach_is_told_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(GalleryError, match="Cannot reach") as caught:
        opened(f"postgres://me:secret@/people?host={tmp_path}")
    assert "secret" not in str(caught.value) and len(str(caught.value).splitlines()) == 1


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="no such folder"):
        opened(str(tmp_path / "none" / "people.db"))


READER = """
import os
import sys
import faiss
import numpy as np
from triptych.faces.embeddings import Embeddings
from triptych.faces import Gallery
from triptych.frame.errors import WriteError

path, spare, user = sys.argv[1:]
with Gallery.open(spare, encoder="test", size=16, create=True) as gallery:
    gallery.people()  # now all is imported that another user may not read
if user != "self":
    os.setgid(int(user))
    os.setuid(int(user))
with Gallery.open(path, encoder="test", size=16, create=True, large=10) as gallery:
    vectors = np.eye(16, dtype=np.float32)[:1]
    print(len(gallery.identify(vectors)[0]))
    try:
        gallery.enroll(Embeddings(vectors, ("1.jpg",), ("Ada",), "test"), ["0" * 64])
    except WriteError as error:
        print(error)
"""


def test_a_folder_that_cannot_be_written_is_read(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="gallery-"))  # where others may look in
    try:
        folder.chmod(0o755)
        path = grown(folder / "people.db")
        path.chmod(0o444)
        folder.chmod(0o555)
        user = "65534" if os.geteuid() == 0 else "self"  # whom the rights of files concern
        command = [sys.executable, "-c", READER, str(path), str(tmp_path / "spare.db"), user]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        count, refusal = done.stdout.splitlines()
        assert count == "5" and refusal.startswith("Cannot write")
        assert [file.name for file in folder.iterdir()] == ["people.db"]
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
