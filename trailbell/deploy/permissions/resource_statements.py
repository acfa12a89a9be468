"""
Statements for the resources of stacks: what CloudFormation calls on behalf of a deployer.

In:    stacks and the names of their resources.
Out:   write actions by ARN, and the read actions.
Never: a write action on ``*``, except those that IAM or the type does not let us narrow. A
       deployer can use these only through CloudFormation.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trailbell.deploy.permissions import iam_actions
from trailbell.deploy.permissions.names import Names
from trailbell.deploy.permissions.naming import ANY
from trailbell.deploy.permissions.needed_actions import needed_actions
from trailbell.deploy.permissions.policy import (
    VIA_CLOUDFORMATION,
    Condition,
    Statement,
    covers_any_name,
    statement,
)
from trailbell.template.resources import properties, resources, section, type_of

_PASSING = "iam:PassRole"
_LINKED_ROLE = "iam:CreateServiceLinkedRole"

# The services that a type passes its roles to, where it is not only that of the type.
_PASSED_TO: Mapping[str, tuple[str, ...]] = {
    "AWS::CloudFormation::Stack": ("cloudformation.amazonaws.com",),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Alarm-On-Logs.html
    "AWS::CloudWatch::LogAlarm": ("cloudwatch.amazonaws.com", "logs.amazonaws.com"),
    "AWS::OSIS::Pipeline": ("osis-pipelines.amazonaws.com",),
}
# The service of a service-linked role, where it is not that of the type.
_LINKED_TO: Mapping[str, str] = {
    # https://docs.aws.amazon.com/chatbot/latest/adminguide/using-service-linked-roles.html
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": "management.chatbot.amazonaws.com",
    "AWS::Chatbot::SlackChannelConfiguration": "management.chatbot.amazonaws.com",
    # https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-service-linked-roles.html
    "AWS::OpenSearchServerless::Collection": "observability.aoss.amazonaws.com",
}
_ROLE_PROPERTY = re.compile(r".*Role(Arn|ARN)?")


@dataclass(frozen=True)
class Access:
    """Write statements of resources, their read actions by ARNs, and the retained logical IDs."""

    statements: tuple[Statement, ...]
    reads: Mapping[tuple[str, ...], frozenset[str]]
    retained: tuple[str, ...]


_Conditions = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class _Write:
    sid: str
    resources: tuple[str, ...]
    actions: frozenset[str]
    condition: _Conditions = ()


def resource_access(
    stacks: tuple[Names, ...], *, via_cloudformation: bool, allow_deletion: bool
) -> Access:
    """Return what the resources of these stacks need.

    ``via_cloudformation`` limits what cannot be limited to names to calls of CloudFormation. A
    service role has no such condition: only CloudFormation can assume it.
    """
    writes: list[_Write] = []
    reads: dict[tuple[str, ...], set[str]] = {}
    retained: list[str] = []
    for names in stacks:
        for logical_id, resource in existing_resources(names):
            needed = needed_actions(resource, names.evaluator, allow_deletion=allow_deletion)
            read = frozenset(filter(iam_actions.is_read_only, needed.actions))
            reads.setdefault(arns_to_read(names, logical_id, resource), set()).update(read)
            writes += _writes(names, logical_id, resource, needed.actions - read)
            if needed.retained:
                retained.append(f"{names.target.stack}: {logical_id}")
    merged = _with_same_arns(_of_same_type(writes))
    return Access(
        statements=_statements(merged, via_cloudformation=via_cloudformation),
        reads={arns: frozenset(actions) for arns, actions in reads.items()},
        retained=tuple(dict.fromkeys(retained)),
    )


def existing_resources(names: Names) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The resources whose condition holds, or is unknown."""
    for logical_id, resource in resources(names.template).items():
        if names.evaluator.exists(resource) is not False:
            yield logical_id, resource


def arns_to_read(names: Names, logical_id: str, resource: Mapping[str, Any]) -> tuple[str, ...]:
    """The ARNs that read actions are limited to: those of buckets, whose objects are not for a
    deployer to list; else ``*``.
    """
    in_bucket = type_of(resource).startswith("AWS::S3::")
    return names.arns(logical_id, resource) if in_bucket else (ANY,)


def _writes(
    names: Names, logical_id: str, resource: Mapping[str, Any], actions: frozenset[str]
) -> Iterator[_Write]:
    """The write actions of a resource, by what they can be limited to."""
    resource_type = type_of(resource)
    sid = re.sub(r"[^A-Za-z0-9]", "", resource_type.removeprefix("AWS::"))
    service = resource_type.split("::")[1].lower()
    special = actions & {_PASSING, _LINKED_ROLE}
    own = {
        action
        for action in actions - special
        if action.split(":")[0] == service and iam_actions.has_resources(action)
    }
    if own:
        yield _Write(sid, names.arns(logical_id, resource), frozenset(own))
    if others := actions - special - own:
        yield _Write("Unscoped", (ANY,), others)
    if _PASSING in special and (roles := tuple(_roles(names, properties(resource)))):
        for number, passed_to in enumerate(
            _PASSED_TO.get(resource_type, (f"{service}.amazonaws.com",)), 1
        ):
            condition = (("StringEquals", "iam:PassedToService", passed_to),)
            suffix = str(number) if number > 1 else ""
            yield _Write(f"{sid}PassRole{suffix}", roles, frozenset({_PASSING}), condition)
    if _LINKED_ROLE in special:
        principal = _LINKED_TO.get(resource_type, f"{service}.amazonaws.com")
        arn = names.scope.arn("iam", f"role/aws-service-role/{principal}/*", region=False)
        condition = (("StringEquals", "iam:AWSServiceName", principal),)
        yield _Write(f"{sid}LinkedRole", (arn,), frozenset({_LINKED_ROLE}), condition)


def _roles(names: Names, value: Any) -> Iterator[str]:
    """The ARNs of all roles that a property names, at any depth."""
    match value:
        case list():
            for entry in value:
                yield from _roles(names, entry)
        case dict():
            for name, member in value.items():
                if _ROLE_PROPERTY.fullmatch(name):
                    yield from _role_arns(names, member)
                else:
                    yield from _roles(names, member)


def _role_arns(names: Names, value: Any) -> Iterator[str]:
    for role in filter(None, names.patterns(value)):
        yield (
            role
            if role.startswith("arn:")
            else names.scope.arn("iam", f"role/{role}", region=False)
        )


def _of_same_type(writes: list[_Write]) -> list[_Write]:
    """Join the resources of one type that have the same actions."""
    merged: dict[tuple[str, frozenset[str], _Conditions], list[str]] = {}
    for write in writes:
        key = write.sid, write.actions, write.condition
        merged.setdefault(key, []).extend(write.resources)
    return [
        _Write(sid, _without_covered(arns), actions, condition)
        for (sid, actions, condition), arns in merged.items()
    ]


def _with_same_arns(writes: list[_Write]) -> tuple[_Write, ...]:
    """Join the actions on the same resources, such as a bucket and its policy."""
    merged: dict[tuple[tuple[str, ...], _Conditions], _Write] = {}
    for write in writes:
        key = tuple(sorted(write.resources)), write.condition
        other = merged.get(key)
        if other is None:
            merged[key] = write
            continue
        sid = other.sid if write.sid in other.sid else f"{other.sid}And{write.sid}"
        merged[key] = replace(other, sid=sid, actions=other.actions | write.actions)
    return tuple(merged.values())


def _without_covered(arns: list[str]) -> tuple[str, ...]:
    """Leave out ARNs that a pattern with ``*`` at its end covers."""
    beginnings = {arn[:-1] for arn in arns if arn.endswith(ANY) and arn != ANY}
    if ANY in arns:
        return (ANY,)
    return tuple(
        arn
        for arn in dict.fromkeys(arns)
        if not any(arn.startswith(each) and arn[:-1] != each for each in beginnings)
    )


def _statements(writes: tuple[_Write, ...], *, via_cloudformation: bool) -> tuple[Statement, ...]:
    used: dict[str, int] = {}
    statements = []
    for write in writes:
        used[write.sid] = number = used.get(write.sid, 0) + 1
        condition: Condition = {operator: {key: value} for operator, key, value in write.condition}
        if via_cloudformation and covers_any_name(write.resources):
            condition = {**condition, **VIA_CLOUDFORMATION}
        sid = write.sid + (str(number) if number > 1 else "")
        statements.append(statement(sid, write.actions, write.resources, condition))
    return tuple(statements)


def ssm_parameters(names: Names) -> Iterator[str]:
    """The ARNs of the SSM parameters that CloudFormation reads for parameters of the template."""
    given = names.target.options.parameters
    declared = section(names.template, "Parameters")
    for name in declared:
        parameter = section(declared, name)
        key = given.get(name, parameter.get("Default"))
        if str(parameter.get("Type", "")).startswith("AWS::SSM::Parameter::Value") and key:
            yield names.scope.arn("ssm", f"parameter/{str(key).lstrip('/')}")
