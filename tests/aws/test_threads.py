"""Calls side by side."""

import threading
import time

import pytest

from trailbell.aws.threads import run_concurrently
from trailbell.errors import AwsError


def test_results_are_in_the_order_of_the_calls() -> None:
    delays = [0.03, 0.0, 0.01]

    def wait(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    assert run_concurrently(lambda s=s: wait(s) for s in delays) == delays  # type: ignore[misc]  # a default as a closure


def test_no_call_has_no_result() -> None:
    assert run_concurrently([]) == []


@pytest.mark.parametrize("error", [AwsError("DescribeStacks", "no"), KeyboardInterrupt()])
def test_an_error_does_not_wait_for_a_call_without_a_response(error: BaseException) -> None:
    released, started = threading.Event(), threading.Event()
    late: list[str] = []

    def hang() -> None:
        started.set()
        released.wait(20)
        late.append("answered")

    def fail() -> None:
        started.wait(20)
        raise error

    try:
        with pytest.raises(type(error)):
            run_concurrently([hang, fail, lambda: None], workers=2)
        assert "answered" not in late
    finally:
        released.set()
