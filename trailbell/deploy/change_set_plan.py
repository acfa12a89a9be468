"""
What a change set would do: CloudFormation's own preview, as a plan.

In:    a settled `ChangeSet`, the template, the one that is deployed, early validation.
Out:   a `StackPlan` like the one that `offline` makes, with what only the account knows.
Never: a change that is left out because its action is unusual.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from trailbell.aws.cloudformation import ChangeSet, CloudFormation, Event, Stack
from trailbell.aws.stack_status import StackStatus
from trailbell.deploy.change_set import PendingChangeSet
from trailbell.deploy.target import StackToDeploy
from trailbell.diff import impacts
from trailbell.diff.model import (
    ChangeAction,
    Notice,
    NoticeLevel,
    PlanBasis,
    PlanFingerprint,
    PolicyAction,
    PropertyChange,
    Replacement,
    ResourceChange,
    StackPlan,
    ValueChange,
)
from trailbell.diff.resources import REDACTED
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
    made: PendingChangeSet,
    *,
    region: str,
    account: str,
) -> StackPlan:
    """The plan of a change set. Reads the deployed template and early validation."""
    found, source = made.change_set, target.source
    empty = made.stack is None or made.stack.status in (
        StackStatus.REVIEW_IN_PROGRESS,
        StackStatus.DELETE_COMPLETE,
    )
    stack = None if empty else made.stack
    before = deployed_template(cloud, stack, source)
    changes = tuple(resource_change(each, source) for each in found.changes)
    secret = _secrets(target)
    return StackPlan(
        stack=target.stack,
        name=target.name,
        region=region,
        account=account,
        basis=PlanBasis.ACCOUNT,
        compared_with=f"stack {target.name}",
        created=stack is None,
        resource_changes=tuple(_redacted(each, secret) for each in changes),
        impacts=impacts.find_impacts(before, source.document, changes) if before else (),
        notices=tuple(_remarks(cloud, found)),
        parameters=_parameters(found, stack, source),
        tags=_tags(found, stack, target),
        capabilities=source.capabilities,
        based_on=PlanFingerprint(
            template=source.sha256,
            stack_id=found.stack_id,
            last_change=stack.last_updated if stack else "",
            change_set=found.id,
        ),
    )


def deployed_template(
    cloud: CloudFormation, stack: Stack | None, source: BuiltTemplate
) -> Template | None:
    """The template that a stack was made from; None if there is none, or it cannot be read."""
    if stack is None:
        return None
    body = cloud.template(stack.id)
    if body is None:
        return None
    if isinstance(body, str):
        try:
            return parse_document(body, f"stack {source.stack}")
        except ContentError:
            return None
    return body


def resource_change(data: Mapping[str, Any], source: BuiltTemplate) -> ResourceChange:
    """One ResourceChange."""
    details = tuple(_details(data))
    policy = data.get("PolicyAction")
    return ResourceChange(
        logical_id=data["LogicalResourceId"],
        type=data.get("ResourceType", ""),
        action=ChangeAction(data["Action"]),
        replacement=Replacement(data.get("Replacement") or "False"),
        policy=PolicyAction(policy) if policy else None,
        properties=details,
        physical_id=data.get("PhysicalResourceId", ""),
        drift=data.get("ResourceDriftStatus", ""),
        source_location=source.source_lines.get(data["LogicalResourceId"]),
    )


def _details(data: Mapping[str, Any]) -> Iterator[PropertyChange]:
    """The details, one for each path: an evaluation may be told twice, static and dynamic."""
    found: dict[str, PropertyChange] = {}
    for detail in data.get("Details", ()):
        target = detail.get("Target", {})
        path = _path(target)
        each = PropertyChange(
            path=path,
            before=target.get("BeforeValue"),
            after=target.get("AfterValue"),
            replacement=_RECREATION[target.get("RequiresRecreation") or "Never"],
            cause=_cause(detail),
            drifted=(target.get("Drift") or {}).get("ActualValue"),
        )
        if path not in found or _weight(each) > _weight(found[path]):
            found[path] = each
    yield from found.values()


def _weight(found: PropertyChange) -> tuple[int, bool]:
    order = (Replacement.NO, Replacement.MAYBE, Replacement.YES)
    return order.index(found.replacement), found.after is not None


def _path(target: Mapping[str, Any]) -> str:
    """``/Properties/Rules/0/Id`` as ``Rules.0.Id``; else the property's or attribute's name."""
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
            return "a nested stack is always asked"
        case "NoModification":
            return "drifted, and is put back"
        case _:
            return ""


def _secrets(target: StackToDeploy) -> frozenset[str]:
    """The values that were given for NoEcho parameters."""
    names = secret_parameters(target.source.document)
    given = target.options.parameters
    return frozenset(str(v) for k, v in given.items() if k in names and str(v))


def _redacted(found: ResourceChange, secret: frozenset[str]) -> ResourceChange:
    """The change without secrets. CloudFormation masks them itself; this is the second lock."""
    if not secret:
        return found

    def mask(text: str | None) -> str | None:
        for value in secret:
            text = text.replace(value, REDACTED) if text is not None else None
        return text

    return replace(
        found,
        properties=tuple(
            replace(p, before=mask(p.before), after=mask(p.after), drifted=mask(p.drifted))
            for p in found.properties
        ),
    )


def _remarks(cloud: CloudFormation, found: ChangeSet) -> Iterator[Notice]:
    """Why it failed, and what early validation says: it warns on good change sets too.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
    """
    if found.has_no_changes:
        return
    failed = found.status == "FAILED"
    said = False
    try:
        events = cloud.operation_events(ChangeSetName=found.id)
    except AwsError as error:
        events = ()
        yield Notice(
            level=NoticeLevel.WARNING,
            logical_id="",
            text=f"early validation could not be read: {error.reason}",
        )
    for event in events:
        remark = _remark(event, failed=failed)
        said = said or remark.level is NoticeLevel.FAILURE
        yield remark
    if failed and not said:
        yield Notice(
            level=NoticeLevel.FAILURE, logical_id="", text=found.reason or "no reason given"
        )


def _remark(event: Event, *, failed: bool) -> Notice:
    warns = event.mode == "WARN" or not failed
    return Notice(
        level=NoticeLevel.WARNING if warns else NoticeLevel.FAILURE,
        logical_id=event.logical_id,
        text=event.reason,
        path=event.path,
    )


def _parameters(
    found: ChangeSet, stack: Stack | None, source: BuiltTemplate
) -> tuple[ValueChange, ...]:
    """The parameters whose value changes; secret ones are only named."""
    if stack is None or found.has_no_changes:
        return ()
    secret = secret_parameters(source.document)
    return tuple(
        _value(name, stack.parameters.get(name), found.parameters.get(name), hide=name in secret)
        for name in dict.fromkeys((*found.parameters, *stack.parameters))
        if stack.parameters.get(name) != found.parameters.get(name)
    )


def _value(name: str, before: str | None, after: str | None, *, hide: bool) -> ValueChange:
    if hide:
        before, after = before and REDACTED, after and REDACTED
    return ValueChange(name=name, before=before, after=after)


def _tags(found: ChangeSet, stack: Stack | None, target: StackToDeploy) -> tuple[ValueChange, ...]:
    if stack is None or found.has_no_changes:
        return ()
    wanted = target.options.tags
    return tuple(
        ValueChange(name=name, before=stack.tags.get(name), after=wanted.get(name))
        for name in dict.fromkeys((*wanted, *stack.tags))
        if stack.tags.get(name) != wanted.get(name)
    )
