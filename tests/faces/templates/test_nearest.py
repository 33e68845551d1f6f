"""People of a gallery by their templates."""

from pathlib import Path

import numpy as np
import pytest

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.templates import nearest
from triptych.faces.templates.nearest import enrolled_photos, nearest_templates

PEOPLE, PHOTOS, SIZE = 30, 4, 16


@pytest.fixture
def crowd(tmp_path: Path):
    """A gallery, and the same vectors as a table by person."""
    rng = np.random.default_rng(0)
    vectors = np.repeat(rng.normal(0, 1, (PEOPLE, 1, SIZE)), PHOTOS, 1)
    vectors = vectors + rng.normal(0, 0.7, vectors.shape)
    vectors = (vectors / np.linalg.norm(vectors, axis=2, keepdims=True)).astype(np.float32)
    names = [f"p{person:02}" for person in range(PEOPLE) for _ in range(PHOTOS)]
    photos = tuple(f"{name}/{row % PHOTOS}" for row, name in enumerate(names))
    flat = vectors.reshape(-1, SIZE)
    with Gallery.open(str(tmp_path / "g.db"), encoder="e", size=SIZE, create=True) as gallery:
        digests = [f"{row:064}" for row in range(len(names))]
        gallery.enroll(Embeddings(flat, photos, tuple(names), "e"), digests)
        yield gallery, vectors


def test_distances_are_those_to_the_mean_of_each_persons_photos(crowd):
    gallery, vectors = crowd
    rng = np.random.default_rng(1)
    queries = vectors[:5].mean(1) + rng.normal(0, 0.05, (5, SIZE))
    queries = (queries / np.linalg.norm(queries, axis=1, keepdims=True)).astype(np.float32)
    means = vectors.mean(1)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    expected = np.linalg.norm(queries[:, None] - means[None], axis=2)
    answers = nearest_templates(gallery, queries, top=3)
    for row, answer in enumerate(answers):
        order = expected[row].argsort()[:3]
        assert [match.person for match in answer] == [f"p{person:02}" for person in order]
        distances = [match.distance for match in answer]
        assert distances == pytest.approx(expected[row][order].tolist(), abs=1e-5)
        assert all(match.photo.startswith(match.person) for match in answer)
    by_photo = gallery.identify(queries, top=1)
    assert any(a[0].distance != pytest.approx(b[0].distance) for a, b in zip(answers, by_photo))


def test_the_vectors_of_a_person_are_all_that_are_enrolled(crowd):
    gallery, vectors = crowd
    found = enrolled_photos(gallery, ["p03", "nobody"])
    assert [*found] == ["p03"]
    kept, own = (
        {tuple(row) for row in table.tolist()} for table in (found["p03"].vectors, vectors[3])
    )
    assert kept == own and enrolled_photos(gallery, []) == {}


def test_of_very_many_photos_the_newest_are_fused(crowd, monkeypatch: pytest.MonkeyPatch):
    gallery, vectors = crowd
    monkeypatch.setattr(nearest, "MOST", 3)
    found = enrolled_photos(gallery, ["p03", "p07"])
    kept = {name: {tuple(row) for row in table.vectors.tolist()} for name, table in found.items()}
    assert kept["p03"] == {tuple(row) for row in vectors[3, 1:].tolist()}
    assert len(kept["p07"]) == 3


def test_a_tenant_sees_only_its_own_photos_of_a_name(tmp_path: Path):
    place, axes = str(tmp_path / "g.db"), np.eye(4, dtype=np.float32)
    for number, tenant in enumerate(("one", "two")):
        mine = Embeddings(axes[number : number + 1], ("1",), ("Ann",), "e")
        words = {"encoder": "e", "size": 4, "create": True, "tenant": tenant}
        with Gallery.open(place, **words) as gallery:
            gallery.enroll(mine, [f"{number:064}"])
    with Gallery.open(place, encoder="e", size=4, tenant="two") as gallery:
        assert enrolled_photos(gallery, ["Ann"])["Ann"].vectors.tolist() == [axes[1].tolist()]
        ((match,),) = nearest_templates(gallery, axes[1:2])
    assert match.person == "Ann" and match.distance == pytest.approx(0)


def test_an_empty_gallery_and_no_face_give_nothing(tmp_path: Path, crowd):
    with Gallery.open(str(tmp_path / "none.db"), encoder="e", size=4, create=True) as empty:
        assert nearest_templates(empty, np.eye(4, dtype=np.float32)) == [[]] * 4
    assert nearest_templates(crowd[0], np.zeros((0, SIZE), np.float32)) == []


def test_better_photos_weigh_more_where_their_quality_is_known(tmp_path: Path):
    axes = np.eye(4, dtype=np.float32)
    photos = Embeddings(axes[:2], ("good", "poor"), ("Ann", "Ann"), "e")
    with Gallery.open(str(tmp_path / "g.db"), encoder="e", size=4, create=True) as gallery:
        gallery.enroll(photos, ["0" * 64, "1" * 64], qualities=[0.9, 0.3])
        assert enrolled_photos(gallery, ["Ann"])["Ann"].quality.tolist() in ([0.9, 0.3], [0.3, 0.9])
        ((good,), (poor,)) = nearest_templates(gallery, axes[:2])
    template = np.array([0.9, 0.3]) / np.hypot(0.9, 0.3)
    assert good.distance == pytest.approx(np.sqrt(2 - 2 * template[0]), abs=1e-6)
    assert poor.distance == pytest.approx(np.sqrt(2 - 2 * template[1]), abs=1e-6)
