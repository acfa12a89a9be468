"""Which events belong to an operation, and when it has ended."""

import pytest

from tests.deploy.conftest import Deployer
from tests.deploy.fake import ApiError, Ev, Fake, success
from trailbell.aws import stack_events
from trailbell.deploy.delete_stack import start_when_idle
from trailbell.errors import OperationInProgressError

_OURS, _THEIRS = "our request", "their request"


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        pytest.param(_THEIRS, ["ROLL"], id="another request ended the operation before"),
        pytest.param("", ["ROLL"], id="the operation before had no token"),
        pytest.param(_OURS, ["OLD", "ROLL"], id="it is one operation"),
    ],
)
def test_the_last_operation_has_the_events_of_one_request(
    deployer: Deployer, fake: Fake, earlier: str, expected: list[str]
) -> None:
    """A continued rollback is an operation of its own, after a failed update."""
    stack = fake.put("alerts", "UPDATE_ROLLBACK_IN_PROGRESS")
    stack.token = earlier
    fake._event(stack, Ev("UPDATE_FAILED", "OLD"))
    stack.token = _OURS
    fake._event(stack, Ev("UPDATE_IN_PROGRESS", "ROLL"))
    last = stack_events.last_operation(deployer.session.cloud, stack.id)
    assert [event.logical_id for event in last.events] == expected


def test_without_tokens_the_last_operation_goes_back_to_its_start(
    deployer: Deployer, fake: Fake
) -> None:
    stack = fake.put("alerts", "UPDATE_ROLLBACK_IN_PROGRESS")
    fake._event(stack, Ev("CREATE_COMPLETE"))
    fake._event(stack, Ev("UPDATE_IN_PROGRESS"))
    fake._event(stack, Ev("UPDATE_FAILED", "A"))
    last = stack_events.last_operation(deployer.session.cloud, stack.id)
    assert [event.status for event in last.events] == ["UPDATE_IN_PROGRESS", "UPDATE_FAILED"]


def test_a_stack_that_is_missing_in_one_read_is_not_gone(deployer: Deployer, fake: Fake) -> None:
    """DescribeStacks is eventually consistent: a stack may be missing right after a write."""
    stack = fake.put("alerts", "CREATE_COMPLETE")
    known = stack_events.latest_event_ids(deployer.session.cloud, stack.id)
    fake._begin(stack, _OURS, success("UPDATE"))

    def miss() -> None:
        raise ApiError("ValidationError", "Stack with id alerts does not exist")

    fake.hooks["DescribeStacks"] = miss
    ended = stack_events.follow_operation(
        deployer.session.cloud,
        stack.id,
        known=known,
        token=_OURS,
        on_event=lambda _: None,
        poller=deployer.session.poller,
    )
    assert (ended.succeeded, ended.state) == (True, "UPDATE_COMPLETE")


@pytest.mark.parametrize(("busy", "attempts"), [(2, 3), (3, 3)], ids=["twice", "again and again"])
def test_an_operation_starts_after_those_of_others_but_not_for_ever(
    deployer: Deployer, fake: Fake, busy: int, attempts: int
) -> None:
    stack = fake.put("alerts", "CREATE_COMPLETE")
    current = deployer.session.cloud.stack(stack.id)
    assert current is not None
    calls: list[int] = []

    def start() -> None:
        calls.append(1)
        if len(calls) <= busy:
            raise OperationInProgressError("DeleteStack", "busy")

    if busy < attempts:
        start_when_idle(deployer.session, current, start, deployer.ui)
    else:
        with pytest.raises(OperationInProgressError):
            start_when_idle(deployer.session, current, start, deployer.ui)
    assert len(calls) == attempts


def test_findings_on_a_change_set_are_read_without_a_filter(deployer: Deployer, fake: Fake) -> None:
    """Unsure: whether "only returns failed events" (EventFilter) leaves out what only warns."""
    arn = fake.review("alerts", "trailbell-run-1").id
    warning = {
        "EventId": "1",
        "EventType": "VALIDATION_ERROR",
        "ValidationStatus": "FAILED",
        "ValidationFailureMode": "WARN",
        "Timestamp": "2026-01-01T00:00:00Z",
    }
    progress = {
        "EventId": "2",
        "EventType": "PROGRESS_EVENT",
        "Timestamp": "2026-01-01T00:00:00Z",
    }
    fake.failed_events = [warning, progress]
    events = deployer.session.cloud.operation_events(ChangeSetName=arn)
    assert [event.id for event in events] == ["1"]
    assert fake.asked("DescribeEvents") == [{"ChangeSetName": arn}]
