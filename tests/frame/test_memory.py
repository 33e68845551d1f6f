"""Memory at hand, as files of Linux tell it."""

from pathlib import Path

import pytest

from triptych.frame import memory

MIB = 2**20


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with 100 MiB free, whose process is in the group a/b."""
    monkeypatch.setattr(memory, "PROC", tmp_path / "proc")
    monkeypatch.setattr(memory, "CGROUPS", tmp_path / "groups")
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "groups" / "a" / "b").mkdir(parents=True)
    (tmp_path / "proc" / "meminfo").write_text(
        f"MemTotal: {200 * 1024} kB\nMemAvailable: {100 * 1024} kB\n"
    )
    (tmp_path / "proc" / "self" / "cgroup").write_text("0::/a/b\n")
    return tmp_path


def group(folder: Path, limit: str, usage: int, inactive: int = 0) -> None:
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{usage}\n")
    (folder / "memory.stat").write_text(f"anon 1\ninactive_file {inactive}\n")


def test_it_is_what_the_machine_has_free(system: Path):
    assert memory.available_memory() == 100 * MIB


def test_a_limit_of_the_group_counts_without_caches_of_files(system: Path):
    group(system / "groups" / "a" / "b", str(60 * MIB), 50 * MIB, inactive=15 * MIB)
    assert memory.available_memory() == 25 * MIB


def test_a_limit_of_a_group_above_counts(system: Path):
    group(system / "groups" / "a" / "b", "max", 50 * MIB)
    group(system / "groups" / "a", str(70 * MIB), 60 * MIB)
    assert memory.available_memory() == 10 * MIB


def test_a_group_that_allows_more_than_there_is_changes_nothing(system: Path):
    group(system / "groups", str(900 * MIB), 50 * MIB)
    assert memory.available_memory() == 100 * MIB


def test_the_first_version_of_groups_counts(system: Path):
    folder = system / "groups" / "memory" / "docker"
    folder.mkdir(parents=True)
    (system / "proc" / "self" / "cgroup").write_text("9:memory:/docker\n3:cpu:/docker\n")
    (folder / "memory.limit_in_bytes").write_text(f"{30 * MIB}")
    (folder / "memory.usage_in_bytes").write_text(f"{40 * MIB}")
    assert memory.available_memory() == 0
    (folder / "memory.stat").write_text(f"total_inactive_file {20 * MIB}")
    assert memory.available_memory() == 10 * MIB


def test_where_files_say_nothing_it_is_a_part_of_what_is_built_in(system: Path):
    (system / "proc" / "meminfo").write_text("nothing\n")
    found = memory.available_memory()
    assert found is None or found > 2**28
