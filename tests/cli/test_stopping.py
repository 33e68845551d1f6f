"""The first signal asks work to end, the second ends it; afterwards all is as it was."""

import signal
import threading

import pytest

from triptych.cli.stopping import stoppable


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_second_interrupts(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
):
    with stoppable() as stop:
        assert not stop()
        signal.raise_signal(number)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert capsys.readouterr().err == "Stopping after this step. Ctrl-C again stops at once.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_afterwards_signals_do_what_they_did(number: signal.Signals):
    before = signal.getsignal(number)
    with stoppable():
        assert signal.getsignal(number) != before
    assert signal.getsignal(number) == before


def test_in_a_thread_which_hears_no_signals_nothing_is_asked():
    told: list[bool] = []

    def work() -> None:
        with stoppable() as stop:
            told.append(stop())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert told == [False]
