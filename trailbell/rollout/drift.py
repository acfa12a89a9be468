"""
What somebody changed by hand, in which accounts.

In:    an `RolloutSession`.
Out:   a `DriftReport`: for each resource and change, the pairs in which it is so.
Never: a change to any stack. CloudFormation looks; `apply` does not revert drift.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-drift.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from trailbell.aws.stack_set import AccountRegion, StackSetOperation
from trailbell.rollout.failures import Failures, failures
from trailbell.rollout.follow import follow_stack_set_operation, wait_for_running_operations
from trailbell.rollout.plan import PlannedOperation, StackSetApi
from trailbell.rollout.session import RolloutSession
from trailbell.rollout.start_operation import start_operation
from trailbell.rollout.ui import RolloutUi

_SHOWN = 5


@dataclass(frozen=True, order=True)
class DriftedProperty:
    """One change of one resource. ``status`` is MODIFIED or DELETED; values are texts."""

    logical_id: str
    type: str
    status: str
    path: str = ""
    expected: str = ""
    actual: str = ""


@dataclass(frozen=True, kw_only=True)
class DriftReport:
    """``unknown`` are failures: stacks of which nobody knows."""

    set_name: str
    checked: int
    drifted: tuple[AccountRegion, ...]
    changed: tuple[tuple[DriftedProperty, tuple[AccountRegion, ...]], ...]
    unknown: Failures

    @property
    def in_sync(self) -> bool:
        """Whether every stack was looked at, and is as it was deployed."""
        return not self.drifted and not self.unknown


def drift(desk: RolloutSession, voice: RolloutUi) -> DriftReport:
    """Detect, wait, and read. Raises `AwsError`."""
    operation = _detected(desk, voice)
    instances = tuple(desk.set.instances())
    drifted = tuple(each.location for each in instances if each.drift == "DRIFTED")
    found: dict[DriftedProperty, list[AccountRegion]] = {}
    for pair in drifted:
        for each in _changes(desk, pair, operation.id):
            found.setdefault(each, []).append(pair)
    return DriftReport(
        set_name=desk.set.name,
        checked=len(instances),
        drifted=drifted,
        changed=tuple((each, tuple(found[each])) for each in sorted(found)),
        unknown=failures(desk, [operation]),
    )


def _detected(desk: RolloutSession, voice: RolloutUi) -> StackSetOperation:
    """Drift is looked for in all stacks; the set knows its Regions."""
    wait_for_running_operations(desk, voice)
    pacing = desk.rollout.waves[-1].operation_preferences.request(())
    preferences = {key: value for key, value in pacing.items() if key != "RegionOrder"}
    call = PlannedOperation(do=StackSetApi.DRIFT)
    id_ = start_operation(desk, call, {"OperationPreferences": preferences}, voice)
    (operation,) = follow_stack_set_operation(desk, [id_], stage="drift", total=0, voice=voice)
    return operation


def _changes(
    desk: RolloutSession, pair: AccountRegion, operation: str
) -> Iterator[DriftedProperty]:
    pages = desk.set.pages(
        "ListStackInstanceResourceDrifts",
        StackInstanceAccount=pair.account,
        StackInstanceRegion=pair.region,
        OperationId=operation,
        StackInstanceResourceDriftStatuses=["MODIFIED", "DELETED"],
    )
    for each in (summary for page in pages for summary in page["Summaries"]):
        base = (each["LogicalResourceId"], each["ResourceType"], each["StackResourceDriftStatus"])
        differences = each.get("PropertyDifferences") or []
        for one in differences:
            yield DriftedProperty(
                *base, one["PropertyPath"], one["ExpectedValue"], one["ActualValue"]
            )
        if not differences:
            yield DriftedProperty(*base)


def text(found: DriftReport) -> str:
    """For a terminal."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: DriftReport) -> Iterator[str]:
    yield f"set {found.set_name}: {len(found.drifted):,} of {found.checked:,} stacks drifted"
    for each, pairs in found.changed:
        what = f"{each.path}: {each.expected} → {each.actual}" if each.path else each.status.lower()
        where = ", ".join(f"{pair.account} {pair.region}" for pair in pairs[:_SHOWN])
        more = f" and {len(pairs) - _SHOWN:,} more" if len(pairs) > _SHOWN else ""
        yield f"  {each.logical_id} ({each.type}) {what}"
        yield f"    in {where}{more}"
    for failure in found.unknown.failed:
        yield f"  not known: {failure.pair.account} {failure.pair.region}: {failure.reason}"
    if found.unknown.cancelled:
        yield f"  {found.unknown.cancelled:,} more were not looked at"
