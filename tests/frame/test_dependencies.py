"""What is missing is said in one line that installs it."""

import sys
from pathlib import Path

import pytest

from triptych.frame.dependencies import package_file, requires
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


def test_a_file_is_found_in_a_package_that_cannot_be_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "broken" / "models").mkdir(parents=True)
    (tmp_path / "broken" / "__init__.py").write_text("raise ImportError('never to be imported')")
    (tmp_path / "broken" / "models" / "a.dat").write_bytes(b"a")
    monkeypatch.syspath_prepend(str(tmp_path))
    expected = tmp_path / "broken" / "models" / "a.dat"
    assert package_file("broken", "models/b.dat", "models/a.dat") == expected
    assert package_file("broken", "models/b.dat", "models") is None
    assert package_file("no_such_package", "models/a.dat") is None
    assert "broken" not in sys.modules
