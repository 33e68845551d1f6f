import torch

from triptych.multitask.structures.object_rows import ObjectRows


def test_rows_come_back_from_their_tensor():
    rows = ObjectRows(
        shapes=torch.tensor(
            [[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[7.0, 8.0, 9.0], [0.0, 0.0, 0.0]]]
        ),
        classes=torch.tensor([[0, 2], [1, -1]]),
        counts=torch.tensor([[True, False], [True, False]]),
    )
    tensor = rows.to_tensor()
    assert tensor.shape == (2, 2, 5)
    back = ObjectRows.from_tensor(tensor)
    assert torch.equal(back.shapes, rows.shapes)
    assert back.classes.tolist() == [[0, 2], [1, -1]]
    assert back.present.tolist() == [[True, True], [True, False]]
    assert back.to_find.tolist() == [[True, False], [True, False]]
