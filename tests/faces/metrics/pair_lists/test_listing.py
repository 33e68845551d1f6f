from pathlib import Path

import pytest

from triptych.faces.metrics.pair_lists import listing
from triptych.frame.errors import DataError


def test_lines_are_read_without_mark_empty_ends_and_in_one_spelling(tmp_path: Path):
    (tmp_path / "list").write_bytes("\ufeffZoe\u0308 1\nb\n\n \n".encode())
    assert listing.read_lines(tmp_path / "list") == ["Zo\u00eb 1", "b"]


def test_a_file_too_large_to_be_a_list_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listing, "LARGEST", 3)
    (tmp_path / "list").write_text("four")
    with pytest.raises(DataError, match="no list of pairs"):
        listing.read_lines(tmp_path / "list")


def test_counts_are_digits_of_a_sane_length():
    assert listing.is_count("12345678") and listing.is_count("0")
    assert not any(map(listing.is_count, ("", "-1", "1.0", "123456789", "x")))
