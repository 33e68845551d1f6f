"""What is missing is said in one line that installs it."""

import pytest

from triptych.frame.dependencies import requires
from triptych.frame.errors import MissingDependencyError


def test_a_missing_package_is_named_with_what_installs_it():
    with (
        pytest.raises(MissingDependencyError) as raised,
        requires("A gallery", "SQLAlchemy", "triptych[faces]"),
    ):
        import no_such_module  # noqa: F401  # pyright: ignore
    assert str(raised.value) == (
        "A gallery needs SQLAlchemy, which is not installed. Run: pip install 'triptych[faces]'."
    )
    assert isinstance(raised.value.__cause__, ImportError)


def test_several_packages_are_spoken_of_in_the_plural():
    with (
        pytest.raises(MissingDependencyError, match="needs onnx and onnxscript, which are not"),
        requires("Exporting", "onnx and onnxscript", "triptych[export]"),
    ):
        raise ModuleNotFoundError("onnx")


def test_what_is_there_is_imported_and_other_errors_pass():
    with requires("Counting", "the standard library", "python"):
        import collections
    assert collections.Counter("aab")["a"] == 2
    with pytest.raises(ValueError), requires("Counting", "x", "x"):
        raise ValueError
