"""Ctrl-C and SIGTERM, in this process: how a command ends, and what ends it."""

import gc
import signal
import threading
from collections.abc import Iterator

import pytest

from trailbell.command.interruption import Interruption


@pytest.fixture(autouse=True)
def _as_in_a_terminal() -> Iterator[None]:
    """A shell lets its background jobs ignore SIGINT, and Python ignores an exception that a signal
    raises in a callback of the garbage collector.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()
    yield
    gc.enable()
    signal.signal(signal.SIGINT, before)


def test_without_a_signal_the_exit_code_stays() -> None:
    exits: list[int] = []
    with Interruption(exit_=exits.append) as interruption:
        code = interruption.end(1)
    assert (code, exits) == (1, [])


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGINT, 130, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, id="SIGTERM"),
    ],
)
def test_a_signal_interrupts_and_becomes_the_exit_code(number: int, code: int) -> None:
    exits: list[int] = []
    with Interruption(exit_=exits.append) as interruption:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        ended = interruption.end(0)
    assert (ended, exits) == (code, [code])


def test_the_handlers_are_restored() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Interruption():
        pass
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_signal_that_the_process_was_started_to_ignore_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption() as interruption:
            signal.raise_signal(signal.SIGINT)
        assert interruption.number == 0
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_cleanup_that_takes_too_long_is_given_up(capfd: pytest.CaptureFixture[str]) -> None:
    exited = threading.Event()
    exits: list[int] = []

    def end(code: int) -> None:
        exits.append(code)
        exited.set()

    with Interruption(seconds=0.01, exit_=end):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        exited.wait(20)
    assert exits == [143]
    assert "AWS did not answer in time" in capfd.readouterr().err
