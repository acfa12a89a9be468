"""
Detect which stack instances were changed outside CloudFormation.

In:    a `RolloutSession`.
Out:   a `DriftReport`: each difference, with the stack instances that have it.
Never: a change to a stack. Drift is only detected; `trailbell.rollout.apply` does not revert it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-drift.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from trailbell.aws.stack_set import AccountRegion, StackSetOperation
from trailbell.rollout.failures import Failures, read_failures
from trailbell.rollout.follow import follow_stack_set_operation, wait_for_running_operations
from trailbell.rollout.plan import PlannedOperation, StackSetApi
from trailbell.rollout.session import RolloutSession
from trailbell.rollout.start_operation import start_operation
from trailbell.rollout.ui import RolloutUi
from trailbell.rollout.wording import format_locations
from trailbell.wording import pluralize


@dataclass(frozen=True, order=True)
class DriftedProperty:
    """A difference of one resource. ``status`` is MODIFIED or DELETED."""

    logical_id: str
    type: str
    status: str
    path: str = ""
    expected: str = ""
    actual: str = ""


@dataclass(frozen=True, kw_only=True)
class DriftReport:
    """Drift in all stack instances. ``unknown`` are those in which detection failed."""

    stack_set_name: str
    checked: int
    drifted: tuple[AccountRegion, ...]
    changes: tuple[tuple[DriftedProperty, tuple[AccountRegion, ...]], ...]
    unknown: Failures

    @property
    def in_sync(self) -> bool:
        """Whether every stack instance was checked and none drifted."""
        return not self.drifted and not self.unknown


def detect_drift(session: RolloutSession, ui: RolloutUi) -> DriftReport:
    """Detect drift, wait for the operation, and read the differences. Raises `AwsError`."""
    operation = _run_detection(session, ui)
    instances = tuple(session.stack_set.instances())
    drifted = tuple(instance.location for instance in instances if instance.drift == "DRIFTED")
    by_change: dict[DriftedProperty, list[AccountRegion]] = {}
    for location in drifted:
        for change in _read_changes(session, location, operation.id):
            by_change.setdefault(change, []).append(location)
    return DriftReport(
        stack_set_name=session.stack_set.name,
        checked=len(instances),
        drifted=drifted,
        changes=tuple((change, tuple(by_change[change])) for change in sorted(by_change)),
        unknown=read_failures(session, [operation]),
    )


def _run_detection(session: RolloutSession, ui: RolloutUi) -> StackSetOperation:
    """Detect drift in all stack instances. The request has no RegionOrder: AWS uses all Regions."""
    wait_for_running_operations(session, ui)
    preferences = session.rollout.waves[-1].operation_preferences.request(())
    del preferences["RegionOrder"]
    operation = PlannedOperation(api=StackSetApi.DETECT_DRIFT)
    id_ = start_operation(session, operation, {"OperationPreferences": preferences}, ui)
    (result,) = follow_stack_set_operation(session, [id_], stage="drift", total=0, ui=ui)
    return result


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
                difference["PropertyPath"],
                difference["ExpectedValue"],
                difference["ActualValue"],
            )
        if not differences:
            yield DriftedProperty(*resource)


def to_text(report: DriftReport) -> str:
    """Format the report for a terminal."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: DriftReport) -> Iterator[str]:
    yield (
        f"StackSet {report.stack_set_name}: {len(report.drifted):,} of "
        f"{pluralize(report.checked, 'stack instance')} drifted"
    )
    for change, locations in report.changes:
        difference = (
            f"{change.path}: {change.expected} → {change.actual}"
            if change.path
            else change.status.lower()
        )
        yield f"  {change.logical_id} ({change.type}) {difference}"
        yield f"    in {format_locations(locations)}"
    for failure in report.unknown.failed:
        yield f"  not checked: {format_locations([failure.location])}: {failure.reason}"
    if report.unknown.canceled:
        yield f"  {report.unknown.canceled:,} more were not checked"
