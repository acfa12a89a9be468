"""
Build the plan of a change set: CloudFormation's own preview of the changes.

In:    a created `ChangeSet`, the template, the deployed template, early validation.
Out:   a `StackPlan` as from `trailbell.diff.templates`, plus what only the account shows.
Never: a change omitted because its action is unusual.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
"""

import hashlib
import json
import re
from collections.abc import Iterator

from trailbell.aws.change_set import ChangeSet
from trailbell.aws.cloudformation import CloudFormation, Event
from trailbell.aws.stack import Stack
from trailbell.aws.stack_status import StackStatus
from trailbell.cost.change import CostChange, change_between, unknown_change
from trailbell.deploy.change_set import PendingChangeSet
from trailbell.deploy.exports_in_use import exports_in_use
from trailbell.deploy.parameter_values import parameter_notices, source_of
from trailbell.deploy.resource_changes import redacted, resource_change, unknown, unknown_values
from trailbell.deploy.session import DeploySession
from trailbell.deploy.stack_settings import compare_settings
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.existence import evaluator_with, existing_resources
from trailbell.diff.judge_changes import Judgment, change_impacts, judge_changes
from trailbell.diff.judgment.detection_names import alarm_detections
from trailbell.diff.model import (
    Notice,
    NoticeLevel,
    ParameterValues,
    PlanBasis,
    PlanFingerprint,
    ResourceChange,
    StackPlan,
    ValueChange,
)
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import AwsError, ContentError
from trailbell.template import Template
from trailbell.template.evaluate import Evaluator
from trailbell.template.resources import secret_parameters

EMPTY = (StackStatus.REVIEW_IN_PROGRESS, StackStatus.DELETE_COMPLETE)
"""The statuses of stacks that have no resources and no settings to compare with."""

_NESTED = re.compile(r"arn:[a-z-]+:cloudformation:[^\s]+:changeSet/[\w/-]+")
"""The ARN of a nested change set in the reason of its root.

Unsure: how CloudFormation words this reason, which no page of AWS says. Without an ARN in it, the
reason stays as it is.
"""


def plan_from_change_set(
    session: DeploySession, target: StackToDeploy, pending: PendingChangeSet
) -> StackPlan:
    """Build the plan of a change set.

    Reads the deployed template, the stack policy and early validation. What cannot be read, and
    what cannot be judged, is a notice.
    """
    change_set, source, cloud = pending.change_set, target.source, session.cloud
    stack = existing(pending.stack)
    before = deployed_template(cloud, stack)
    structures = change_set.changes
    changes = _changes(session, pending, source, before)
    settings = compare_settings(cloud, target.options, stack, change_set, pending.triggers)
    secrets = _secrets(target)
    values = ParameterValues(before=stack.parameters if stack else {}, after=change_set.parameters)
    judgment = _judge(stack, before, source, changes, values)
    new = alarm_detections(source.document)
    old = new if stack is not None and before is None else alarm_detections(before or {})
    return StackPlan(
        stack=target.stack,
        name=target.name,
        region=session.region,
        account=session.identity.account,
        basis=PlanBasis.ACCOUNT,
        compared_with=f"stack {target.name}",
        created=stack is None,
        resource_changes=tuple(redacted(change, secrets) for change in changes),
        impacts=(*judgment.impacts, *settings.impacts),
        notices=(
            *_notices(cloud, change_set),
            *(notice for data in structures for notice in unknown_values(data)),
            *(
                unknown("", f'A change of the type "{type_}", which this version does not know.')
                for type_ in change_set.unknown_changes
            ),
            *_unreadable(stack, before, source, changes),
            *judgment.notices,
            *parameter_notices(target, stack),
            *exports_in_use(
                cloud, target, stack, change_set.parameters, changes, session.pseudo_parameters
            ),
            *settings.notices,
            *pending.notices,
            *_other_change_sets(pending),
            *_stack_drift(change_set),
        ),
        parameters=_parameters(change_set, stack, target, before),
        tags=settings.tags,
        settings=settings.settings,
        added_detections=tuple(name for name in new if name not in old),
        removed_detections=tuple(name for name in old if name not in new),
        capabilities=source.capabilities,
        costs=_costs(session, pending, source, before),
        based_on=PlanFingerprint(
            template=source.sha256,
            stack_id=change_set.stack_id,
            last_change=stack.last_updated if stack else "",
            change_set=change_set.id,
            settings=settings_digest(stack),
        ),
    )


def _changes(
    session: DeploySession,
    pending: PendingChangeSet,
    source: BuiltTemplate,
    before: Template | None,
) -> tuple[ResourceChange, ...]:
    """The changes of resources that exist before or after, as far as that is known."""
    changes = tuple(resource_change(data, source) for data in pending.change_set.changes)
    stack = existing(pending.stack)
    if not source.document or (stack is not None and before is None):
        return changes
    return existing_resources(changes, *_evaluators(session, pending, source, before))


def _costs(
    session: DeploySession,
    pending: PendingChangeSet,
    source: BuiltTemplate,
    before: Template | None,
) -> CostChange:
    """The change of costs with the parameters of the deployed stack, and of the change set."""
    stack = existing(pending.stack)
    if not source.document or (stack is not None and before is None):
        return unknown_change("the deployed template, which cannot be read")
    return change_between(*_evaluators(session, pending, source, before))


def _evaluators(
    session: DeploySession,
    pending: PendingChangeSet,
    source: BuiltTemplate,
    before: Template | None,
) -> tuple[Evaluator, Evaluator]:
    """The values of the deployed stack, and those that the change set gives it."""
    stack = existing(pending.stack)
    pseudo = {**session.pseudo_parameters, "AWS::StackName": pending.change_set.stack_name}
    return (
        evaluator_with(before or {}, stack.parameters if stack else {}, pseudo),
        evaluator_with(source.document, pending.change_set.parameters, pseudo),
    )


def existing(stack: Stack | None) -> Stack | None:
    """The stack, unless it was only created for a change set or is deleted."""
    return None if stack is None or stack.status in EMPTY else stack


def settings_digest(stack: Stack | None) -> str:
    """Return a digest of the settings, parameters and tags that a stack has; empty without one."""
    if stack is None:
        return ""
    state = (
        sorted(stack.parameters.items()),
        sorted(stack.tags.items()),
        stack.notification_arns,
        stack.rollback.triggers,
        stack.rollback.minutes,
        stack.role_arn,
        stack.termination_protection,
    )
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()


def deployed_template(cloud: CloudFormation, stack: Stack | None) -> Template | None:
    """Return the deployed template of a stack; None if there is none, or it cannot be read."""
    if stack is None:
        return None
    try:
        body = cloud.template(stack.id)
        return parse_document(body, f"stack {stack.name}") if isinstance(body, str) else body
    except (AwsError, ContentError):
        return None


def _judge(
    stack: Stack | None,
    before: Template | None,
    source: BuiltTemplate,
    changes: tuple[ResourceChange, ...],
    values: ParameterValues,
) -> Judgment:
    """Judge the changes. Without the templates, only what the change set itself shows is known."""
    if stack is None:
        return Judgment()
    if before is None or not source.document:
        return Judgment(impacts=tuple(change_impacts(changes)))
    return judge_changes(before, source.document, changes, values)


def _unreadable(
    stack: Stack | None,
    before: Template | None,
    source: BuiltTemplate,
    changes: tuple[ResourceChange, ...],
) -> Iterator[Notice]:
    """Say that a template is missing, without which impacts cannot be judged."""
    if stack is not None and changes and (before is None or not source.document):
        which = "deployed template" if before is None else "template of the change set"
        yield unknown(
            "",
            f"The {which} could not be read (cloudformation:GetTemplate). Whether the changes "
            "broaden access or open a detection gap is not known.",
        )


def _other_change_sets(pending: PendingChangeSet) -> Iterator[Notice]:
    for summary in pending.abandoned:
        yield Notice(
            level=NoticeLevel.WARNING,
            logical_id="",
            text=f"An earlier run that was interrupted left the change set {summary.name}. It is "
            "deleted.",
        )
    if pending.others:
        yield Notice(
            level=NoticeLevel.WARNING,
            logical_id="",
            text="Executing this change set deletes the other change sets of "
            f"{pending.change_set.stack_name}: {', '.join(pending.others)}",
        )


def _stack_drift(change_set: ChangeSet) -> Iterator[Notice]:
    """Report the drift status of the stack, which only a drift-aware change set has."""
    if change_set.drift and change_set.drift != "IN_SYNC":
        compared = "" if change_set.drift == "DRIFTED" else ": not compared with the resources"
        yield Notice(
            level=NoticeLevel.WARNING,
            logical_id="",
            text=f"The drift status of the stack is {change_set.drift}{compared}",
        )


def _secrets(target: StackToDeploy) -> frozenset[str]:
    """Return the configured values of NoEcho parameters."""
    names = secret_parameters(target.source.document)
    values = target.options.parameters
    return frozenset(str(value) for name, value in values.items() if name in names and str(value))


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
    if not (failed or change_set.is_executable):
        text = (
            f'The status of the change set is "{change_set.status}", its execution status '
            f'"{change_set.execution}". It cannot be executed.'
        )
        yield Notice(level=NoticeLevel.FAILURE, logical_id="", text=text)
    if failed and not explained:
        yield Notice(level=NoticeLevel.FAILURE, logical_id="", text=_reason(cloud, change_set))


def _reason(cloud: CloudFormation, change_set: ChangeSet) -> str:
    """Return why a change set failed. That of a nested stack is named by its ARN only."""
    reason = change_set.reason or "CloudFormation gave no reason."
    nested = _NESTED.search(change_set.reason)
    if nested is None or nested[0] == change_set.id:
        return reason
    try:
        described = cloud.describe_status(nested[0])
    except AwsError:
        return reason
    return f"{reason}\nNested stack {described.stack_name}: {_reason(cloud, described)}"


def _notice(event: Event, *, failed: bool) -> Notice:
    is_warning = event.mode == "WARN" or not failed
    return Notice(
        level=NoticeLevel.WARNING if is_warning else NoticeLevel.FAILURE,
        logical_id=event.logical_id,
        text=event.reason,
        path=event.path,
    )


def _parameters(
    change_set: ChangeSet, stack: Stack | None, target: StackToDeploy, before: Template | None
) -> tuple[ValueChange, ...]:
    """Return the parameters whose value changes; the values of secret ones are redacted.

    A Systems Manager parameter keeps its key while the value behind it changes.
    """
    if stack is None or change_set.has_no_changes:
        return ()
    old, new = stack.parameters, change_set.parameters
    secret = secret_parameters(target.source.document)
    changes = [
        ValueChange(
            name=name,
            before=old.get(name),
            after=new.get(name),
            source=source_of(name, new.get(name), target, stack, before),
        )
        for name in dict.fromkeys((*new, *old))
        if old.get(name) != new.get(name)
    ]
    values, new_values = stack.resolved_parameters, change_set.resolved_parameters
    changes += [
        ValueChange(
            name=f"{name} (resolved)",
            before=values.get(name),
            after=value,
            source=f"Systems Manager parameter {new.get(name)}",
        )
        for name, value in new_values.items()
        if values.get(name) != value
    ]
    return tuple(change.redacted() if change.name in secret else change for change in changes)
