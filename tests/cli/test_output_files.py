"""Outputs have names of their own and never replace what is read."""

from pathlib import Path

import pytest

from triptych.cli.output_files import check_folder, check_not_overwriting, make_folder, output_names
from triptych.frame.errors import ConfigError


def test_images_of_one_name_are_numbered() -> None:
    names = output_names([Path("a/x.jpg"), Path("b/x.png"), Path("a/x.jpg"), Path("y.webp")])
    assert names == {"a/x.jpg": "x.png", "b/x.png": "x-2.png", "y.webp": "y.png"}


def test_an_output_never_replaces_an_input(tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    check_not_overwriting([image], [tmp_path / "b.png"])
    with pytest.raises(ConfigError, match=r"painted over itself. Choose another --out"):
        check_not_overwriting([image], [tmp_path / "sub" / ".." / "a.png"])


def test_a_folder_below_a_file_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    check_folder(tmp_path / "new", "--draw")
    assert not (tmp_path / "new").exists()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ConfigError, match="--draw"):
            check_folder(folder, "--draw")
    make_folder(tmp_path / "new" / "deep", "--draw")
    assert (tmp_path / "new" / "deep").is_dir()
