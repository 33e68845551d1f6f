import pytest

from triptych.faces.detection.template import ARCFACE_112X96, ARCFACE_112X112, LandmarkTemplate


def test_the_square_template_is_the_narrow_one_with_wider_borders():
    assert (ARCFACE_112X112.height, ARCFACE_112X112.width) == (112, 112) and (
        ARCFACE_112X96.height,
        ARCFACE_112X96.width,
    ) == (
        112,
        96,
    )
    assert ARCFACE_112X112.points[2] == pytest.approx(
        (56.0252, 71.7366)
    )  # the nose, as ArcFace has it


@pytest.mark.parametrize("template", [ARCFACE_112X96, ARCFACE_112X112])
def test_the_right_eye_is_left_of_the_left_eye_and_above_the_mouth(template: LandmarkTemplate):
    right_eye, left_eye, nose, right_mouth, left_mouth = template.points
    assert right_eye[0] < nose[0] < left_eye[0] and right_mouth[0] < nose[0] < left_mouth[0]
    assert right_eye[1] < nose[1] < right_mouth[1]


def test_what_is_told_is_read_back():
    assert LandmarkTemplate.from_dict(ARCFACE_112X96.to_dict()) == ARCFACE_112X96


@pytest.mark.parametrize("points", [[[1, 2]] * 4, [[1, 2, 3]] * 5, "points", [["a", "b"]] * 5])
def test_other_points_are_refused(points: object):
    with pytest.raises((ValueError, TypeError)):
        LandmarkTemplate.from_dict({"height": 112, "width": 96, "points": points})
