"""A full disk, a second process, a folder that is deleted: one line, and nothing lost."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree

import lightning as L
import pytest
from benchmarks.soak.subjects import SUBJECTS, Subject
from lightning.pytorch.callbacks import Callback

from triptych import multitask
from triptych.frame.errors import WriteError
from triptych.frame.storage import run_folder

from .typed import Run, slip

Disk = Callable[[int], Path]
WEIGHTS = "style/vgg19_small16x_conv1_1_to_conv5_1.safetensors"  # what style is judged by


PANELS = ["multitask", "faces", pytest.param("style", marks=pytest.mark.real)]


@pytest.fixture
def subject(request: pytest.FixtureRequest, data: Callable[[str], Path], tmp_path: Path) -> Subject:
    """The small training of a panel."""
    if request.param == "style":
        data(WEIGHTS)
    return SUBJECTS[request.param](tmp_path / "pictures")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of so many kilobytes; asked again, it has become as large. Skips where this user may
    not mount one."""
    place = tmp_path / "disk"

    def mount(kilobytes: int) -> Path:
        options, kind = f"size={kilobytes}k", ["-t", "tmpfs", "none"]
        if place.exists():
            options, kind = f"remount,{options}", []
        place.mkdir(exist_ok=True)
        command = ["mount", "-o", options, *kind, str(place)]
        try:
            done = subprocess.run(command, capture_output=True, check=False)
        except OSError as error:
            pytest.skip(f"mount: {error}")
        if done.returncode:
            pytest.skip(f"mount: {done.stderr.decode()}")
        return place

    yield mount
    if place.exists():
        subprocess.run(["umount", str(place)], check=False, capture_output=True)


@pytest.mark.parametrize("subject", PANELS, indirect=True)
@pytest.mark.filterwarnings("ignore")
def test_a_training_on_a_full_disk_goes_on_once_there_is_room(
    run: Run, small_disk: Disk, subject: Subject
):
    folder = small_disk(100) / "run"
    words = [*subject.words, "--epochs", 1, "--out", folder]
    full = run(*words)
    line = full.err.splitlines()[-1]  # after what is said of the network
    assert full.status == 2 and line.startswith("triptych: Cannot write "), full.err
    assert "no space left on device. Once that is mended, go on with:  triptych " in line
    assert not (folder / "model.json").exists() and not [*folder.rglob(".*")]
    small_disk(100_000)
    done = run(*words, "--resume")
    assert done.status == 0, done.err
    assert (folder / "model.json").exists() and not [*folder.rglob(".*")]


@pytest.mark.filterwarnings("ignore")
def test_results_of_a_run_that_find_no_room_leave_nothing(
    run: Run, small_disk: Disk, trained_run: Path
):
    disk = small_disk(16)
    drawn = run("predict", trained_run, trained_run / "answers.png", "--draw", disk)
    assert drawn.status == 2 and drawn.err.endswith("answers.png: no space left on device.\n")
    slip(run("export", trained_run, "--to", disk / "model.onnx"), "no space left on device")
    assert [*disk.iterdir()] == []


@pytest.mark.parametrize("subject", PANELS, indirect=True)
def test_a_second_process_is_told_and_the_first_goes_on(run: Run, tmp_path: Path, subject: Subject):
    folder = tmp_path / "run"
    words = [*subject.words, "--epochs", 1, "--out", folder]
    with run_folder.beginning(folder):
        slip(run(*words), f"Another process is at work in {folder}.")
        assert [path.name for path in folder.iterdir()] == [run_folder.LOCK]


def test_a_second_process_neither_resumes_nor_reports(
    run: Run, tmp_path: Path, trained_run: Path, few_digits: Path
):
    folder = tmp_path / "run"
    folder.mkdir()
    for path in trained_run.glob("*.*"):
        (folder / path.name).write_bytes(path.read_bytes())
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with run_folder.lock(folder):
        again = run("train", "digits", "--source", few_digits, "--out", folder, "--resume")
        slip(again, "Another process is at work")
        slip(run("report", folder), "Another process is at work")
        slip(run("demo", "--out", folder), "Another process is at work")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


class Deletion(Callback):
    """Deletes the run folder as an epoch begins."""

    def __init__(self, folder: Path):
        self.folder = folder

    def on_train_epoch_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        rmtree(self.folder)


def test_a_folder_deleted_while_training_is_told(few_digits: Path, tmp_path: Path):
    folder = tmp_path / "run"
    settings = {"epochs": 1, "heads": ["label"], "device": "cpu", "limit": 40}
    with pytest.raises(WriteError, match=r"there is no folder .*run\."):
        multitask.train(
            "circled-digits",
            source=str(few_digits),
            out=folder,
            callbacks=[Deletion(folder)],
            **settings,  # pyright: ignore
        )
    assert not folder.exists()
