from pathlib import Path

from triptych.multitask.formats._reading.peek import MOST_ENTRIES, peek_files, start_of


def test_files_of_an_ending_are_seen_in_the_folder_and_right_below(tmp_path: Path):
    for name in ("b.JSON", "a.json", "c.xml", ".d.json", "deep/e.json", "deep/deeper/f.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    assert [path.name for path in peek_files(tmp_path, ".json")] == ["a.json", "b.JSON", "e.json"]
    assert [path.name for path in peek_files(tmp_path, ".json", most=1)] == ["a.json"]
    assert list(peek_files(tmp_path / "c.xml", ".xml")) == [tmp_path / "c.xml"]
    assert list(peek_files(tmp_path / "c.xml", ".json")) == []


def test_of_a_large_folder_few_entries_are_looked_at(tmp_path: Path):
    for number in range(MOST_ENTRIES + 50):
        (tmp_path / f"{number}.json").touch()
    assert len(list(peek_files(tmp_path, ".json", most=10_000))) == MOST_ENTRIES


def test_a_file_that_cannot_be_read_begins_with_nothing(tmp_path: Path):
    assert start_of(tmp_path / "gone") == b""
    assert start_of(tmp_path) == b""
