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
def expected() -> list[tuple[Finding, ...]]:
    """The findings of one process."""
    with Linting(_REGIONS, 1) as lint:
        return _results(lint)


@pytest.fixture
def two_workers() -> Iterator[Linting]:
    with Linting(_REGIONS, 2) as lint:
        yield lint


def _pids(lint: Linting) -> list[int]:
    return [worker._process.pid or 0 for worker in lint._workers]


def test_one_process_finds_problems(expected: list[tuple[Finding, ...]]) -> None:
    assert [[finding.rule for finding in findings] for findings in expected] == [
        *(["E3001"], ["E3006"], [], ["E3001"], [], ["E3006"], ["E3001"]),
    ]


def test_two_processes_find_the_same_in_the_same_order(
    two_workers: Linting, expected: list[tuple[Finding, ...]]
) -> None:
    assert _results(two_workers) == expected


def test_results_can_be_read_in_any_order(
    two_workers: Linting, expected: list[tuple[Finding, ...]]
) -> None:
    numbers = [two_workers.submit(job) for job in _JOBS]
    assert [two_workers.result(number).findings for number in reversed(numbers)] == expected[::-1]


def test_a_killed_worker_loses_no_result(
    two_workers: Linting, expected: list[tuple[Finding, ...]]
) -> None:
    first = two_workers.submit(_JOBS[0])
    for pid in _pids(two_workers):
        os.kill(pid, signal.SIGKILL)
    rest = [two_workers.submit(job) for job in _JOBS[1:]]
    assert [two_workers.result(number).findings for number in (first, *rest)] == expected


def test_without_workers_the_main_process_lints(
    monkeypatch: pytest.MonkeyPatch, expected: list[tuple[Finding, ...]]
) -> None:
    def fail(_: tuple[str, ...]) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(linting, "_Worker", fail)
    with Linting(_REGIONS, 2) as lint:
        assert (_results(lint), lint._workers) == (expected, [])


def test_all_workers_end() -> None:
    with Linting(_REGIONS, 2) as lint:
        _results(lint)
        processes = [worker._process for worker in lint._workers]
    for process in processes:
        process.join(10)
    assert (len(processes) > 0, [process.is_alive() for process in processes]) == (
        True,
        [False] * len(processes),
    )


def test_one_template_starts_one_worker(two_workers: Linting) -> None:
    two_workers.result(two_workers.submit(_JOBS[0]))
    assert len(two_workers._workers) == 1
