"""The first signal asks work to end, the second ends it; afterwards all is as it was."""

import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from triptych.cli.signals import interruptible, stop_requested


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_second_interrupts(
    number: signal.Signals, capfd: pytest.CaptureFixture[str]
):
    with stop_requested() as stop:
        assert not stop()
        signal.raise_signal(number)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert capfd.readouterr().err == "Stopping after this step. Ctrl-C again stops at once.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_afterwards_signals_do_what_they_did(number: signal.Signals):
    before = signal.getsignal(number)
    with stop_requested():
        assert signal.getsignal(number) != before
    assert signal.getsignal(number) == before


def test_in_a_thread_which_hears_no_signals_nothing_is_asked():
    told: list[bool] = []

    def work() -> None:
        with stop_requested() as stop:
            told.append(stop())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert told == [False]


def test_signals_on_each_others_heels_never_wait_for_each_other():
    for _ in range(200):
        with stop_requested() as stop, suppress(KeyboardInterrupt):
            for _ in range(3):
                signal.raise_signal(signal.SIGINT)
        assert stop()


def test_while_a_module_is_imported_ctrl_c_leaves_at_once(tmp_path: Path):
    half = "import signal\nsignal.raise_signal(signal.SIGINT)\nprint('came to its end')"
    (tmp_path / "half.py").write_text(half)
    code = "from triptych.cli.signals import interruptible\nwith interruptible():\n    import half"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "triptych: stopped.\n")


def test_elsewhere_ctrl_c_interrupts_as_ever():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interruptible():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) == before
