"""Objects as dictionaries."""

from triptych.multitask.formats._embedded.objects import read_objects
from triptych.multitask.structures.annotations import BoundingBox
from triptych.multitask.structures.import_problems import ImportProblems
from triptych.multitask.structures.shapes import Polygon


def test_a_list_of_dictionaries_and_a_dictionary_of_lists_are_the_same():
    rows = [{"bbox": [1, 2, 3, 4], "category": 1}, {"bbox": [5, 6, 7, 8], "category": 0}]
    columns = {"bbox": [[1, 2, 3, 4], [5, 6, 7, 8]], "category": [1, 0]}
    for value in (rows, columns):
        things = read_objects(value, "a", None, lambda name: f"class{name}", ImportProblems())
        assert [(thing.label, thing.shape) for thing in things or ()] == [
            ("class1", BoundingBox(1, 2, 4, 6)),
            ("class0", BoundingBox(5, 6, 12, 14)),
        ]


def test_a_polygon_says_more_than_its_box():
    row = {"bbox": [0, 0, 4, 4], "segmentation": [[0, 0, 4, 0, 4, 4]], "iscrowd": 1}
    things = read_objects([row], "a", None, str, ImportProblems())
    assert things is not None and len(things) == 1
    (thing,) = things
    assert isinstance(thing.shape, Polygon) and thing.shape.area() == 8 and thing.crowd


def test_an_empty_list_says_that_there_is_nothing():
    assert read_objects([], "a", None, str, ImportProblems()) == ()
    assert read_objects("text", "a", None, str, ImportProblems()) is None


def test_what_is_no_box_is_told():
    problems = ImportProblems()
    rows = [{}, {"bbox": "1 2 3 4"}, {"bbox": [1, 2, -3, 4]}, {"bbox": [50, 0, 9, 9]}]
    assert read_objects(rows, "a.png", (40, 20), str, problems) == ()
    assert [p.place for p in problems.examples] == [f"a.png, object {n}" for n in range(4)]
