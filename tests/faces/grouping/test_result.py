"""What comes out of grouping, as JSON."""

import json

import numpy as np
import pytest

from triptych.faces.detection.face import Face
from triptych.faces.grouping.result import ClusteredFace, ClusterResult, FaceCluster
from triptych.faces.recognition.threshold import DecisionThreshold


def face(photo: str, distance: float, quality: float | None = 0.5) -> ClusteredFace:
    found = Face(1, 2, 3, 4, np.zeros((5, 2), np.float32), 0.9, quality)
    return ClusteredFace(photo, found, distance)


def test_a_person_is_in_photos_and_as_far_as_their_faces():
    person = FaceCluster(1, (face("a", 0.4), face("b", 0.6), face("a", 0.5)), "Ann", 2)
    assert person.photos == ["a", "b"] and person.distance == pytest.approx(0.5)
    told = person.to_dict()
    assert (told["name"], told["votes"], told["photos"]) == ("Ann", 2, 2)
    assert told["faces"][1] == {
        "photo": "b",
        "box": {"left": 1, "top": 2, "right": 3, "bottom": 4},
        "quality": 0.5,
        "distance": 0.6,
    }


def test_poor_faces_are_counted_and_all_is_json():
    lone = [FaceCluster(2 + n, (face("c", 0.0, q),)) for n, q in enumerate((0.1, 0.19, 0.2, None))]
    person = FaceCluster(1, (face("a", 0.4), face("b", 0.6)))
    rule = DecisionThreshold(1.1, None)
    result = ClusterResult((person,), tuple(lone), 3, (), rule, "average", 0.2)
    assert result.poor == 2
    told = json.loads(json.dumps(result.to_dict()))
    assert told["faces"] == 6 and told["min_quality"] == 0.2 and len(told["alone"]) == 4
    assert told["alone"][0]["distance"] is None
