from triptych.multitask.formats._reading.keypoint_names import KeypointNames


def test_names_that_turn_up_later_come_behind():
    names = KeypointNames(["nose"])
    assert names.array({"eye": (3, 4, 1)}).tolist() == [[0, 0, 0], [3, 4, 1]]
    assert names.array({"nose": (1, 2, 2)}).tolist() == [[1, 2, 2], [0, 0, 0]]
    assert names.array({"ear": (5, 6, 2)}).tolist() == [[0, 0, 0], [0, 0, 0], [5, 6, 2]]
    assert names.names == ("nose", "eye", "ear")
