"""The root cause of a failed operation: never a failure of an earlier one."""

from tests.deploy.conftest import Deployer
from tests.deploy.fake import Ev, Fake, FakeStack, Fault, Frame
from trailbell.aws import stack_events
from trailbell.aws.event import Event
from trailbell.aws.root_cause import RootCause, find_root_cause

_NESTED_TYPE = "AWS::CloudFormation::Stack"
_OURS, _THEIRS = "our request", "their request"


def _failing(nested: FakeStack) -> list[Frame]:
    embedded = Ev(
        "UPDATE_FAILED",
        "Nested",
        "Embedded stack was not updated",
        _NESTED_TYPE,
        physical_id=nested.id,
    )
    return [
        Frame("UPDATE_IN_PROGRESS", (Ev("UPDATE_IN_PROGRESS"), embedded)),
        Frame("UPDATE_ROLLBACK_COMPLETE", (Ev("UPDATE_ROLLBACK_COMPLETE"),)),
    ]


def _event_now(fake: Fake, stack: FakeStack, ev: Ev) -> None:
    """Add an event after the start of the operation that the test begins next."""
    fake.count += 100
    fake._event(stack, ev)
    fake.count -= 100


def _followed(deployer: Deployer, fake: Fake, frames: list[Frame]) -> RootCause | None:
    stack = fake.stacks["alerts"]
    known = stack_events.latest_event_ids(deployer.session.cloud, stack.id)
    fake._begin(stack, _OURS, frames)
    shown: list[Event] = []
    ended = stack_events.follow_operation(
        deployer.session.cloud,
        stack.id,
        known=known,
        token=_OURS,
        on_event=shown.append,
        poller=deployer.session.poller,
    )
    assert tuple(shown) == ended.events
    return find_root_cause(deployer.session.cloud, stack.id, ended.events, {}, "alerts")


def test_an_older_failure_of_a_nested_stack_is_not_the_cause(
    deployer: Deployer, fake: Fake
) -> None:
    nested = fake.put("alerts-Nested-1", "UPDATE_ROLLBACK_COMPLETE")
    fake._event(nested, Ev("UPDATE_FAILED", "Old", "two weeks ago"))
    fake.put("alerts", "CREATE_COMPLETE")
    _event_now(fake, nested, Ev("UPDATE_FAILED", "New", "Access Denied"))
    cause = _followed(deployer, fake, _failing(nested))
    assert cause == RootCause(
        logical_id="New",
        type="AWS::SNS::Topic",
        reason="Access Denied",
        stack=nested.id,
        hint="The deployer lacks a permission. List the required ones with: "
        "trailbell permissions alerts",
    )


def test_a_nested_stack_without_a_failure_in_this_operation_leaves_the_cause_to_its_parent(
    deployer: Deployer, fake: Fake
) -> None:
    nested = fake.put("alerts-Nested-1", "UPDATE_ROLLBACK_COMPLETE")
    fake._event(nested, Ev("UPDATE_FAILED", "Old", "two weeks ago"))
    fake.put("alerts", "CREATE_COMPLETE")
    cause = _followed(deployer, fake, _failing(nested))
    assert cause is not None
    assert (cause.logical_id, cause.reason) == ("Nested", "Embedded stack was not updated")


def test_a_nested_stack_that_cannot_be_read_leaves_the_cause_to_its_parent(
    deployer: Deployer, fake: Fake
) -> None:
    nested = fake.put("alerts-Nested-1", "UPDATE_ROLLBACK_COMPLETE")
    stack = fake.put("alerts", "CREATE_COMPLETE")
    known = stack_events.latest_event_ids(deployer.session.cloud, stack.id)
    fake._begin(stack, "t", _failing(nested))
    events = deployer.session.cloud.events(stack.id, lambda event: event.id in known)
    fake.fault("DescribeStackEvents", Fault.DENIED)
    cause = find_root_cause(deployer.session.cloud, stack.id, events, {})
    assert cause is not None
    assert cause.logical_id == "Nested"


def test_late_events_of_an_earlier_operation_are_neither_shown_nor_the_cause(
    deployer: Deployer, fake: Fake
) -> None:
    stack = fake.put("alerts", "UPDATE_COMPLETE", token=_THEIRS)
    known = stack_events.latest_event_ids(deployer.session.cloud, stack.id)
    fake._event(stack, Ev("UPDATE_FAILED", "Old", "their failure"))
    failed = Ev("UPDATE_FAILED", "A", "our failure")
    fake._begin(
        stack,
        _OURS,
        [
            Frame("UPDATE_IN_PROGRESS", (Ev("UPDATE_IN_PROGRESS"), failed)),
            Frame("UPDATE_ROLLBACK_COMPLETE", (Ev("UPDATE_ROLLBACK_COMPLETE"),)),
        ],
    )
    shown: list[Event] = []
    ended = stack_events.follow_operation(
        deployer.session.cloud,
        stack.id,
        known=known,
        token=_OURS,
        on_event=shown.append,
        poller=deployer.session.poller,
    )
    cause = find_root_cause(deployer.session.cloud, stack.id, ended.events, {})
    assert [event.logical_id for event in shown] == ["alerts", "A", "alerts"]
    assert cause is not None
    assert cause.reason == "our failure"
