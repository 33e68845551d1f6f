import numpy as np
import pytest

from triptych.faces.detection.face import Face, FaceDetector

LANDMARKS = np.zeros((5, 2), np.float32)


@pytest.mark.parametrize(
    ("box", "area"), [((1, 2, 4, 8), 18), ((-2, 0, 2, 1), 4), ((4, 2, 1, 8), 0), ((0, 0, 0, 9), 0)]
)
def test_the_area_is_that_of_the_box(box: tuple[float, ...], area: float):
    face = Face(*box, LANDMARKS, 1.0)
    assert face.box == box and face.area == area


def test_a_detector_is_what_has_detect():
    class Mine:
        def detect(self, image):
            return []

    assert isinstance(Mine(), FaceDetector) and not isinstance(object(), FaceDetector)
