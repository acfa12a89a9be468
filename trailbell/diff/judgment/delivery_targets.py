"""
What a change of the targets of a rule means: who receives events before, and who after.

In:    the change of a rule.
Out:   a sentence for each target that is removed, and for each one that receives less or less
       surely.
Never: a sentence about the words of a message.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.judgment.evaluated_template import EvaluatedTemplate, describe, logical_id
from trailbell.diff.judgment.notifications import describe_target
from trailbell.diff.judgment.resource_diff import ResourceDiff, as_list, as_number

Target = Mapping[str, Any]
_MAX_NAMED = 5

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html
_RETRIES: Mapping[str, tuple[float, str]] = {
    "MaximumEventAgeInSeconds": (86_400, "seconds"),
    "MaximumRetryAttempts": (185, "attempts"),
}


def targets_of(properties: Mapping[str, Any]) -> list[Target]:
    """The targets of a rule."""
    return [target for target in as_list(properties.get("Targets")) if isinstance(target, Mapping)]


def find_lost_delivery(diff: ResourceDiff) -> Iterator[str]:
    """Compare the targets. A target with the same ARN is the same, whatever its Id."""
    old, new = targets_of(diff.before), targets_of(diff.after)
    pairs = [(target, _counterpart(target, new)) for target in old]
    lost = [target for target, other in pairs if other is None]
    gained = [target for target in new if _counterpart(target, old) is None]
    if lost and gained:
        yield (
            f"Events go to {_describe_all(diff.new, gained)} instead of "
            f"{_describe_all(diff.old, lost)}."
        )
    elif lost:
        rest = "" if new else ": no target receives events"
        yield f"Events are no longer sent to {_describe_all(diff.old, lost)}{rest}."
    for target, other in pairs:
        if other is not None and other != target:
            name = describe(target.get("Arn"))
            yield from _message_gaps(name, target, other)
            yield from _delivery_gaps(name, target, other)


def _counterpart(target: Target, others: list[Target]) -> Target | None:
    """The target with the same ARN, preferably with the same Id."""
    same = [other for other in others if other.get("Arn") == target.get("Arn")]
    return next((o for o in same if o.get("Id") == target.get("Id")), same[0] if same else None)


def _describe_all(template: EvaluatedTemplate, targets: list[Target]) -> str:
    return " and ".join(
        dict.fromkeys(describe_target(template, target.get("Arn")) for target in targets)
    )


def _message_gaps(name: str, old: Target, new: Target) -> Iterator[str]:
    """Find fields of the event that messages no longer have.

    A target without an input receives the whole event.
    """
    had, has = _fields(old), _fields(new)
    if has is None:
        return
    if had is None:
        yield f"Messages to {name} have {_enumerate(has)} instead of the whole event."
        return
    missing = [field for field in had if not any(_contains(other, field) for other in has)]
    if missing:
        yield f"Messages to {name} no longer have {_enumerate(missing)}."


_WHOLE_EVENT = "$"
_DRILL = "$.detail.drill"


def _fields(target: Target) -> list[str] | None:
    """The paths of an event that a message has; None for the whole event."""
    if "Input" in target:
        return []
    if "InputPath" in target:
        path = str(target["InputPath"])
        return None if path == _WHOLE_EVENT else [path]
    transformer = target.get("InputTransformer")
    if not isinstance(transformer, Mapping):
        return None
    template = str(transformer.get("InputTemplate"))
    if "<aws.events.event.json>" in template:
        return None
    paths = transformer.get("InputPathsMap")
    declared = paths if isinstance(paths, Mapping) else {}
    used = [str(path) for name, path in declared.items() if f"<{name}>" in template]
    return None if _WHOLE_EVENT in used else [path for path in used if path != _DRILL]


def _contains(outer: str, inner: str) -> bool:
    return inner == outer or inner.startswith((f"{outer}.", f"{outer}["))


def _enumerate(paths: list[str]) -> str:
    """Fields as a person reads them: ``userIdentity.arn`` for ``$.detail.userIdentity.arn``."""
    names = [path.removeprefix("$.").removeprefix("detail.") for path in dict.fromkeys(paths)]
    more = len(names) - _MAX_NAMED
    shown = ", ".join(names[:_MAX_NAMED]) or "no field of the event"
    return f"{shown} and {more} more" if more > 0 else shown


def _delivery_gaps(name: str, old: Target, new: Target) -> Iterator[str]:
    """Find what makes the delivery less sure: queue, retries, role."""
    queue, other = (_member(target, "DeadLetterConfig", "Arn") for target in (old, new))
    if queue is not None and other != queue:
        kept = "lost" if other is None else f"kept in {_queue_name(other)}"
        yield (
            f"Events that cannot be delivered to {name} are {kept} instead of kept in "
            f"{_queue_name(queue)}."
        )
    for setting, (default, unit) in _RETRIES.items():
        before, after = (as_number(_member(t, "RetryPolicy", setting, default)) for t in (old, new))
        if before is not None and after is not None and after < before:
            yield (
                f"EventBridge retries the delivery to {name} for {after:g} {unit} instead of "
                f"{before:g}."
            )
    if old.get("RoleArn") != new.get("RoleArn"):
        yield (
            f"The role that sends events to {name} is {describe(new.get('RoleArn'))} instead of "
            f"{describe(old.get('RoleArn'))}."
        )


def _queue_name(arn: Any) -> str:
    return logical_id(arn) or describe(arn)


def _member(target: Target, name: str, member: str, default: Any = None) -> Any:
    values = target.get(name)
    return values.get(member, default) if isinstance(values, Mapping) else default
