"""
Detection gaps: changes during or after which events are not detected.

In:    two templates and the changes between them.
Out:   an `Impact` for each gap: in filters, alarms, topics, the trail and what they need.
Never: a gap for a change without interruption. UpdateTrail interrupts nothing, so an update of a
       trail is no gap:
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
    """A change, with the old and new properties; empty if there is no resource."""

    change: ResourceChange
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def removed(self) -> bool:
        return self.change.action is ChangeAction.REMOVE

    @property
    def replaced(self) -> str:
        """``is replaced``, ``may be replaced``, or empty."""
        match self.change.replacement:
            case Replacement.YES:
                return "is replaced"
            case Replacement.MAYBE:
                return "may be replaced"
            case Replacement.NO:
                return ""

    def turned_off(self, name: str) -> bool:
        """Whether a setting changes from true to something else."""
        return _is_true(self.before.get(name)) and not _is_true(self.after.get(name))

    def lost(self, name: str) -> list[str]:
        """Return the removed entries of a list that gets shorter. An exchanged one is not lost."""
        if len(_list(self.after.get(name))) >= len(_list(self.before.get(name))):
            return []
        remaining = [to_text(entry) for entry in _list(self.after.get(name))]
        return [
            text for text in map(to_text, _list(self.before.get(name))) if text not in remaining
        ]


def _is_true(value: Any) -> bool:
    return value is True or value == "true"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def find_gaps(
    before: Template, after: Template, changes: tuple[ResourceChange, ...]
) -> Iterator[Impact]:
    """Find the gaps that these changes cause, in their order."""
    old, new = resources(before), resources(after)
    for change in changes:
        if change.logical_id not in old or change.type not in _CHECKS:
            continue
        diff = _ResourceDiff(
            change,
            properties(old[change.logical_id]),
            properties(new.get(change.logical_id, {})),
        )
        for text in _CHECKS[change.type](diff):
            yield Impact(risk=Risk.DETECTION_GAP, logical_id=change.logical_id, text=text)
    yield from _metrics_without_alarm(old, new)


def _filter(diff: _ResourceDiff) -> Iterator[str]:
    if diff.removed:
        yield "This metric filter is deleted: matching events are no longer counted."
    elif diff.replaced:
        # CloudFormation deletes a filter before it creates the new one (delete_then_create).
        yield (
            f"This metric filter {diff.replaced}: detection gap. The old filter is deleted first; "
            "events in between are not counted."
        )


def _alarm(diff: _ResourceDiff) -> Iterator[str]:
    if diff.removed:
        yield "This alarm is deleted: no notification is sent."
        return
    if diff.replaced:
        yield f"This alarm {diff.replaced}: the new alarm starts in INSUFFICIENT_DATA."
    if diff.turned_off("ActionsEnabled") or (
        "ActionsEnabled" not in diff.before and diff.after.get("ActionsEnabled") in (False, "false")
    ):
        yield "Alarm actions are disabled."
    for action in diff.lost("AlarmActions"):
        yield f"Alarm action {action} is removed."


def _topic(diff: _ResourceDiff) -> Iterator[str]:
    if diff.removed:
        yield "This topic is deleted: alarms that publish to it notify no one."
    elif diff.replaced:
        yield f"This topic {diff.replaced}: email subscriptions must be confirmed again."


def _subscription(diff: _ResourceDiff) -> Iterator[str]:
    if diff.removed:
        yield "This subscription is deleted: its endpoint is no longer notified."
    elif diff.replaced:
        yield f"This subscription {diff.replaced}: it must be confirmed again."


def _topic_policy(diff: _ResourceDiff) -> Iterator[str]:
    if diff.removed:
        yield "This topic policy is deleted: CloudWatch can no longer publish."


_SELECTORS = ("EventSelectors", "AdvancedEventSelectors")


def _trail(diff: _ResourceDiff) -> Iterator[str]:
    if diff.removed:
        yield "The trail is deleted: no events are recorded."
        return
    if diff.replaced:
        yield f"The trail {diff.replaced}: the new trail starts before the old one is deleted."
    if diff.turned_off("IsLogging"):
        yield "The trail stops logging."
    if diff.turned_off("IsMultiRegionTrail"):
        yield "The trail no longer records other Regions."
    if diff.turned_off("IncludeGlobalServiceEvents"):
        yield "The trail no longer records global services (IAM, STS, CloudFront)."
    if diff.turned_off("IsOrganizationTrail"):
        yield "The trail no longer records the other accounts of the organization."
    if diff.turned_off("EnableLogFileValidation"):
        yield "Log file validation is disabled: changes to log files cannot be detected."
    if "CloudWatchLogsLogGroupArn" in diff.before and "CloudWatchLogsLogGroupArn" not in diff.after:
        yield "The trail no longer delivers to the log group: metric filters match no events."
    if any(diff.before.get(n) != diff.after.get(n) for n in _SELECTORS if n in diff.before):
        yield (
            "The trail's event selectors change: check that management events are still recorded."
        )


def _log_group(diff: _ResourceDiff) -> Iterator[str]:
    if diff.removed:
        yield "The log group is removed from the stack: filters of a deleted group match nothing."
    elif diff.replaced:
        yield f"The log group {diff.replaced}: its filters are created on a new, empty log group."


def _bucket_policy(diff: _ResourceDiff) -> Iterator[str]:
    if diff.removed:
        yield "This bucket policy is deleted: CloudTrail cannot deliver log files."


def _key(diff: _ResourceDiff) -> Iterator[str]:
    if diff.removed:
        yield (
            "The key is removed from the stack: once it is deleted, what it encrypts cannot be "
            "delivered."
        )
    elif _is_true(diff.before.get("Enabled", True)) and not _is_true(
        diff.after.get("Enabled", True)
    ):
        yield "The key is disabled: the trail, log group and topic that use it stop working."


def _role(diff: _ResourceDiff) -> Iterator[str]:
    if diff.removed:
        yield "This role is deleted: services that assume it can no longer write."


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


def _metrics_without_alarm(
    old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]
) -> Iterator[Impact]:
    """Find filters whose metric had an alarm and has none now, while the filter still exists."""
    old_metrics, new_metrics = _alarm_metrics(old), _alarm_metrics(new)
    for logical_id, metrics in _filter_metrics(new).items():
        previous = _filter_metrics(old).get(logical_id, [])
        if any(m in old_metrics for m in previous) and not any(m in new_metrics for m in metrics):
            yield Impact(
                risk=Risk.DETECTION_GAP,
                logical_id=logical_id,
                text="No alarm uses the metric of this filter any more.",
            )


def _alarm_metrics(declared: Mapping[str, Mapping[str, Any]]) -> set[tuple[str, str]]:
    return {
        (
            to_text(properties(resource).get("Namespace")),
            to_text(properties(resource).get("MetricName")),
        )
        for resource in declared.values()
        if resource.get("Type") == "AWS::CloudWatch::Alarm"
    }


def _filter_metrics(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    return {
        logical_id: [
            (
                to_text(transformation.get("MetricNamespace")),
                to_text(transformation.get("MetricName")),
            )
            for transformation in _list(properties(resource).get("MetricTransformations"))
            if isinstance(transformation, dict)
        ]
        for logical_id, resource in declared.items()
        if resource.get("Type") == "AWS::Logs::MetricFilter"
    }
