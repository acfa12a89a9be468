"""cfn-lint in several processes: the same findings, whatever happens to the processes."""

import os
import signal
from collections.abc import Iterator

import pytest

from trailbell.compiler import render
from trailbell.validate import linting
from trailbell.validate.finding import Finding
from trailbell.validate.linting import Job, Linting

_REGIONS = ("us-east-1",)


def _job(number: int) -> Job:
    name = f"T{number}" if number % 3 else "_"
    document = {"Resources": {name: {"Type": "AWS::SNS::Topic" + "x" * (number % 2)}}}
    return Job(f"stack-{number}", document, render.to_yaml(document))


_JOBS = [_job(number) for number in range(7)]


def _results(lint: Linting) -> list[tuple[Finding, ...]]:
    numbers = [lint.submit(job) for job in _JOBS]
    return [lint.result(number).findings for number in numbers]


@pytest.fixture(scope="module")
def alone() -> list[tuple[Finding, ...]]:
    """What one process finds."""
    with Linting(_REGIONS, 1) as lint:
        return _results(lint)


@pytest.fixture
def two() -> Iterator[Linting]:
    with Linting(_REGIONS, 2) as lint:
        yield lint


def _pids(lint: Linting) -> list[int]:
    return [worker._process.pid or 0 for worker in lint._workers]


def test_there_is_something_to_find(alone: list[tuple[Finding, ...]]) -> None:
    assert [[finding.rule for finding in found] for found in alone] == [
        *(["E3001"], ["E3006"], [], ["E3001"], [], ["E3006"], ["E3001"]),
    ]


def test_two_processes_find_the_same_in_the_same_order(
    two: Linting, alone: list[tuple[Finding, ...]]
) -> None:
    assert _results(two) == alone


def test_results_may_be_asked_for_in_any_order(
    two: Linting, alone: list[tuple[Finding, ...]]
) -> None:
    numbers = [two.submit(job) for job in _JOBS]
    assert [two.result(number).findings for number in reversed(numbers)] == alone[::-1]


def test_a_process_that_is_killed_costs_nothing(
    two: Linting, alone: list[tuple[Finding, ...]]
) -> None:
    first = two.submit(_JOBS[0])
    for pid in _pids(two):
        os.kill(pid, signal.SIGKILL)
    rest = [two.submit(job) for job in _JOBS[1:]]
    assert [two.result(number).findings for number in (first, *rest)] == alone


def test_where_no_process_can_be_started_it_is_done_here(
    monkeypatch: pytest.MonkeyPatch, alone: list[tuple[Finding, ...]]
) -> None:
    def refused(_: tuple[str, ...]) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(linting, "_Worker", refused)
    with Linting(_REGIONS, 2) as lint:
        assert (_results(lint), lint._workers) == (alone, [])


def test_no_process_is_left() -> None:
    with Linting(_REGIONS, 2) as lint:
        _results(lint)
        processes = [worker._process for worker in lint._workers]
    for process in processes:
        process.join(10)
    assert (len(processes) > 0, [process.is_alive() for process in processes]) == (
        True,
        [False] * len(processes),
    )


def test_one_template_keeps_one_process_busy_and_no_second_is_started(two: Linting) -> None:
    two.result(two.submit(_JOBS[0]))
    assert len(two._workers) == 1
