"""What columns mean by their names."""

from triptych.multitask.formats._csv_table.columns import by_usual_names


def test_usual_names_in_any_case():
    columns = by_usual_names(["Filename", "Class Name", "XMin", "YMin", "XMax", "YMax", "Split"])
    assert columns is not None
    assert (columns.file, columns.label, columns.split) == ("Filename", "Class Name", "Split")
    assert columns.box == ("XMin", "YMin", "XMax", "YMax")


def test_the_file_goes_before_an_id():
    columns = by_usual_names(["id", "file_name"])
    assert columns is not None and columns.file == "file_name"


def test_x_and_y_with_a_radius_are_a_circle():
    columns = by_usual_names(["path", "x", "y", "r"])
    assert columns is not None and columns.circle == ("x", "y", "r") and columns.box == ()
    assert by_usual_names(["x", "y", "r"]) is None
