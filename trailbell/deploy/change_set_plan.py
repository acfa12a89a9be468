"""
Build the plan of a change set: CloudFormation's own preview of the changes.

In:    a created `ChangeSet`, the template, the deployed template, early validation.
Out:   a `StackPlan` as from `trailbell.diff.templates`, plus what only the account shows.
Never: a change omitted because its action is unusual.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from trailbell.aws.cloudformation import ChangeSet, CloudFormation, Event, Stack
from trailbell.aws.stack_status import StackStatus
from trailbell.deploy.change_set import PendingChangeSet
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.impacts.detection_names import alarm_detections
from trailbell.diff.impacts.find import judge_changes
from trailbell.diff.model import (
    REDACTED,
    ChangeAction,
    Notice,
    NoticeLevel,
    ParameterValues,
    PlanBasis,
    PlanFingerprint,
    PolicyAction,
    PropertyChange,
    Replacement,
    ResourceChange,
    StackPlan,
    ValueChange,
)
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import AwsError, ContentError
from trailbell.template import Template
from trailbell.template.resources import secret_parameters

_RECREATION = {
    "Always": Replacement.YES,
    "Conditionally": Replacement.MAYBE,
    "Never": Replacement.NO,
}


def plan_from_change_set(
    cloud: CloudFormation,
    target: StackToDeploy,
    pending: PendingChangeSet,
    *,
    region: str,
    account: str,
) -> StackPlan:
    """Build the plan of a change set. Reads the deployed template and early validation."""
    change_set, source = pending.change_set, target.source
    empty = pending.stack is None or pending.stack.status in (
        StackStatus.REVIEW_IN_PROGRESS,
        StackStatus.DELETE_COMPLETE,
    )
    stack = None if empty else pending.stack
    before = deployed_template(cloud, stack)
    changes = tuple(resource_change(data, source) for data in change_set.changes)
    secrets = _secrets(target)
    values = ParameterValues(before=stack.parameters if stack else {}, after=change_set.parameters)
    judgment = judge_changes(before, source.document, changes, values)
    old, new = alarm_detections(before or {}), alarm_detections(source.document)
    return StackPlan(
        stack=target.stack,
        name=target.name,
        region=region,
        account=account,
        basis=PlanBasis.ACCOUNT,
        compared_with=f"stack {target.name}",
        created=stack is None,
        resource_changes=tuple(_redacted(change, secrets) for change in changes),
        impacts=judgment.impacts,
        notices=(*_notices(cloud, change_set), *judgment.notices),
        parameters=_parameters(change_set, stack, source),
        tags=_tags(change_set, stack, target),
        added_detections=tuple(name for name in new if name not in old),
        removed_detections=tuple(name for name in old if name not in new),
        capabilities=source.capabilities,
        based_on=PlanFingerprint(
            template=source.sha256,
            stack_id=change_set.stack_id,
            last_change=stack.last_updated if stack else "",
            change_set=change_set.id,
        ),
    )


def deployed_template(cloud: CloudFormation, stack: Stack | None) -> Template | None:
    """Return the deployed template of a stack; None if there is none, or it cannot be read."""
    if stack is None:
        return None
    body = cloud.template(stack.id)
    if body is None:
        return None
    if isinstance(body, str):
        try:
            return parse_document(body, f"stack {stack.name}")
        except ContentError:
            return None
    return body


def resource_change(data: Mapping[str, Any], source: BuiltTemplate) -> ResourceChange:
    """Convert a ResourceChange structure of the API."""
    policy = data.get("PolicyAction")
    return ResourceChange(
        logical_id=data["LogicalResourceId"],
        type=data.get("ResourceType", ""),
        action=ChangeAction(data["Action"]),
        replacement=Replacement(data.get("Replacement") or "False"),
        policy=PolicyAction(policy) if policy else None,
        properties=tuple(_property_changes(data)),
        physical_id=data.get("PhysicalResourceId", ""),
        drift=data.get("ResourceDriftStatus", ""),
        source_location=source.source_lines.get(data["LogicalResourceId"]),
    )


def _property_changes(data: Mapping[str, Any]) -> Iterator[PropertyChange]:
    """Return one change for each path: the API can list a path twice, static and dynamic."""
    by_path: dict[str, PropertyChange] = {}
    for detail in data.get("Details", ()):
        target = detail.get("Target", {})
        path = _path(target)
        change = PropertyChange(
            path=path,
            before=target.get("BeforeValue"),
            after=target.get("AfterValue"),
            replacement=_RECREATION[target.get("RequiresRecreation") or "Never"],
            cause=_cause(detail),
            drifted=(target.get("Drift") or {}).get("ActualValue"),
        )
        if path not in by_path or _precedence(change) > _precedence(by_path[path]):
            by_path[path] = change
    yield from by_path.values()


def _precedence(change: PropertyChange) -> tuple[int, bool]:
    order = (Replacement.NO, Replacement.MAYBE, Replacement.YES)
    return order.index(change.replacement), change.after is not None


def _path(target: Mapping[str, Any]) -> str:
    """Return ``/Properties/Rules/0/Id`` as ``Rules.0.Id``; else the property or attribute name."""
    path = str(target.get("Path") or "")
    if path.startswith("/Properties/"):
        return path.removeprefix("/Properties/").replace("/", ".")
    if path:
        return path.strip("/").replace("/", ".")
    return str(target.get("Name") or target.get("Attribute") or "")


def _cause(detail: Mapping[str, Any]) -> str:
    entity = detail.get("CausingEntity", "")
    match detail.get("ChangeSource"):
        case "ResourceReference":
            return f"{entity} changes" if entity else "a resource that it refers to changes"
        case "ResourceAttribute":
            return f"{entity} may change" if entity else "an attribute may change"
        case "ParameterReference":
            return f"parameter {entity}" if entity else "a parameter"
        case "Automatic":
            return "nested stacks are always evaluated"
        case "NoModification":
            return "drift is reverted"
        case _:
            return ""


def _secrets(target: StackToDeploy) -> frozenset[str]:
    """Return the configured values of NoEcho parameters."""
    names = secret_parameters(target.source.document)
    values = target.options.parameters
    return frozenset(str(value) for name, value in values.items() if name in names and str(value))


def _redacted(change: ResourceChange, secrets: frozenset[str]) -> ResourceChange:
    """Remove secrets from a change. CloudFormation redacts them too; this is a safeguard."""
    if not secrets:
        return change

    def redact(text: str | None) -> str | None:
        for secret in secrets:
            text = text.replace(secret, REDACTED) if text is not None else None
        return text

    return replace(
        change,
        properties=tuple(
            replace(
                property_,
                before=redact(property_.before),
                after=redact(property_.after),
                drifted=redact(property_.drifted),
            )
            for property_ in change.properties
        ),
    )


def _notices(cloud: CloudFormation, change_set: ChangeSet) -> Iterator[Notice]:
    """Return the reason of a failure, and the results of early validation.

    Early validation also returns warnings for change sets that can be executed.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
    """
    if change_set.has_no_changes:
        return
    failed = change_set.status == "FAILED"
    explained = False
    try:
        events = cloud.operation_events(ChangeSetName=change_set.id)
    except AwsError as error:
        events = ()
        yield Notice(
            level=NoticeLevel.WARNING,
            logical_id="",
            text=f"Could not read early validation results: {error.reason}",
        )
    for event in events:
        notice = _notice(event, failed=failed)
        explained = explained or notice.level is NoticeLevel.FAILURE
        yield notice
    if failed and not explained:
        yield Notice(
            level=NoticeLevel.FAILURE,
            logical_id="",
            text=change_set.reason or "CloudFormation gave no reason.",
        )


def _notice(event: Event, *, failed: bool) -> Notice:
    is_warning = event.mode == "WARN" or not failed
    return Notice(
        level=NoticeLevel.WARNING if is_warning else NoticeLevel.FAILURE,
        logical_id=event.logical_id,
        text=event.reason,
        path=event.path,
    )


def _parameters(
    change_set: ChangeSet, stack: Stack | None, source: BuiltTemplate
) -> tuple[ValueChange, ...]:
    """Return the parameters whose value changes; the values of secret ones are redacted."""
    if stack is None or change_set.has_no_changes:
        return ()
    old, new = stack.parameters, change_set.parameters
    secret = secret_parameters(source.document)
    changes = (
        ValueChange(name=name, before=old.get(name), after=new.get(name))
        for name in dict.fromkeys((*new, *old))
        if old.get(name) != new.get(name)
    )
    return tuple(change.redacted() if change.name in secret else change for change in changes)


def _tags(
    change_set: ChangeSet, stack: Stack | None, target: StackToDeploy
) -> tuple[ValueChange, ...]:
    if stack is None or change_set.has_no_changes:
        return ()
    old, new = stack.tags, target.options.tags
    return tuple(
        ValueChange(name=name, before=old.get(name), after=new.get(name))
        for name in dict.fromkeys((*new, *old))
        if old.get(name) != new.get(name)
    )
