"""
What a deployer of these stacks needs to be allowed.

In:    templates, and the permissions that each resource type's handlers declare.
Out:   an IAM policy, built with awacs.
Never: ``*`` where a name is known: resources are narrowed to what the templates name, or to
       the names that CloudFormation derives from that of the stack.

Actions that only read, and the few that IAM cannot narrow, stand on every resource.
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
from trailbell.template.resources import properties, resources

_OF_STACKS = (
    "CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet",
    "ListChangeSets", "DescribeStacks", "DescribeStackEvents", "DescribeEvents", "GetTemplate",
    "ListStackResources", "GetStackPolicy", "SetStackPolicy", "UpdateTerminationProtection",
    "ContinueUpdateRollback", "DeleteStack", "DetectStackDrift", "DetectStackResourceDrift",
    "DescribeStackResourceDrifts",
)  # fmt: skip
# What `build.py verify` reads; none of it can be narrowed, or is worth it.
_TO_VERIFY = (
    "cloudformation:DescribeStackDriftDetectionStatus", "cloudtrail:GetTrailStatus",
    "cloudwatch:DescribeAlarms", "kms:DescribeKey", "kms:GetKeyPolicy",
    "logs:DescribeMetricFilters", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic",
)  # fmt: skip
_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z]+\*?")
_READS = re.compile(r"(Describe|Get|List|Lookup)")
_UNBOUND = frozenset({"kms:CreateKey", "sns:Unsubscribe", "iam:CreateServiceLinkedRole"})
_ROLE = "AWS::IAM::Role"
_POLICY_CHARACTERS = (
    6_144  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Where the stacks are; ``*`` where it is not said."""

    partition: str = "aws"
    account: str = "*"
    region: str = "*"

    def arn(self, service: str, rest: str, *, region: bool = True, account: bool = True) -> str:
        """An ARN in this scope."""
        where = f"{self.region if region else ''}:{self.account if account else ''}"
        return f"arn:{self.partition}:{service}:{where}:{rest}"


def deployer_policy(
    targets: Iterable[StackToDeploy], scope: Scope, *, boundary: bool = False
) -> PolicyDocument:
    """The policy of a deployer; with ``boundary``, that of a service role for CloudFormation.

    A deployer who hands CloudFormation a service role needs no permission on the resources.
    Raises `UnsupportedError` for a type that declares no permissions.
    """
    chosen = tuple(targets)
    statements = [] if boundary else list(_deployer(chosen, scope))
    by_themselves = [t for t in chosen if boundary or not t.options.service_role]
    statements += _handlers(by_themselves, scope)
    return PolicyDocument(Version="2012-10-17", Statement=statements)


def too_long(text: str) -> bool:
    """Whether a managed policy cannot hold it; IAM does not count white space."""
    return len("".join(text.split())) > _POLICY_CHARACTERS


def _statement(sid: str, actions: Iterable[str], where: list[str], **more: Any) -> Statement:
    parted = (action.split(":", 1) for action in sorted(set(actions)))
    return Statement(
        Sid=sid, Effect=Allow, Action=[Action(*pair) for pair in parted], Resource=where, **more
    )


def _deployer(targets: tuple[StackToDeploy, ...], scope: Scope) -> Iterator[Statement]:
    stacks = [scope.arn("cloudformation", f"stack/{target.name}/*") for target in targets]
    sets = scope.arn("cloudformation", "changeSet/trailbell-*/*")
    yield _statement(
        "DeployTheseStacks", (f"cloudformation:{name}" for name in _OF_STACKS), [*stacks, sets]
    )
    yield _statement("ReadBack", _TO_VERIFY, ["*"])
    for role in sorted({t.options.service_role for t in targets} - {""}):
        yield _statement(
            "HandOverTheServiceRole", ["iam:PassRole"], [role],
            Condition=Condition(StringEquals("iam:PassedToService",
                                             "cloudformation.amazonaws.com")),
        )  # fmt: skip
    for bucket in sorted({t.options.template_bucket for t in targets} - {""}):
        yield _statement(
            "PutLongTemplates",
            ["s3:GetObject", "s3:PutObject"],
            [f"arn:{scope.partition}:s3:::{bucket}/trailbell/*"],
        )


def _handlers(targets: list[StackToDeploy], scope: Scope) -> list[Statement]:
    """For each service that the resources belong to: what writes, narrowed; what reads, not."""
    writes: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    reads: set[str] = set()
    for target in targets:
        for logical_id, resource in resources(target.source.document).items():
            kind = str(resource.get("Type", ""))
            where = tuple(_arns(target, logical_id, resource, scope))
            for action in _permissions(kind):
                if _READS.match(action.split(":")[1]) or action in _UNBOUND:
                    reads.add(action)
                elif action == "iam:PassRole":
                    roles = scope.arn("iam", f"role/{target.name}-*", region=False)
                    writes.setdefault((kind, (roles,)), set()).add(action)
                else:
                    own = action.split(":")[0] == _service(kind)
                    writes.setdefault((kind, where if own else ("*",)), set()).add(action)
    statements = [
        _statement(f"{_sid(kind)}{_suffix(kind, where, actions)}", actions, list(where))
        for (kind, where), actions in _joined(writes).items()
    ]
    return [*statements, *([_statement("Look", reads, ["*"])] if reads else [])]


def _joined(
    writes: Mapping[tuple[str, tuple[str, ...]], set[str]],
) -> dict[tuple[str, tuple[str, ...]], set[str]]:
    """Resources of one type with the same actions, in one statement."""
    found: dict[tuple[str, frozenset[str]], set[str]] = {}
    for (kind, where), actions in writes.items():
        found.setdefault((kind, frozenset(actions)), set()).update(where)
    return {
        (kind, ("*",) if "*" in where else tuple(sorted(where))): set(actions)
        for (kind, actions), where in found.items()
    }


def _sid(kind: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", kind.removeprefix("AWS::"))


def _suffix(kind: str, where: tuple[str, ...], actions: Iterable[str]) -> str:
    """Tells apart the statements of one type: roles handed over, and other services."""
    if where == ("*",) and not any(action.split(":")[0] == _service(kind) for action in actions):
        return "Beyond"
    return "Roles" if all(":role/" in arn for arn in where) and kind != _ROLE else ""


def _permissions(kind: str) -> Iterator[str]:
    """What a type's handlers declare, in IAM's spelling. Some list what is no action of IAM."""
    known = schema(kind)
    if known is None or not known.permissions:
        raise UnsupportedError("the permissions of a deployer", kind, "its schema declares none")
    for action in dict.fromkeys(a for every in known.permissions.values() for a in every):
        service, _, name = action.partition(":")
        spelled = f"{service.lower()}:{name}"
        if _ACTION.fullmatch(spelled):
            yield spelled


def _service(kind: str) -> str:
    return kind.split("::")[1].lower()


def _arns(
    target: StackToDeploy, logical_id: str, resource: Mapping[str, Any], scope: Scope
) -> Iterator[str]:
    """The ARNs that a resource can have."""
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


# The property that names what the permissions of a type are about, and, for those that belong
# to another resource, how to find that.
_NAMED_BY = {
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
    """The physical name as a pattern: as given, or as CloudFormation makes it."""
    kind = str(resource.get("Type", ""))
    given = properties(resource).get(_NAMED_BY.get(kind, ""))
    if given is not None:
        return _pattern(given, target)
    made = f"{target.name}-{logical_id}-*"
    return made.lower() if kind.startswith("AWS::S3::") else made


def _pattern(value: Any, target: StackToDeploy) -> str:
    """What a name can be: ``*`` for each part that is known only when it is deployed."""
    match value:
        case str():
            return value
        case [one]:
            return _pattern(one, target)
        case {"Ref": "AWS::StackName"}:
            return target.name
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            found = resources(target.source.document).get(name)
            return _name(target, name, found) if found else "*"
        case {"Fn::Sub": str(text)}:
            known = text.replace("${AWS::StackName}", target.name)
            return re.sub(r"(\$\{[^}]*\}|\*)+", "*", known)
        case _:
            return "*"
