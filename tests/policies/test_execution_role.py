"""
The execution role of ``stackset-roles``, evaluated as IAM evaluates it: nothing that is not its
own, and everything that CloudFormation calls for the stacks of this project.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests import PROJECT
from trailbell.deploy.environment import ParameterValue, StackOutput, StackSettings
from trailbell.deploy.permissions import iam_actions
from trailbell.deploy.permissions.names import Names
from trailbell.deploy.permissions.needed_actions import needed_actions
from trailbell.deploy.permissions.policy import Scope
from trailbell.deploy.permissions.resource_statements import resource_access
from trailbell.deploy.target import StackToDeploy
from trailbell.dist.built_templates import load_templates
from trailbell.template.evaluate import Evaluator
from trailbell.template.evaluate import Scope as EvaluationScope
from trailbell.template.policy import statements
from trailbell.template.policy_evaluation import (
    PolicyRequest,
    PolicyStatement,
    list_statements,
    refusal,
)
from trailbell.template.resources import resources, section, type_of

_ACCOUNT = "111122223333"
_IN = f"us-east-1:{_ACCOUNT}"
_FUNCTION = f"arn:aws:lambda:{_IN}:function:notify"
_LOG_GROUP = f"arn:aws:logs:{_IN}:log-group:existing-trail"
_BOUNDARY = f"arn:aws:iam::{_ACCOUNT}:policy/security-alerts-role-boundary"
_KEY = f"arn:aws:kms:{_IN}:key/0a1b2c3d-0000-0000-0000-000000000000"
_STACK = "StackSet-trailbell-trail-6f1c4e1c-1111-2222-3333-444455556666"
_ROLE = f"arn:aws:iam::{_ACCOUNT}:role/StackSet-trailbell-trail-6f1c4e1c-TrailRole-1ABCDEF"
_TAG = "trailbell:installation"
_SOURCES = {source.stack: source for source in load_templates(PROJECT / "dist", ())}


def _policies(logical_id: str, **parameters: str) -> list[PolicyStatement]:
    """The statements of a role or policy in dist/, with values for all references."""
    template = _SOURCES["stackset-roles"].document
    scope = EvaluationScope(
        parameters={"AdministratorAccountId": _ACCOUNT, **parameters},
        pseudo={"AWS::AccountId": _ACCOUNT, "AWS::Partition": "aws"},
    )
    evaluator = Evaluator(template, scope)
    properties = evaluator.value(template["Resources"][logical_id]["Properties"])
    documents = [entry["PolicyDocument"] for entry in properties.get("Policies", ())]
    if "PolicyDocument" in properties:
        documents.append(properties["PolicyDocument"])
    return [
        *(each for document in documents for each in list_statements(document)),
        *(
            each
            for name in _managed_policies(logical_id, evaluator)
            for each in _policies(name, **parameters)
        ),
    ]


def _managed_policies(logical_id: str, evaluator: Evaluator) -> list[str]:
    """The logical IDs of the managed policies of a role that its conditions leave."""
    properties = _SOURCES["stackset-roles"].document["Resources"][logical_id]["Properties"]
    references = [
        {"Fn::If": [entry["Fn::If"][0], entry["Fn::If"][1]["Ref"], ""]}
        if "Fn::If" in entry
        else entry["Ref"]
        for entry in properties.get("ManagedPolicyArns", ())
    ]
    return [name for each in references if (name := evaluator.value(each))]


_DEFAULT = _policies("ExecutionRole")
_GIVEN = {"FunctionArns": _FUNCTION, "LogGroupArns": f"{_LOG_GROUP}*"}
_STATEMENTS = _policies("ExecutionRole", **_GIVEN)
_WITH_SEARCH = _policies("ExecutionRole", AllowSearch="yes", **_GIVEN)
# CreateKey has no condition keys of a resource.
# https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html
_NEW_KEY = {
    f"aws:requesttag/{_TAG}": "security-alerts",
    f"aws:resourcetag/{_TAG}": None,
    "kms:resourcealiases": None,
}
_OWN_KEY = {f"aws:resourcetag/{_TAG}": "security-alerts", "kms:resourcealiases": None}
_OTHER_TAG = {f"aws:resourcetag/{_TAG}": "other", "kms:resourcealiases": None}
_OTHER_KEY = {f"aws:resourcetag/{_TAG}": None, "kms:resourcealiases": "alias/payroll"}
_WITH_BOUNDARY = {"iam:permissionsboundary": _BOUNDARY}
_SNS = {"lambda:principal": "sns.amazonaws.com"}


def _refused(action: str, arn: str, context: Mapping[str, str | None] | None = None) -> str:
    request = PolicyRequest(action=action, resource=arn, context=context or {})
    return refusal(_STATEMENTS, request)


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{_IN}:{rest}"


# ----------------------------------------------------------------- what is not its own

_OTHER_ROLE = f"arn:aws:iam::{_ACCOUNT}:role/Administrator"
_OWN_ROLE = f"arn:aws:iam::{_ACCOUNT}:role/AWSCloudFormationStackSetExecutionRole"
_FOREIGN_TRAIL = _arn("cloudtrail", "trail/aws-controltower-BaselineCloudTrail")
_NO_BOUNDARY = {"iam:permissionsboundary": None}
_OTHER_BOUNDARY = {"iam:permissionsboundary": "arn:aws:iam::aws:policy/AdministratorAccess"}


@pytest.mark.parametrize(
    ("action", "arn", "context"),
    [
        pytest.param("cloudtrail:StopLogging", _FOREIGN_TRAIL, {}, id="stop another trail"),
        pytest.param("cloudtrail:DeleteTrail", _FOREIGN_TRAIL, {}, id="delete another trail"),
        pytest.param("cloudtrail:PutEventSelectors", _FOREIGN_TRAIL, {}, id="blind another trail"),
        pytest.param(
            "events:PutRule", _arn("events", "rule/payroll"), {}, id="change another rule"
        ),
        pytest.param(
            "events:DeleteRule",
            _arn("events", "rule/payroll/security-alerts-x"),
            {},
            id="delete a rule of another bus",
        ),
        pytest.param(
            "events:DeleteEventBus", _arn("events", "event-bus/payroll"), {}, id="delete a bus"
        ),
        pytest.param(
            "events:CreateArchive", _arn("events", "event-bus/payroll"), {}, id="archive a bus"
        ),
        pytest.param(
            "chatbot:DeleteSlackChannelConfiguration",
            f"arn:aws:chatbot::{_ACCOUNT}:chat-configuration/slack-channel/payroll",
            {},
            id="delete a chat channel",
        ),
        pytest.param(
            "iam:PassRole",
            _ROLE,
            {"iam:passedtoservice": "lambda.amazonaws.com"},
            id="pass a role to functions",
        ),
        pytest.param("kms:PutKeyPolicy", _KEY, _OTHER_KEY, id="take over another key"),
        pytest.param("kms:ScheduleKeyDeletion", _KEY, _OTHER_KEY, id="delete another key"),
        pytest.param("kms:DisableKey", _KEY, _OTHER_KEY, id="disable another key"),
        pytest.param(
            "kms:TagResource",
            _KEY,
            {**_OTHER_KEY, f"aws:requesttag/{_TAG}": "security-alerts"},
            id="make a key with an alias its own with a tag",
        ),
        pytest.param(
            "kms:TagResource",
            _KEY,
            {**_OTHER_TAG, f"aws:requesttag/{_TAG}": "security-alerts"},
            id="make the key of another installation, without alias, its own with a tag",
        ),
        pytest.param(
            "kms:TagResource",
            _KEY,
            {**_NEW_KEY, f"aws:requesttag/{_TAG}": "other"},
            id="give a key to another installation",
        ),
        pytest.param("kms:EnableKeyRotation", _KEY, _OTHER_KEY, id="rotate a key with an alias"),
        pytest.param(
            "kms:EnableKeyRotation", _KEY, _OTHER_TAG, id="rotate the key of another installation"
        ),
        *(
            pytest.param(
                f"kms:{action}",
                _KEY,
                {f"aws:resourcetag/{_TAG}": None, "kms:resourcealiases": None},
                id=f"{action} of a key without alias and tag",
            )
            for action in ("PutKeyPolicy", "ScheduleKeyDeletion", "DisableKey", "UntagResource")
        ),
        pytest.param(
            "kms:PutKeyPolicy",
            _KEY,
            {f"aws:resourcetag/{_TAG}": "other"},
            id="take over the key of another installation",
        ),
        pytest.param(
            "kms:CreateKey",
            "*",
            {f"aws:requesttag/{_TAG}": None, "kms:resourcealiases": None},
            id="make a key without the tag",
        ),
        pytest.param("kms:Decrypt", _KEY, _OWN_KEY, id="decrypt"),
        pytest.param("kms:CreateGrant", _KEY, _OWN_KEY, id="give a key away by a grant"),
        pytest.param("s3:PutBucketPolicy", "arn:aws:s3:::payroll", {}, id="open another bucket"),
        pytest.param(
            "s3:PutBucketPublicAccessBlock", "arn:aws:s3:::payroll", {}, id="another bucket's block"
        ),
        pytest.param("s3:DeleteBucket", "arn:aws:s3:::payroll", {}, id="delete another bucket"),
        pytest.param(
            "s3:GetObject", "arn:aws:s3:::stackset-x-logbucket/1", {}, id="read log files"
        ),
        pytest.param(
            "s3:DeleteObject", "arn:aws:s3:::stackset-x-logbucket/1", {}, id="delete log files"
        ),
        pytest.param("sns:Publish", _arn("sns", "StackSet-x-High"), {}, id="publish"),
        pytest.param("sns:SetTopicAttributes", _arn("sns", "payroll"), {}, id="open another topic"),
        pytest.param(
            "lambda:AddPermission", _arn("lambda", "function:payroll"), _SNS, id="another function"
        ),
        pytest.param(
            "lambda:AddPermission",
            _FUNCTION,
            {"lambda:principal": "444455556666"},
            id="let another account call a function",
        ),
        pytest.param(
            "lambda:UpdateFunctionCode", _FUNCTION, {}, id="change the code of a function"
        ),
        pytest.param(
            "cloudwatch:DeleteAlarms", _arn("cloudwatch", "alarm:payroll"), {}, id="another alarm"
        ),
        pytest.param(
            "cloudwatch:SetAlarmState",
            _arn("cloudwatch", "alarm:security-alerts-root"),
            {},
            id="silence its own alarm for a while",
        ),
        pytest.param(
            "logs:DeleteMetricFilter",
            _arn("logs", "log-group:payroll"),
            {},
            id="a filter of another log group",
        ),
        pytest.param(
            "logs:DeleteLogGroup", _LOG_GROUP, {}, id="delete a log group that only has its filters"
        ),
        pytest.param(
            "logs:PutRetentionPolicy",
            _arn("logs", "log-group:payroll"),
            {},
            id="shorten another log group",
        ),
        pytest.param(
            "logs:PutSubscriptionFilter", _arn("logs", f"log-group:{_STACK}-LogGroup-1"), {}
        ),
        pytest.param(
            "cloudformation:DeleteStack",
            _arn("cloudformation", "stack/payroll/1"),
            {},
            id="delete another stack",
        ),
        pytest.param(
            "cloudformation:CreateStackSet",
            _arn("cloudformation", "stackset/x:1"),
            {},
            id="make a StackSet",
        ),
        pytest.param("iam:CreateRole", _ROLE, _NO_BOUNDARY, id="make a role without boundary"),
        pytest.param("iam:CreateRole", _ROLE, _OTHER_BOUNDARY, id="make one with another boundary"),
        pytest.param("iam:CreateRole", _OTHER_ROLE, _WITH_BOUNDARY, id="make one of another name"),
        pytest.param(
            "iam:PutRolePolicy", _ROLE, _NO_BOUNDARY, id="a policy of a role without boundary"
        ),
        pytest.param(
            "iam:UpdateAssumeRolePolicy", _ROLE, _NO_BOUNDARY, id="become a role without boundary"
        ),
        pytest.param(
            "iam:DeleteRolePermissionsBoundary", _ROLE, _WITH_BOUNDARY, id="remove a boundary"
        ),
        pytest.param(
            "iam:PutRolePermissionsBoundary", _ROLE, _OTHER_BOUNDARY, id="replace a boundary"
        ),
        pytest.param(
            "iam:AttachRolePolicy", _ROLE, _WITH_BOUNDARY, id="attach AdministratorAccess"
        ),
        *(
            pytest.param(f"iam:{action}", _BOUNDARY, {}, id=f"{action} of the boundary")
            for action in ("CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicy")
        ),
        *(
            pytest.param(f"iam:{action}", _OWN_ROLE, _WITH_BOUNDARY, id=f"{action} of itself")
            for action in (
                *("PutRolePolicy", "UpdateAssumeRolePolicy", "DeleteRole", "TagRole"),
                "PutRolePermissionsBoundary",
            )
        ),
        pytest.param(
            "iam:PassRole",
            _ROLE,
            {"iam:passedtoservice": "lambda.amazonaws.com"},
            id="pass a role to a function",
        ),
        pytest.param(
            "iam:PassRole",
            _OTHER_ROLE,
            {"iam:passedtoservice": "cloudtrail.amazonaws.com"},
            id="pass another role",
        ),
        pytest.param("iam:CreateUser", f"arn:aws:iam::{_ACCOUNT}:user/x", {}, id="make a user"),
        pytest.param("sts:AssumeRole", _OTHER_ROLE, {}, id="assume a role"),
        pytest.param(
            "iam:CreateServiceLinkedRole",
            f"arn:aws:iam::{_ACCOUNT}:role/aws-service-role/x.amazonaws.com/y",
            {"iam:awsservicename": "x.amazonaws.com"},
            id="make the role of another service",
        ),
    ],
)
def test_the_role_cannot(action: str, arn: str, context: dict[str, str | None]) -> None:
    assert _refused(action, arn, context) != ""


def test_a_key_of_others_without_alias_and_tag_is_like_a_new_one() -> None:
    """What IAM cannot prevent; the template and docs/how-to/roll-out.md say so."""
    allowed = {
        action
        for action in ("kms:TagResource", "kms:EnableKeyRotation")
        if not _refused(action, _KEY, _NEW_KEY)
    }
    assert allowed == {"kms:TagResource", "kms:EnableKeyRotation"}


@pytest.mark.parametrize(
    ("action", "arn", "context"),
    [
        pytest.param("lambda:AddPermission", _FUNCTION, _SNS, id="a function"),
        pytest.param("logs:PutMetricFilter", f"{_LOG_GROUP}:*", {}, id="a log group"),
    ],
)
def test_what_stacks_do_not_make_is_a_parameter(
    action: str, arn: str, context: dict[str, str | None]
) -> None:
    request = PolicyRequest(action=action, resource=arn, context=context)
    assert [refusal(each, request) for each in (_STATEMENTS, _DEFAULT)] == [
        "",
        "no statement allows it",
    ]


@pytest.mark.parametrize(
    ("action", "arn", "allowed"),
    [
        pytest.param("iam:CreateRole", _ROLE, False, id="make a role"),
        pytest.param("s3:GetObject", "arn:aws:s3:::payroll/1", False, id="read a bucket"),
        pytest.param(
            "logs:PutLogEvents",
            _arn("logs", "log-group:payroll:log-stream:s"),
            False,
            id="write to another log group",
        ),
        pytest.param(
            "logs:DeleteLogStream",
            _arn("logs", f"log-group:{_STACK}-LogGroup-1:log-stream:s"),
            False,
            id="delete log events",
        ),
        pytest.param(
            "logs:PutLogEvents",
            _arn("logs", f"log-group:{_STACK}-LogGroup-1:log-stream:{_ACCOUNT}_CloudTrail_x"),
            True,
            id="write to the log group of a stack",
        ),
        pytest.param(
            "events:PutEvents",
            "arn:aws:events:us-east-1:123456789012:event-bus/security-alerts",
            True,
            id="send events to the bus of the installation",
        ),
        pytest.param(
            "events:PutEvents",
            "arn:aws:events:us-east-1:123456789012:event-bus/default",
            False,
            id="send events to another bus",
        ),
    ],
)
def test_the_boundary_is_the_most_that_a_role_can_do(
    action: str, arn: str, *, allowed: bool
) -> None:
    request = PolicyRequest(action=action, resource=arn)
    assert (refusal(_policies("RoleBoundary"), request) == "") is allowed


@pytest.mark.parametrize("stack", [name for name in _SOURCES if name != "stackset-roles"])
def test_a_role_of_a_stack_stays_within_the_boundary(stack: str) -> None:
    """Each action of the policies of roles, on resources of a StackSet's stack.

    Where the ARN is not known (an attribute, a parameter), the action alone is compared.
    """
    target = _target(stack)
    boundary = _policies("RoleBoundary")
    if stack == "search":
        boundary = [*_policies("RoleBoundary", AllowSearch="yes"), *_boundary_of_search(_DOMAIN)]
    context = {"kms:encryptioncontext:aws:cloudtrail:arn": _arn("cloudtrail", "trail/x")}
    requests = (
        PolicyRequest(action=action, resource=resource, context=context)
        for each in _role_statements(target)
        for action in each["Action"]
        for arn in Names(target, _SCOPE, {}).patterns(each["Resource"])
        if arn
        for resource in [_concrete(arn) if arn.startswith("arn:") else ""]
    )
    outside = {(each.action, each.resource) for each in requests if refusal(boundary, each)}
    assert outside == set()


_DOMAIN = _arn("es", "domain/events")
_COLLECTION = _arn("aoss", "collection/0a1b2c3d4e5f6g7h8i9j")


def _boundary_of_search(destination: str) -> list[PolicyStatement]:
    return _policies("RoleBoundary", AllowSearch="yes", DestinationArn=destination)


@pytest.mark.parametrize(
    ("destination", "action", "arn", "allowed"),
    [
        pytest.param("", "es:ESHttpPut", f"{_DOMAIN}/x", False, id="no domain by default"),
        pytest.param("", "aoss:APIAccessAll", _COLLECTION, True, id="a collection by default"),
        pytest.param(_DOMAIN, "es:ESHttpPut", f"{_DOMAIN}/x/_bulk", True, id="the domain"),
        pytest.param(_DOMAIN, "es:DescribeDomain", _DOMAIN, True, id="reading about the domain"),
        pytest.param(_DOMAIN, "es:ESHttpDelete", f"{_DOMAIN}/x", False, id="deleting in it"),
        pytest.param(
            _DOMAIN, "es:ESHttpPut", _arn("es", "domain/events-2/x"), False, id="another domain"
        ),
        pytest.param(
            _DOMAIN, "aoss:APIAccessAll", _COLLECTION, False, id="a collection besides a domain"
        ),
        pytest.param(_COLLECTION, "aoss:APIAccessAll", _COLLECTION, True, id="the collection"),
        pytest.param(
            _COLLECTION,
            "aoss:APIAccessAll",
            _arn("aoss", "collection/other"),
            False,
            id="another collection",
        ),
    ],
)
def test_the_boundary_names_what_search_writes_to(
    destination: str, action: str, arn: str, *, allowed: bool
) -> None:
    request = PolicyRequest(action=action, resource=arn)
    assert (refusal(_boundary_of_search(destination), request) == "") is allowed


def _role_statements(target: StackToDeploy) -> Iterator[Mapping[str, Any]]:
    """The statements of all policies of roles, in both branches of each Fn::If."""
    for resource in resources(target.source.document).values():
        properties = resource["Properties"]
        documents = [entry["PolicyDocument"] for entry in properties.get("Policies", ())]
        if type_of(resource) == "AWS::IAM::Policy":
            documents.append(properties["PolicyDocument"])
        for document in documents:
            yield from (statement for statement, _ in statements(document))


def test_a_role_without_boundary_is_made_by_no_stack() -> None:
    """The execution role could not make it."""
    without = {
        (stack, logical_id)
        for stack, source in _SOURCES.items()
        for logical_id, resource in resources(source.document).items()
        if type_of(resource) == "AWS::IAM::Role" and stack != "stackset-roles"
        if "PermissionsBoundary" not in resource["Properties"]
    }
    assert without == set()


# ----------------------------------------------------------------- what CloudFormation calls

_SCOPE = Scope(account=_ACCOUNT, region="us-east-1")
# Parameters that name things. All others are unknown, so that every feature counts.
_VALUES: Mapping[str, ParameterValue] = {
    "BucketName": "security-alerts-logs",
    "EventsEndpoint": _FUNCTION,
    "HighEndpoint": _FUNCTION,
    "HubBusArn": "arn:aws:events:us-east-1:123456789012:event-bus/security-alerts",
    "InstallationName": "security-alerts",
    "LogBucketName": "security-alerts-logs",
    "LogGroupName": "existing-trail",
    "LowEndpoint": _FUNCTION,
    "ManagementAccountId": "123456789012",
    "MediumEndpoint": _FUNCTION,
    "OrganizationId": "o-abcde12345",
    "PipelineName": "security-alerts",
    "TrailName": "trail",
}
# Removing a boundary is what the role must not be able to do. No stack has groups or users, and
# collections have keys of AWS.
_NEVER_CALLED = {
    "kms:CreateGrant",
    *("iam:DeleteRolePermissionsBoundary", "iam:GetGroupPolicy", "iam:GetUserPolicy"),
    *("iam:PassRole", "iam:CreateServiceLinkedRole"),  # see the statements with their conditions
}


def _target(stack: str) -> StackToDeploy:
    source = _SOURCES[stack]
    unknown = StackOutput(stack="unknown", output="unknown")
    parameters = {
        name: _VALUES.get(name, unknown) for name in section(source.document, "Parameters")
    }
    name = _STACK.replace("trailbell-trail", f"trailbell-{stack}")
    return StackToDeploy(
        source=source, options=StackSettings(stack_name=name, parameters=parameters)
    )


def _concrete(pattern: str) -> str:
    """A name that a pattern matches."""
    return re.sub(r"VALUE-OF-\w+", "x", pattern).replace("*", "1A2B")


def _calls(stack: str) -> Iterator[PolicyRequest]:
    """Each call for the resources of a stack, as the schemas of their types declare."""
    names = Names(_target(stack), _SCOPE, {name: _target(name) for name in _SOURCES})
    for logical_id, resource in resources(names.template).items():
        needed = needed_actions(resource, names.evaluator, allow_deletion=True).actions
        service = type_of(resource).split("::")[1].lower()
        for action in needed - _NEVER_CALLED:
            own = action.split(":")[0] == service and iam_actions.has_resources(action)
            arns = names.arns(logical_id, resource) if own else ("*",)
            if action.startswith("iam:"):
                arns = (_ROLE,)
            elif action in ("aoss:UpdateCollection", "aoss:DeleteCollection"):
                arns = (_arn("aoss", "collection/0a1b2c3d4e5f6g7h8i9j"),)
            for arn in arns:
                yield PolicyRequest(
                    action=action, resource=_concrete(arn) if arn != "*" else arn, context={}
                )
    # The roles that are passed, and the service-linked ones, with their conditions.
    for each in resource_access((names,), via_cloudformation=False, allow_deletion=True).statements:
        if {"iam:PassRole", "iam:CreateServiceLinkedRole"} & {*each.actions}:
            context = {
                key.lower(): str(value)
                for keys in each.condition.values()
                for key, value in keys.items()
            }
            for action in each.actions:
                for arn in each.resources:
                    yield PolicyRequest(action=action, resource=_concrete(arn), context=context)


def _contexts(request: PolicyRequest) -> Iterator[Mapping[str, str | None]]:
    """The condition keys of a call: those of a key that is new, or that has its tag."""
    match request.action.split(":"):
        case ["kms", "CreateKey"]:
            yield _NEW_KEY
        case ["kms", "TagResource" | "EnableKeyRotation"]:
            yield from (_NEW_KEY, _OWN_KEY)
        case ["kms", _]:
            yield _OWN_KEY
        case ["iam", "PassRole" | "CreateServiceLinkedRole"]:
            yield request.context
        case ["iam", _]:
            yield _WITH_BOUNDARY
        case ["lambda", _]:
            yield _SNS
        case ["aoss", _]:
            yield {"aws:resourcetag/aws:cloudformation:stack-name": _STACK}
        case _:
            yield {}


# Those of a hunt are deployed once, in the account of the log bucket.
_NOT_BY_STACK_SETS = {name for name in _SOURCES if name.endswith("hunt")} | {"stackset-roles"}


@pytest.mark.parametrize("stack", sorted(_SOURCES.keys() - _NOT_BY_STACK_SETS))
def test_every_call_for_a_stack_is_allowed(stack: str) -> None:
    allowed = _WITH_SEARCH if stack == "search" else _STATEMENTS
    refused = {
        (request.action, request.resource, reason)
        for request in _calls(stack)
        for context in _contexts(request)
        if (reason := refusal(allowed, replace(request, context=context)))
    }
    assert refused == set()


@pytest.mark.parametrize(
    "action", ["GetSubscriptionAttributes", "SetSubscriptionAttributes", "Unsubscribe"]
)
def test_subscriptions_are_managed_whether_iam_knows_their_topic_or_not(action: str) -> None:
    """Versions of the reference have no resource type for these actions, or topics.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
    """
    topic = _arn("sns", f"{_STACK}-High-1")
    assert [_refused(f"sns:{action}", arn) for arn in ("*", topic)] == ["", ""]


@pytest.mark.parametrize(
    "action",
    [
        *("CreateStack", "UpdateStack", "DeleteStack", "DescribeStacks", "CreateChangeSet"),
        *("ExecuteChangeSet", "SetStackPolicy", "DetectStackDrift", "TagResource"),
    ],
)
def test_stacks_of_stack_sets_are_managed(action: str) -> None:
    assert _refused(f"cloudformation:{action}", _arn("cloudformation", f"stack/{_STACK}/1")) == ""


def test_every_action_is_one_that_iam_knows() -> None:
    actions = {action for each in _STATEMENTS for action in each["Action"]}
    unknown = {a for a in actions if "*" not in a and not iam_actions.exists(a)}
    assert unknown == set()


def test_every_action_on_all_resources_is_one_that_iam_cannot_limit_or_only_reads() -> None:
    unlimited = {
        action
        for each in _STATEMENTS
        if each["Resource"] == ["*"] and each["Effect"] == "Allow"
        for action in each["Action"]
        if not iam_actions.is_read_only(action) and iam_actions.has_resources(action)
    }
    # Only with the tag of the installation, and only on a key without alias and without this tag.
    assert unlimited == {"kms:TagResource"}
