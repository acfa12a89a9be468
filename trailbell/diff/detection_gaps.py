"""
What a change means for watching: where an attacker would have a moment unseen.

In:    two templates and the changes between them.
Out:   an `Impact` for each gap: filters, alarms, topics, the trail.
Never: a gap for a change that keeps watching. UpdateTrail needs no pause, so a trail that
       merely changes has none:
       https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.diff.model import ChangeAction, Impact, Replacement, ResourceChange, Risk
from trailbell.template import Template
from trailbell.template.paths import to_text
from trailbell.template.resources import properties, resources


@dataclass(frozen=True)
class _ResourceDiff:
    """A change, with the properties before and after; empty where there is no resource."""

    change: ResourceChange
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def removed(self) -> bool:
        return self.change.action is ChangeAction.REMOVE

    @property
    def replaced(self) -> str:
        """``replaced``, ``perhaps replaced``, or nothing."""
        match self.change.replacement:
            case Replacement.YES:
                return "replaced"
            case Replacement.MAYBE:
                return "perhaps replaced"
            case Replacement.NO:
                return ""

    def turned_off(self, name: str) -> bool:
        """Whether a switch that was on no longer is."""
        return _on(self.before.get(name)) and not _on(self.after.get(name))

    def lost(self, name: str) -> list[str]:
        """Entries of a list that are gone, if it is shorter now; one for another is no loss."""
        if len(_list(self.after.get(name))) >= len(_list(self.before.get(name))):
            return []
        now = [to_text(entry) for entry in _list(self.after.get(name))]
        return [text for text in map(to_text, _list(self.before.get(name))) if text not in now]


def _on(value: Any) -> bool:
    return value is True or value == "true"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def effects(
    before: Template, after: Template, changes: tuple[ResourceChange, ...]
) -> Iterator[Impact]:
    """The gaps that these changes open, in their order."""
    old, new = resources(before), resources(after)
    for change in changes:
        if change.logical_id not in old or change.type not in _CHECKS:
            continue
        seen = _ResourceDiff(
            change,
            properties(old[change.logical_id]),
            properties(new.get(change.logical_id, {})),
        )
        for text in _CHECKS[change.type](seen):
            yield Impact(risk=Risk.GAP, logical_id=change.logical_id, text=text)
    yield from _unwatched_metrics(old, new)


def _filter(seen: _ResourceDiff) -> Iterator[str]:
    if seen.removed:
        yield "this metric filter is removed: what it detects is no longer counted"
    elif seen.replaced:
        # CloudFormation deletes a filter before it makes the new one (delete_then_create).
        yield (
            f"this metric filter is {seen.replaced}: detection gap, the old one is deleted first "
            "and events that arrive between the two are not counted"
        )


def _alarm(seen: _ResourceDiff) -> Iterator[str]:
    if seen.removed:
        yield "this alarm is removed: nobody is told any more"
        return
    if seen.replaced:
        yield f"this alarm is {seen.replaced}: the new one starts without data"
    if seen.turned_off("ActionsEnabled") or (
        "ActionsEnabled" not in seen.before and seen.after.get("ActionsEnabled") in (False, "false")
    ):
        yield "this alarm's actions are switched off"
    for action in seen.lost("AlarmActions"):
        yield f"this alarm loses its action {action}"


def _topic(seen: _ResourceDiff) -> Iterator[str]:
    if seen.removed:
        yield "this topic is removed: alarms that ring it reach nobody"
    elif seen.replaced:
        yield f"this topic is {seen.replaced}: e-mail subscriptions must be confirmed again"


def _subscription(seen: _ResourceDiff) -> Iterator[str]:
    if seen.removed:
        yield "this subscription is removed: its address is no longer told"
    elif seen.replaced:
        yield f"this subscription is {seen.replaced}: it must be confirmed again"


def _topic_policy(seen: _ResourceDiff) -> Iterator[str]:
    if seen.removed:
        yield "this topic policy is removed: CloudWatch may not publish any more"


_SELECTORS = ("EventSelectors", "AdvancedEventSelectors")


def _trail(seen: _ResourceDiff) -> Iterator[str]:
    if seen.removed:
        yield "the trail is removed: nothing is recorded any more"
        return
    if seen.replaced:
        yield f"the trail is {seen.replaced}: the new one starts before the old one is deleted"
    if seen.turned_off("IsLogging"):
        yield "the trail stops logging"
    if seen.turned_off("IsMultiRegionTrail"):
        yield "the trail no longer records the other Regions"
    if seen.turned_off("IncludeGlobalServiceEvents"):
        yield "the trail no longer records global services (IAM, STS, CloudFront)"
    if seen.turned_off("IsOrganizationTrail"):
        yield "the trail no longer records the organization's other accounts"
    if seen.turned_off("EnableLogFileValidation"):
        yield "log files are no longer protected against changes (validation is off)"
    if "CloudWatchLogsLogGroupArn" in seen.before and "CloudWatchLogsLogGroupArn" not in seen.after:
        yield "the trail no longer writes to the log group: no metric filter sees anything"
    if any(seen.before.get(n) != seen.after.get(n) for n in _SELECTORS if n in seen.before):
        yield "the trail's event selectors change: see whether it still records what you detect"


def _log_group(seen: _ResourceDiff) -> Iterator[str]:
    if seen.removed:
        yield "the log group leaves the stack: filters on it see nothing once it is gone"
    elif seen.replaced:
        yield f"the log group is {seen.replaced}: filters move to a new, empty one"


def _bucket_policy(seen: _ResourceDiff) -> Iterator[str]:
    if seen.removed:
        yield "this bucket policy is removed: CloudTrail cannot deliver log files"


def _key(seen: _ResourceDiff) -> Iterator[str]:
    if seen.removed:
        yield "the key leaves the stack: what it encrypts cannot be delivered once it is gone"
    elif _on(seen.before.get("Enabled", True)) and not _on(seen.after.get("Enabled", True)):
        yield "the key is disabled: trail, log group and topic under it stop"


def _role(seen: _ResourceDiff) -> Iterator[str]:
    if seen.removed:
        yield "this role is removed: a service that writes with it cannot any more"


_CHECKS: Mapping[str, Callable[[_ResourceDiff], Iterator[str]]] = {
    "AWS::CloudTrail::Trail": _trail,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::IAM::Role": _role,
    "AWS::KMS::Key": _key,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::Logs::MetricFilter": _filter,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::TopicPolicy": _topic_policy,
}


def _unwatched_metrics(
    old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]
) -> Iterator[Impact]:
    """Filters whose metric an alarm watched, and no longer does, though both still stand."""
    before, after = _watched(old), _watched(new)
    for logical_id, metrics in _counted(new).items():
        were = _counted(old).get(logical_id, [])
        if any(m in before for m in were) and not any(m in after for m in metrics):
            yield Impact(
                risk=Risk.GAP,
                logical_id=logical_id,
                text="no alarm watches the metric of this filter any more",
            )


def _watched(found: Mapping[str, Mapping[str, Any]]) -> set[tuple[str, str]]:
    return {
        (to_text(properties(each).get("Namespace")), to_text(properties(each).get("MetricName")))
        for each in found.values()
        if each.get("Type") == "AWS::CloudWatch::Alarm"
    }


def _counted(found: Mapping[str, Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    return {
        logical_id: [
            (to_text(each.get("MetricNamespace")), to_text(each.get("MetricName")))
            for each in _list(properties(resource).get("MetricTransformations"))
            if isinstance(each, dict)
        ]
        for logical_id, resource in found.items()
        if resource.get("Type") == "AWS::Logs::MetricFilter"
    }
