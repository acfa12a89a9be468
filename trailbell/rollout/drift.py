"""
What somebody changed by hand, in which accounts.

In:    an `Office`.
Out:   a `Drift`: for each resource and change, the pairs in which it is so.
Never: a change to any stack. CloudFormation looks; `apply` does not revert drift.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-drift.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from trailbell.aws.stack_set import Operation, Pair
from trailbell.rollout.failures import Failures, failures
from trailbell.rollout.follow import follow, settle
from trailbell.rollout.plan import Call, Do
from trailbell.rollout.session import Office
from trailbell.rollout.start_operation import start
from trailbell.rollout.ui import Voice

_SHOWN = 5


@dataclass(frozen=True, order=True)
class Changed:
    """One change of one resource. ``status`` is MODIFIED or DELETED; values are texts."""

    logical_id: str
    type: str
    status: str
    path: str = ""
    expected: str = ""
    actual: str = ""


@dataclass(frozen=True, kw_only=True)
class Drift:
    """``unknown`` are failures: stacks of which nobody knows."""

    set_name: str
    checked: int
    drifted: tuple[Pair, ...]
    changed: tuple[tuple[Changed, tuple[Pair, ...]], ...]
    unknown: Failures

    @property
    def well(self) -> bool:
        """Whether every stack was looked at, and is as it was deployed."""
        return not self.drifted and not self.unknown


def drift(desk: Office, voice: Voice) -> Drift:
    """Detect, wait, and read. Raises `AwsError`."""
    operation = _detected(desk, voice)
    instances = tuple(desk.set.instances())
    drifted = tuple(each.pair for each in instances if each.drift == "DRIFTED")
    found: dict[Changed, list[Pair]] = {}
    for pair in drifted:
        for each in _changes(desk, pair, operation.id):
            found.setdefault(each, []).append(pair)
    return Drift(
        set_name=desk.set.name,
        checked=len(instances),
        drifted=drifted,
        changed=tuple((each, tuple(found[each])) for each in sorted(found)),
        unknown=failures(desk, [operation]),
    )


def _detected(desk: Office, voice: Voice) -> Operation:
    """Drift is looked for in all stacks; the set knows its Regions."""
    settle(desk, voice)
    pacing = desk.rollout.waves[-1].pacing.request(())
    preferences = {key: value for key, value in pacing.items() if key != "RegionOrder"}
    call = Call(do=Do.DRIFT)
    id_ = start(desk, call, {"OperationPreferences": preferences}, voice)
    (operation,) = follow(desk, [id_], stage="drift", total=0, voice=voice)
    return operation


def _changes(desk: Office, pair: Pair, operation: str) -> Iterator[Changed]:
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
            yield Changed(*base, one["PropertyPath"], one["ExpectedValue"], one["ActualValue"])
        if not differences:
            yield Changed(*base)


def text(found: Drift) -> str:
    """For a terminal."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Drift) -> Iterator[str]:
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
