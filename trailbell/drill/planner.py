"""
Plan a drill of a detection.

In:    a session, the stacks of ``dist/`` with their settings, a detection, what was requested.
Out:   a `DrillPlan` of every path that is deployed and can notify.
Never: an effect. What cannot be drilled is a note of the plan, or `PreconditionError` if nothing
       can, or if it was requested.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from trailbell.catalog.detection import Detection
from trailbell.catalog.event_rule import reason_without_rule
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.drill.alarm_part import plan_alarm_part
from trailbell.drill.deployed_detection import DeployedDetection, read_deployed
from trailbell.drill.plan import DrillPath, DrillPlan, Part
from trailbell.drill.rule_part import merge_rule_parts, plan_rule_part
from trailbell.drill.sample_event import Marking
from trailbell.errors import PreconditionError


@dataclass(frozen=True, kw_only=True)
class DrillRequest:
    """What was requested. No path: every path that is deployed."""

    run: str
    at: datetime
    paths: frozenset[DrillPath] = frozenset()
    is_announced: bool = True
    timeout_minutes: int = 15


def build_plan(
    session: DeploySession,
    targets: Sequence[StackToDeploy],
    detection: Detection,
    request: DrillRequest,
) -> DrillPlan:
    """Read what is deployed, and plan. Raises `PreconditionError`, and `AwsError`."""
    deployed = read_deployed(session, targets, detection)
    parts: list[Part] = []
    blocked: list[PreconditionError] = []
    for plan_part in _planners(session, deployed, detection, request):
        try:
            parts.append(_with_subscribers(plan_part()))
        except PreconditionError as error:
            blocked.append(error)
    missing = request.paths - {part.path for part in parts}
    if missing or not parts:
        raise blocked[0] if blocked else _not_deployed(deployed, detection, missing)
    return DrillPlan(
        run=request.run,
        detection=detection.id,
        title=detection.title,
        account=session.identity.account,
        region=session.region,
        parts=merge_rule_parts(parts),
        is_announced=request.is_announced,
        timeout_minutes=request.timeout_minutes,
        notes=tuple(f"Left out: {error}".replace("\n ", "") for error in blocked),
    )


def _planners(
    session: DeploySession,
    deployed: Sequence[DeployedDetection],
    detection: Detection,
    request: DrillRequest,
) -> Iterator[Callable[[], Part]]:
    """A function for each deployed path that was requested."""
    for each in deployed:
        marking = Marking(
            run=request.run,
            at=request.at,
            values=each.values,
            account=session.identity.account,
            region=session.region,
        )
        arguments = session, each, detection, marking
        if each.alarm and _is_requested(request, DrillPath.ALARM):
            yield partial(plan_alarm_part, *arguments)
        for rule in each.rules if _is_requested(request, DrillPath.REALTIME) else ():
            yield partial(plan_rule_part, *arguments, rule)


def _is_requested(request: DrillRequest, path: DrillPath) -> bool:
    return not request.paths or path in request.paths


def _with_subscribers(part: Part) -> Part:
    """Return a part whose topics notify at least one subscriber, else raise."""
    if any(topic.confirmed for topic in part.topics):
        return part
    pending = [each.endpoint for topic in part.topics for each in topic.subscribers]
    names = " and ".join(topic.name for topic in part.topics) or "no topic"
    if pending:
        reason = f"No subscription of {names} is confirmed, so no one would be notified."
        hint = f"Open the link in the message that SNS sent to {', '.join(dict.fromkeys(pending))}."
    else:
        reason = f"No one is subscribed to {names}, so no one would be notified."
        hint = (
            "Set NotificationEmail or an endpoint of the stack that has the topic and deploy it, "
            "or subscribe with: aws sns subscribe"
        )
    raise PreconditionError(f"stack {part.stack} ({part.path} path)", reason, hint)


def _not_deployed(
    deployed: Sequence[DeployedDetection], detection: Detection, missing: frozenset[DrillPath]
) -> PreconditionError:
    stacks = ", ".join(each.stack for each in deployed)
    paths = " or ".join(sorted(missing))
    reason = reason_without_rule(detection) if DrillPath.REALTIME in missing else ""
    why = f": {reason}" if reason else ""
    return PreconditionError(
        f"detection {detection.id}",
        f"The deployed stack {stacks} has no {paths} path for it{why}.",
        "Leave out --path to drill what is deployed.",
    )
