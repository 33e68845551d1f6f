from triptych.frame.storage.letterbox import Letterbox
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.detections import DetectedObject, Detections


def test_objects_go_back_into_the_original_image():
    letterbox = Letterbox(scale=0.25, left=0, top=12.5, width=200, height=100)
    found = Detections((DetectedObject(Circle(25, 25, 5), "cell", 0.9),))
    circle = found.to_original(letterbox).objects[0].shape
    assert circle == Circle(100, 50, 20)


def test_counts_and_rows_are_told():
    box = DetectedObject(BoundingBox(1, 2, 3, 4), "cat", 0.75)
    found = Detections((box, box, DetectedObject(BoundingBox(0, 0, 1, 1), "dog", 0.5)))
    told = found.to_dict()
    assert told["counts"] == {"cat": 2, "dog": 1}
    assert told["objects"][0] == {
        "name": "cat", "score": 0.75, "left": 1, "top": 2, "right": 3, "bottom": 4,
    }  # fmt: skip
    assert found.summary() == "2 × cat, 1 × dog"
    assert Detections(()).summary() == "nothing"
