import pytest
import torch

from triptych.multitask.detection.center_maps import CenterMaps, center_maps
from triptych.multitask.structures.object_rows import ObjectRows


def maps_of(
    centers: list[list[float]],
    half_sides: list[list[float]],
    classes: list[int],
    counts: list[bool] | None = None,
) -> CenterMaps:
    places = torch.tensor([centers])
    known = torch.tensor([counts or [True] * len(classes)])
    truth = ObjectRows(torch.zeros(1, len(classes), 4), torch.tensor([classes]), known)
    sides = torch.tensor([half_sides])
    return center_maps(truth, places, sides, classes=2, stride=4, size=(10, 12))


def test_the_peak_is_the_cell_that_holds_the_center():
    maps = maps_of([[21.0, 9.0]], [[8.0, 8.0]], [1])
    assert (maps.heat == 1).nonzero().tolist() == [[0, 1, 2, 5]]
    assert maps.heat[0, 0].max() == 0
    assert maps.weight[0, 2, 5] == 1 and maps.owner[0, 2, 5] == 0


def test_a_bump_is_as_broad_as_the_object():
    wide = maps_of([[24.0, 20.0]], [[20.0, 4.0]], [0]).heat[0, 0]
    assert wide[5, 7] > wide[6, 6] and wide[5, 7] > 0.5
    spread = 20 * 0.54 / 3 / 4  # half sides of a third of 0.54 each, in cells
    assert float(wide[5, 7]) == pytest.approx(2.718281828 ** (-1 / (2 * spread**2)), rel=1e-4)


def test_a_cell_learns_the_object_whose_bump_is_higher():
    maps = maps_of([[10.0, 20.0], [30.0, 20.0]], [[10.0, 10.0]] * 2, [0, 0])
    assert maps.owner[0, 5, 2] == 0 and maps.owner[0, 5, 7] == 1
    assert maps.weight[0, 0, 11] == 0


def test_what_does_not_count_has_no_center_and_is_no_background():
    maps = maps_of([[20.0, 20.0]], [[8.0, 8.0]], [1], [False])
    assert maps.heat.max() == 0 and maps.weight.max() == 0
    assert not maps.counts[0, 1, 5, 5] and maps.counts[0, 1, 0, 0]
    assert maps.counts[0, 0].all()


def test_objects_beyond_the_edge_peak_at_the_edge():
    maps = maps_of([[-3.0, 100.0]], [[8.0, 8.0]], [0])
    assert (maps.heat == 1).nonzero().tolist() == [[0, 0, 9, 0]]


def test_parts_of_many_objects_give_what_all_at_once_do(monkeypatch: pytest.MonkeyPatch):
    generator = torch.Generator().manual_seed(0)
    centers = (torch.rand(30, 2, generator=generator) * 40).tolist()
    sides = (torch.rand(30, 2, generator=generator) * 10 + 1).tolist()
    classes = [number % 2 for number in range(30)]
    counts = [number % 5 > 0 for number in range(30)]
    whole = maps_of(centers, sides, classes, counts)
    monkeypatch.setattr("triptych.multitask.detection.center_maps.CELLS_AT_ONCE", 500)
    parts = maps_of(centers, sides, classes, counts)
    for name, value in vars(whole).items():
        assert torch.equal(value, vars(parts)[name]), name
