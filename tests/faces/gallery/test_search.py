"""The index beside a gallery: it changes no answer, and is made anew when it cannot be trusted."""

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery import search
from triptych.faces.gallery.faiss_index import FaissIndex, sidecar
from triptych.faces.gallery.gallery import Gallery

SIZE = 32
LARGE = 200  # photos from which these tests use an index
FAULTS = ["deleted", "emptied", "damaged", "hostile", "unsigned", "folder"]


def photos(count: int, seed: int) -> tuple[Embeddings, list[str]]:
    """Three photos a person, which are near one another."""
    rng = np.random.default_rng(seed)
    people = np.repeat(rng.standard_normal((-(-count // 3), SIZE)), 3, 0)[:count]
    vectors = (people + 0.6 * rng.standard_normal((count, SIZE))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names = tuple(f"{seed}-{number // 3}" for number in range(count))
    files = tuple(f"{name}/{number}.jpg" for number, name in enumerate(names))
    return Embeddings(vectors, files, names, "test"), [
        sha256(v.tobytes()).hexdigest() for v in vectors
    ]


def opened(path: Path, large: int = LARGE) -> Gallery:
    return Gallery.open(str(path), encoder="test", size=SIZE, create=True, large=large)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A gallery of 900 photos, with its index."""
    place = tmp_path / "people.db"
    encodings, digests = photos(900, seed=0)
    with opened(place) as gallery:
        gallery.enroll(encodings, digests)
        gallery.identify(encodings.vectors[:1])
    assert cache(place).exists() and sidecar(cache(place)).exists()
    return place


def cache(path: Path) -> Path:
    return path.with_name(path.name + ".faiss")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one each time an index is made."""
    counts: list[int] = []
    build = FaissIndex.build

    def counted(*args: object) -> FaissIndex:
        index = build(*args)  # type: ignore[arg-type]
        counts.append(len(index))
        return index

    monkeypatch.setattr(search.FaissIndex, "build", counted)
    return counts


def same_answers(path: Path, vectors: np.ndarray) -> None:
    """With the index as by looking at every photo."""
    with opened(path) as gallery, opened(path, large=10**9) as exact:
        found, expected = gallery.identify(vectors), exact.identify(vectors)
    alike = [match in theirs for ours, theirs in zip(found, expected) for match in ours]
    assert found != [] and np.mean(alike) >= 0.99


def test_an_index_changes_no_answer(path: Path) -> None:
    same_answers(path, np.concatenate([photos(300, seed=0)[0].vectors, photos(99, 5)[0].vectors]))


def test_an_index_is_made_once(path: Path, made: list[int]) -> None:
    for _ in range(2):
        with opened(path) as gallery:
            gallery.identify(photos(3, seed=0)[0].vectors)
    assert made == []


def test_photos_enrolled_later_are_found_without_another_index(path: Path, made: list[int]) -> None:
    more = photos(60, seed=1)
    with opened(path) as reader, opened(path) as gallery:
        reader.identify(more[0].vectors)
        gallery.enroll(*more)
        for asked in (reader, gallery):
            found = asked.identify(more[0].vectors, top=1)
            assert [match.photo for (match,) in found] == list(more[0].photos)
    assert made == []


def test_many_later_photos_are_taken_up(path: Path, made: list[int]) -> None:
    more = photos(300, seed=1)
    with opened(path) as gallery:
        gallery.identify(more[0].vectors[:1])
        gallery.enroll(*more)
        assert gallery.identify(more[0].vectors[:1])[0][0].photo == more[0].photos[0]
    assert made == [1200]
    same_answers(path, more[0].vectors)
    assert made == [1200]


def test_the_removed_are_in_no_answer_and_leave_no_index(path: Path, made: list[int]) -> None:
    encodings, _ = photos(900, seed=0)
    with opened(path) as reader, opened(path) as gallery:
        reader.identify(encodings.vectors[:1])
        assert gallery.remove("0-7") == 3
        assert not cache(path).exists() and not sidecar(cache(path)).exists()
        for asked in (reader, gallery):
            (matches,) = asked.identify(encodings.vectors[21:22])
            assert len(matches) == 5 and "0-7" not in {match.person for match in matches}
    assert made == [897]  # the reader goes on with the index it holds
    same_answers(path, encodings.vectors)


def test_an_index_with_many_removed_is_made_anew(path: Path, made: list[int]) -> None:
    encodings, _ = photos(900, seed=0)
    with opened(path) as gallery:
        gallery.identify(encodings.vectors[:1])
        for person in range(200):
            gallery.remove(f"0-{person}")
        assert gallery.identify(encodings.vectors[-1:], top=1)[0][0].photo == encodings.photos[-1]
    assert made == [300]


@pytest.mark.parametrize(
    "fault", ["deleted", "emptied", "damaged", "hostile", "unsigned", "folder"]
)
def test_an_index_that_cannot_be_trusted_is_made_anew(
    path: Path, made: list[int], fault: str
) -> None:
    file = cache(path)
    content = file.read_bytes()
    if fault == "deleted":
        file.unlink()
    elif fault == "unsigned":
        sidecar(file).unlink()
    elif fault == "folder":
        file.unlink()
        file.mkdir()
    else:
        changed = {"emptied": b"", "damaged": content[: len(content) // 2]}
        file.write_bytes(changed.get(fault, content[:40] + b"\xff" * 4000))
    same_answers(path, photos(300, seed=0)[0].vectors)
    assert made == [900]
    if fault != "folder":
        assert FaissIndex.load(file) is not None


def test_an_index_of_another_gallery_is_made_anew(path: Path, made: list[int]) -> None:
    encodings, digests = photos(900, seed=9)
    path.unlink()
    with opened(path) as gallery:
        gallery.enroll(encodings, digests)
        found = gallery.identify(encodings.vectors[:1], top=1)
    assert found[0][0].photo == encodings.photos[0] and made == [900]


def test_an_older_copy_of_the_gallery_is_seen(path: Path, made: list[int], tmp_path: Path) -> None:
    copy, more = path.read_bytes(), photos(300, seed=1)
    with opened(path) as gallery:
        gallery.enroll(*more)
        gallery.identify(more[0].vectors[:1])
    path.write_bytes(copy)
    others = photos(300, seed=2)
    with opened(path) as gallery:
        gallery.enroll(*others)
        assert gallery.identify(others[0].vectors[:1], top=1)[0][0].photo == others[0].photos[0]
    assert made == [1200, 1200]
