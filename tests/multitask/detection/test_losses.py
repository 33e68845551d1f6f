import pytest
import torch

from triptych.multitask.detection.center_maps import center_maps
from triptych.multitask.detection.losses import focal_loss, shape_cells, shape_loss
from triptych.multitask.structures.geometry import box_iou
from triptych.multitask.structures.object_rows import ObjectRows


def test_focal_loss_is_worked_by_hand():
    """One center with probability 0.5; beside it heat 0.5 and probability 0.5; the third does not
    count."""
    logits = torch.zeros(1, 1, 1, 3)
    heat = torch.tensor([[[[1.0, 0.5, 0.0]]]])
    counts = torch.tensor([[[[True, True, False]]]])
    expected = 0.25 * 0.6931472 + 0.5**4 * 0.25 * 0.6931472
    assert float(focal_loss(logits, heat, counts)) == pytest.approx(expected, rel=1e-5)


COUNTS = torch.tensor([[True, True], [True, False]])


def test_the_cells_of_an_object_weigh_1_together():
    truth = ObjectRows(
        torch.zeros(2, 2, 4),
        torch.tensor([[0, 0], [0, -1]]),
        torch.tensor([[True, True], [True, False]]),
    )
    centers = torch.tensor([[[8.0, 8.0], [30.0, 30.0]], [[20.0, 20.0], [0.0, 0.0]]])
    sides = torch.tensor([[[8.0, 8.0], [12.0, 20.0]], [[3.0, 3.0], [0.0, 0.0]]])
    maps = center_maps(truth, centers, sides, classes=1, stride=4, size=(10, 10))
    image, _row, _column, owner, weight = shape_cells(maps, truth)
    for number, of_image in ((0, 0), (1, 0), (0, 1)):
        own = weight[(image == of_image) & (owner == number)]
        assert float(own.sum()) == pytest.approx(1, abs=1e-5)
    assert int(((image == 1) & (owner == 1)).sum()) == 0


def test_the_loss_of_a_shape_is_worked_by_hand():
    """A box of 20 pixels that is 10 too far right: 1 of half its side at two sides, IoU 1/3."""
    wanted, said = torch.tensor([[0.0, 0, 20, 20]]), torch.tensor([[10.0, 0, 30, 20]])
    loss = shape_loss(said, wanted, torch.tensor([[10.0, 10.0]]), box_iou)
    assert float(loss) == pytest.approx(0.5 * 2 * (1 - 0.05) + 1 - 1 / 3, rel=1e-5)
    assert float(shape_loss(wanted, wanted, torch.tensor([[10.0, 10.0]]), box_iou)) == 0
