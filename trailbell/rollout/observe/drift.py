"""
Detect which stack instances were changed outside CloudFormation.

In:    the `Sessions` of a rollout.
Out:   a `DriftReport` for each StackSet: each difference, with the stack instances that have it.
Never: a change to a stack. Drift is only detected; `apply` does not revert it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-drift.html
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from trailbell.aws.stack_set import AccountRegion
from trailbell.errors import AwsError
from trailbell.rollout.apply.failures import Failures, read_failures
from trailbell.rollout.apply.follow import follow_stack_set_operation, wait_for_running_operations
from trailbell.rollout.apply.operation_outcome import Outcome, read_outcome
from trailbell.rollout.apply.start_operation import start_operation
from trailbell.rollout.apply.ui import RolloutUi
from trailbell.rollout.model.stage import PlannedOperation, StackSetApi
from trailbell.rollout.report.wording import format_locations
from trailbell.rollout.session import RolloutSession, Sessions
from trailbell.styled_text import Line, Part, Span, Style, as_lines, line, plain_text
from trailbell.wording import pluralize

_KNOWN_STATES = ("IN_SYNC", "DRIFTED")
"""What DriftStatus can say after a check. NOT_CHECKED and UNKNOWN are neither."""


@dataclass(frozen=True, order=True)
class DriftedProperty:
    """A difference of one resource. ``status`` is MODIFIED or DELETED."""

    logical_id: str
    type: str
    status: str
    path: str = ""
    expected: str = ""
    actual: str = ""


@dataclass(frozen=True, order=True)
class NotChecked:
    """A stack instance whose drift is not known, and why: a reason, or its drift status."""

    location: AccountRegion
    reason: str


@dataclass(frozen=True, kw_only=True)
class DriftReport:
    """Drift in all stack instances.

    ``unknown`` are the failures of the operation.
    """

    stack_set_name: str
    checked: int
    drifted: tuple[AccountRegion, ...]
    changes: tuple[tuple[DriftedProperty, tuple[AccountRegion, ...]], ...]
    unknown: Failures
    not_checked: tuple[NotChecked, ...] = ()

    @property
    def in_sync(self) -> bool:
        """Whether every stack instance was checked and none drifted."""
        return not self.drifted and not self.not_checked and not self.unknown


def detect_drift(sessions: Sessions, ui: RolloutUi) -> tuple[DriftReport, ...]:
    """Detect drift in each StackSet, in deployment order. Raises `AwsError`."""
    if len(sessions) == 1:
        return tuple(_detect_drift(session, ui, "drift") for session in sessions.values())
    return tuple(
        _detect_drift(session, ui, f"drift, {stack}")
        if session.stack_set.definition() is not None
        else _missing(session.stack_set.name)
        for stack, session in sessions.items()
    )


def _missing(name: str) -> DriftReport:
    """The report about one of several StackSets that does not exist yet."""
    unknown = Failures(unreadable=(f"StackSet {name} does not exist",))
    return DriftReport(stack_set_name=name, checked=0, drifted=(), changes=(), unknown=unknown)


def _detect_drift(session: RolloutSession, ui: RolloutUi, title: str) -> DriftReport:
    """Detect drift, wait for the operation, and read the differences."""
    outcome = _run_detection(session, ui, title)
    reasons = {
        result.location: result.reason or result.status
        for result in outcome.results
        if result.status != "SUCCEEDED"
    }
    states = {instance.location: instance.drift for instance in session.stack_set.instances()}
    for location, state in states.items():
        if state not in _KNOWN_STATES:
            reasons.setdefault(location, state or "no drift status")
    drifted = tuple(location for location, state in states.items() if state == "DRIFTED")
    by_change: dict[DriftedProperty, list[AccountRegion]] = {}
    for location in drifted:
        try:
            for change in _read_changes(session, location, outcome.operation.id):
                by_change.setdefault(change, []).append(location)
        except AwsError as error:
            reasons.setdefault(location, f"it drifted, and the differences are unknown: {error}")
    return DriftReport(
        stack_set_name=session.stack_set.name,
        checked=len((states.keys() - reasons.keys()) | set(drifted)),
        drifted=drifted,
        changes=tuple((change, tuple(by_change[change])) for change in sorted(by_change)),
        unknown=read_failures(session, [outcome]),
        not_checked=tuple(sorted(NotChecked(*entry) for entry in reasons.items())),
    )


def _run_detection(session: RolloutSession, ui: RolloutUi, title: str) -> Outcome:
    """Detect drift in all stack instances. The request has no RegionOrder: AWS uses all Regions."""
    wait_for_running_operations(session, ui)
    preferences = session.rollout.waves[-1].operation_preferences.request(())
    operation = PlannedOperation(api=StackSetApi.DETECT_DRIFT)
    request = {"OperationPreferences": preferences}
    id_ = start_operation(session, operation, request, uuid.uuid4().hex, ui)
    (ended,) = follow_stack_set_operation(session, [id_], stage=title, total=0, ui=ui)
    return read_outcome(session, operation, ended)


def _read_changes(
    session: RolloutSession, location: AccountRegion, operation_id: str
) -> Iterator[DriftedProperty]:
    pages = session.stack_set.pages(
        "ListStackInstanceResourceDrifts",
        StackInstanceAccount=location.account,
        StackInstanceRegion=location.region,
        OperationId=operation_id,
        StackInstanceResourceDriftStatuses=["MODIFIED", "DELETED"],
    )
    for drift in (summary for page in pages for summary in page["Summaries"]):
        resource = (
            drift["LogicalResourceId"],
            drift["ResourceType"],
            drift["StackResourceDriftStatus"],
        )
        differences = drift.get("PropertyDifferences") or []
        for difference in differences:
            yield DriftedProperty(
                *resource,
                difference.get("PropertyPath", ""),
                difference.get("ExpectedValue", ""),
                difference.get("ActualValue", ""),
            )
        if not differences:
            yield DriftedProperty(*resource)


def to_text(reports: Sequence[DriftReport]) -> str:
    """Format the reports as text."""
    return plain_text(to_lines(reports)) + "\n"


def to_lines(reports: Sequence[DriftReport]) -> Iterator[Line]:
    """Format the reports as lines for a terminal."""
    return as_lines(text for report in reports for text in _lines(report))


def to_data(reports: Sequence[DriftReport]) -> dict[str, Any]:
    """The reports as JSON values. The members of the only one are also those of the rollout."""
    stack_sets = [asdict(report) for report in reports]
    return (stack_sets[0] if len(stack_sets) == 1 else {}) | {"stack_sets": stack_sets}


def _lines(report: DriftReport) -> Iterator[str | Line]:
    not_checked = len(report.not_checked)
    yield (
        f"StackSet {report.stack_set_name}: {len(report.drifted):,} of "
        f"{pluralize(report.checked, 'stack instance')} drifted"
        + (f", {not_checked:,} not checked" if not_checked else "")
    )
    for change, locations in report.changes:
        expected, actual = Span(change.expected, Style.REMOVED), Span(change.actual, Style.ADDED)
        difference: tuple[Part, ...] = (
            (f"{change.path}: ", expected, " → ", actual)
            if change.path
            else (change.status.lower(),)
        )
        yield line(f"  {change.logical_id} ({change.type}) ", *difference)
        yield f"    in {format_locations(locations)}"
    by_reason: dict[str, list[AccountRegion]] = {}
    for instance in report.not_checked:
        by_reason.setdefault(instance.reason, []).append(instance.location)
    for reason, affected in sorted(by_reason.items(), key=lambda entry: -len(entry[1])):
        yield f"  not checked: {format_locations(affected, 20)}: {reason}"
    for reason in report.unknown.unreadable:
        yield f"  the results could not be read: {reason}"
