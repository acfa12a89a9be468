"""
The IAM permissions that deploying stacks requires.

In:    templates, and the permissions that the handlers of each resource type declare.
Out:   an IAM policy, built with awacs.
Never: ``*`` where a name is known: resources are limited to the names in the templates, or to
       those that CloudFormation derives from the stack name.

Read-only actions, and the few that IAM cannot limit to resources, are allowed on ``*``.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from awacs.aws import Action, Allow, Condition, PolicyDocument, Statement, StringEquals

from trailbell.deploy.target import StackToDeploy
from trailbell.diff.resource_schema import schema
from trailbell.errors import UnsupportedError
from trailbell.template.limits import MANAGED_POLICY_CHARACTERS
from trailbell.template.resources import properties, resources

_STACK_ACTIONS = (
    "CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet",
    "ListChangeSets", "DescribeStacks", "DescribeStackEvents", "DescribeEvents", "GetTemplate",
    "ListStackResources", "GetStackPolicy", "SetStackPolicy", "UpdateTerminationProtection",
    "ContinueUpdateRollback", "DeleteStack", "DetectStackDrift", "DetectStackResourceDrift",
    "DescribeStackResourceDrifts",
)  # fmt: skip
# What `build.py verify` reads. None of it can be limited to resources, or needs to be.
_VERIFY_ACTIONS = (
    "cloudformation:DescribeStackDriftDetectionStatus", "cloudtrail:GetTrailStatus",
    "cloudwatch:DescribeAlarms", "kms:DescribeKey", "kms:GetKeyPolicy",
    "logs:DescribeMetricFilters", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic",
)  # fmt: skip
_IAM_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z]+\*?")
_READ_ONLY = re.compile(r"(Describe|Get|List|Lookup)")
_UNRESTRICTABLE = frozenset({"kms:CreateKey", "sns:Unsubscribe", "iam:CreateServiceLinkedRole"})
_ROLE = "AWS::IAM::Role"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Where the stacks are; ``*`` if it is not given."""

    partition: str = "aws"
    account: str = "*"
    region: str = "*"

    def arn(self, service: str, rest: str, *, region: bool = True, account: bool = True) -> str:
        """Build an ARN in this scope."""
        location = f"{self.region if region else ''}:{self.account if account else ''}"
        return f"arn:{self.partition}:{service}:{location}:{rest}"


def deployer_policy(
    targets: Iterable[StackToDeploy], scope: Scope, *, for_service_role: bool = False
) -> PolicyDocument:
    """Return the policy of a deployer, or that of a service role for CloudFormation.

    A deployer that passes a service role to CloudFormation needs no permissions on the resources.
    Raises `UnsupportedError` for a resource type that declares no permissions.
    """
    targets = tuple(targets)
    statements = [] if for_service_role else list(_deployer_statements(targets, scope))
    without_role = [t for t in targets if for_service_role or not t.options.service_role]
    statements += _handler_statements(without_role, scope)
    return PolicyDocument(Version="2012-10-17", Statement=statements)


def too_long(text: str) -> bool:
    """Whether a policy is too long for a managed policy. IAM does not count white space."""
    return len("".join(text.split())) > MANAGED_POLICY_CHARACTERS


def _statement(sid: str, actions: Iterable[str], arns: list[str], **members: Any) -> Statement:
    pairs = (action.split(":", 1) for action in sorted(set(actions)))
    return Statement(
        Sid=sid, Effect=Allow, Action=[Action(*pair) for pair in pairs], Resource=arns, **members
    )


def _deployer_statements(targets: tuple[StackToDeploy, ...], scope: Scope) -> Iterator[Statement]:
    stacks = [scope.arn("cloudformation", f"stack/{target.name}/*") for target in targets]
    change_sets = scope.arn("cloudformation", "changeSet/trailbell-*/*")
    yield _statement(
        "DeployStacks",
        (f"cloudformation:{name}" for name in _STACK_ACTIONS),
        [*stacks, change_sets],
    )
    yield _statement("VerifyDeployment", _VERIFY_ACTIONS, ["*"])
    for role in sorted({t.options.service_role for t in targets} - {""}):
        yield _statement(
            "PassServiceRole",
            ["iam:PassRole"],
            [role],
            Condition=Condition(
                StringEquals("iam:PassedToService", "cloudformation.amazonaws.com")
            ),
        )
    for bucket in sorted({t.options.template_bucket for t in targets} - {""}):
        yield _statement(
            "UploadTemplates",
            ["s3:GetObject", "s3:PutObject"],
            [f"arn:{scope.partition}:s3:::{bucket}/trailbell/*"],
        )


def _handler_statements(targets: list[StackToDeploy], scope: Scope) -> list[Statement]:
    """Return statements for the resource handlers: write actions by ARN, read actions on ``*``."""
    writes: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    reads: set[str] = set()
    for target in targets:
        for logical_id, resource in resources(target.source.document).items():
            resource_type = str(resource.get("Type", ""))
            arns = tuple(_arns(target, logical_id, resource, scope))
            for action in _permissions(resource_type):
                if _READ_ONLY.match(action.split(":")[1]) or action in _UNRESTRICTABLE:
                    reads.add(action)
                elif action == "iam:PassRole":
                    roles = scope.arn("iam", f"role/{target.name}-*", region=False)
                    writes.setdefault((resource_type, (roles,)), set()).add(action)
                else:
                    own_service = action.split(":")[0] == _service(resource_type)
                    key = resource_type, arns if own_service else ("*",)
                    writes.setdefault(key, set()).add(action)
    statements = [
        _statement(
            f"{_sid(resource_type)}{_sid_suffix(resource_type, arns, actions)}", actions, list(arns)
        )
        for (resource_type, arns), actions in _merged(writes).items()
    ]
    return [*statements, *([_statement("ReadOnly", reads, ["*"])] if reads else [])]


def _merged(
    writes: Mapping[tuple[str, tuple[str, ...]], set[str]],
) -> dict[tuple[str, tuple[str, ...]], set[str]]:
    """Merge the resources of one type that have the same actions into one statement."""
    merged: dict[tuple[str, frozenset[str]], set[str]] = {}
    for (resource_type, arns), actions in writes.items():
        merged.setdefault((resource_type, frozenset(actions)), set()).update(arns)
    return {
        (resource_type, ("*",) if "*" in arns else tuple(sorted(arns))): set(actions)
        for (resource_type, actions), arns in merged.items()
    }


def _sid(resource_type: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", resource_type.removeprefix("AWS::"))


def _sid_suffix(resource_type: str, arns: tuple[str, ...], actions: Iterable[str]) -> str:
    """Distinguish the statements of one type: passed roles, and other services."""
    service = _service(resource_type)
    if arns == ("*",) and not any(action.split(":")[0] == service for action in actions):
        return "OtherServices"
    return "Roles" if all(":role/" in arn for arn in arns) and resource_type != _ROLE else ""


def _permissions(resource_type: str) -> Iterator[str]:
    """Return the IAM actions that the handlers of a type declare, without invalid entries."""
    declared = schema(resource_type)
    if declared is None or not declared.permissions:
        raise UnsupportedError(
            "the permissions of a deployer", resource_type, "its schema declares none"
        )
    for action in dict.fromkeys(a for names in declared.permissions.values() for a in names):
        service, _, name = action.partition(":")
        normalized = f"{service.lower()}:{name}"
        if _IAM_ACTION.fullmatch(normalized):
            yield normalized


def _service(resource_type: str) -> str:
    return resource_type.split("::")[1].lower()


def _arns(
    target: StackToDeploy, logical_id: str, resource: Mapping[str, Any], scope: Scope
) -> Iterator[str]:
    """Return the ARNs that a resource can have."""
    name = _name(target, logical_id, resource)
    match resource.get("Type"):
        case "AWS::CloudWatch::Dashboard":
            yield scope.arn("cloudwatch", f"dashboard/{name}", region=False)
        case "AWS::Lambda::Permission":
            yield scope.arn("lambda", f"function:{name}")
        case "AWS::CloudTrail::Trail":
            yield scope.arn("cloudtrail", f"trail/{name}")
        case "AWS::CloudWatch::Alarm":
            yield scope.arn("cloudwatch", f"alarm:{name}")
        case "AWS::IAM::Role":
            yield scope.arn("iam", f"role/{name}", region=False)
        case "AWS::KMS::Key":
            yield scope.arn("kms", "key/*")
        case "AWS::Logs::LogGroup" | "AWS::Logs::MetricFilter":
            yield scope.arn("logs", f"log-group:{name}")
            yield scope.arn("logs", f"log-group:{name}:*")
        case "AWS::S3::Bucket" | "AWS::S3::BucketPolicy":
            yield f"arn:{scope.partition}:s3:::{name}"
        case "AWS::SNS::Topic" | "AWS::SNS::TopicPolicy" | "AWS::SNS::Subscription":
            yield scope.arn("sns", name)
        case _:
            yield "*"


# The property that names the resource of the permissions: the resource itself, or the one that it
# belongs to.
_NAME_PROPERTIES = {
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Permission": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Logs::MetricFilter": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SNS::Subscription": "TopicArn",
}


def _name(target: StackToDeploy, logical_id: str, resource: Mapping[str, Any]) -> str:
    """Return a pattern of the physical name, from the template or as CloudFormation does."""
    resource_type = str(resource.get("Type", ""))
    name = properties(resource).get(_NAME_PROPERTIES.get(resource_type, ""))
    if name is not None:
        return _pattern(name, target)
    generated = f"{target.name}-{logical_id}-*"
    return generated.lower() if resource_type.startswith("AWS::S3::") else generated


def _pattern(value: Any, target: StackToDeploy) -> str:
    """Return a pattern of a name: ``*`` for each part that is known after apply."""
    match value:
        case str():
            return value
        case [entry]:
            return _pattern(entry, target)
        case {"Ref": "AWS::StackName"}:
            return target.name
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            resource = resources(target.source.document).get(name)
            return _name(target, name, resource) if resource else "*"
        case {"Fn::Sub": str(text)}:
            named = text.replace("${AWS::StackName}", target.name)
            return re.sub(r"(\$\{[^}]*\}|\*)+", "*", named)
        case _:
            return "*"
