"""
How long the policies of a template are, for the quotas on them.

In:    a template's document.
Out:   for each policy the least number of characters that it can have once deployed, its limit,
       and where it stands.
Never: a guess upwards. What an intrinsic stands for counts with the shortest text it can be, so
       a policy that is called too long is too long.

White space is not counted: IAM leaves it out, and CloudFormation sends none.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trailbell.template import loops
from trailbell.template.intrinsics import branches, referenced_id, resources


@dataclass(frozen=True)
class Limit:
    """At most so many characters of a thing.

    ``adjustable`` if AWS may have raised it for you, to ``ceiling`` at most where that is known.
    """

    what: str
    most: int
    url: str
    adjustable: bool = False
    ceiling: int = sys.maxsize


@dataclass(frozen=True)
class Size:
    """``used`` characters, at least, at a place in the template."""

    limit: Limit
    used: int
    path: tuple[str | int, ...]


_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_ORGANIZATIONS = (
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"
)
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html"
_KMS = "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html"
_SNS = "https://docs.aws.amazon.com/general/latest/gr/sns.html"
_SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html"
_SSO = "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html"

_BUCKET = Limit("bucket policy", 20_480, _S3)
_KEY = Limit("key policy", 32_768, _KMS)
_TOPIC = Limit("topic policy", 30_720, _SNS)
_QUEUE = Limit("queue policy", 8_192, _SQS)

# Where a resource keeps one policy, and how long it may be.
_SINGLE = {
    ("AWS::IAM::ManagedPolicy", "PolicyDocument"): Limit("managed policy", 6_144, _IAM),
    ("AWS::IAM::Role", "AssumeRolePolicyDocument"): Limit(
        "trust policy", 2_048, _IAM, adjustable=True, ceiling=8_192
    ),
    ("AWS::S3::BucketPolicy", "PolicyDocument"): _BUCKET,
    ("AWS::KMS::Key", "KeyPolicy"): _KEY,
    ("AWS::KMS::ReplicaKey", "KeyPolicy"): _KEY,
    ("AWS::SNS::TopicPolicy", "PolicyDocument"): _TOPIC,
    ("AWS::SNS::TopicInlinePolicy", "PolicyDocument"): _TOPIC,
    ("AWS::SQS::QueuePolicy", "PolicyDocument"): _QUEUE,
    ("AWS::SQS::QueueInlinePolicy", "PolicyDocument"): _QUEUE,
    ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy"): Limit(
        "secret's policy",
        20_480,
        "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html",
    ),
    ("AWS::ECR::Repository", "RepositoryPolicyText"): Limit(
        "repository policy",
        10_240,
        "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html",
    ),
    ("AWS::EFS::FileSystem", "FileSystemPolicy"): Limit(
        "file system policy",
        20_000,
        "https://docs.aws.amazon.com/efs/latest/APIReference/API_PutFileSystemPolicy.html",
    ),
    ("AWS::SSO::PermissionSet", "InlinePolicy"): Limit("permission set's policy", 32_768, _SSO),
}

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html: adjustable
# only where the page says so by the day; a longer one is named, and may be allowed.
_OF_ORGANIZATION = {
    "SERVICE_CONTROL_POLICY": ("service control policy", 5_120),
    "RESOURCE_CONTROL_POLICY": ("resource control policy", 5_120),
    "AISERVICES_OPT_OUT_POLICY": ("AI services opt-out policy", 2_500),
    "BACKUP_POLICY": ("backup policy", 10_000),
    "CHATBOT_POLICY": ("chat applications policy", 10_000),
    "DECLARATIVE_POLICY_EC2": ("declarative policy", 10_000),
    "SECURITYHUB_POLICY": ("Security Hub policy", 10_000),
    "TAG_POLICY": ("tag policy", 10_000),
}

# The inline policies of one of these are counted together: own type, the property of
# AWS::IAM::Policy that lists them, the type that holds one policy of one of them.
_TOGETHER = {
    "AWS::IAM::Role": Limit("inline policies of a role", 10_240, _IAM),
    "AWS::IAM::Group": Limit("inline policies of a group", 5_120, _IAM),
    "AWS::IAM::User": Limit("inline policies of a user", 2_048, _IAM),
}
_OWNERS = {"Roles": "AWS::IAM::Role", "Groups": "AWS::IAM::Group", "Users": "AWS::IAM::User"}
_ONE_OF = {
    "AWS::IAM::RolePolicy": ("RoleName", "AWS::IAM::Role"),
    "AWS::IAM::GroupPolicy": ("GroupName", "AWS::IAM::Group"),
    "AWS::IAM::UserPolicy": ("UserName", "AWS::IAM::User"),
}


def policy_sizes(document: dict[str, Any]) -> Iterator[Size]:
    """Every policy whose length is limited, and the sums that are."""
    least = _Least(document)
    for (kind, name), limit in _SINGLE.items():
        for logical_id, properties in resources(document, kind):
            if name in properties:
                path = ("Resources", logical_id, "Properties", name)
                yield Size(limit, least.policy(properties[name]), path)
    for logical_id, properties in resources(document, "AWS::Organizations::Policy"):
        what, most = _OF_ORGANIZATION.get(str(properties.get("Type")), ("", 0))
        if what and "Content" in properties:
            limit = Limit(what, most, _ORGANIZATIONS, adjustable=True)
            path = ("Resources", logical_id, "Properties", "Content")
            yield Size(limit, least.policy(properties["Content"]), path)
    yield from _sums(document, least)


def _sums(document: dict[str, Any], least: "_Least") -> Iterator[Size]:
    """Inline policies by owner. Of parts under different conditions, which may exclude each
    other, only the longest counts.
    """
    bodies = {name: body for name, body, _ in loops.entries(document.get("Resources"))}
    named = _named_owners(document)
    parts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    places: dict[tuple[str, str], list[tuple[str | int, ...]]] = defaultdict(list)
    for kind, reference, used, logical_id, name in _parts(document, least):
        owner = _identity(reference, named)
        parts[kind, owner][str(bodies[logical_id].get("Condition", ""))] += used
        places[kind, owner].append(("Resources", logical_id, "Properties", name))
    for (kind, owner), by_condition in parts.items():
        always = by_condition.pop("", 0)
        used = always + max(by_condition.values(), default=0)
        yield Size(_TOGETHER[kind], used, places[kind, owner][0])


def _parts(document: dict[str, Any], least: "_Least") -> Iterator[tuple[str, Any, int, str, str]]:
    """Type of an owner, what names it, characters, and the resource and property they stand in."""
    for kind in _TOGETHER:
        for logical_id, properties in resources(document, kind):
            if "Policies" in properties:
                used = least.policies(properties["Policies"])
                yield kind, {"Ref": logical_id}, used, logical_id, "Policies"
    for logical_id, properties in resources(document, "AWS::IAM::Policy"):
        used = least.policy(properties.get("PolicyDocument"))
        for name, kind in _OWNERS.items():
            owners = properties.get(name)
            for owner in owners if isinstance(owners, list) else ():
                yield kind, owner, used, logical_id, "PolicyDocument"
    for kind, (name, of) in _ONE_OF.items():
        for logical_id, properties in resources(document, kind):
            used = least.policy(properties.get("PolicyDocument"))
            yield of, properties.get(name), used, logical_id, "PolicyDocument"


_NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::User": "UserName",
}


def _named_owners(document: dict[str, Any]) -> dict[str, str]:
    """Logical ids of roles, groups and users of the template, by the name that each is given."""
    return {
        json.dumps(properties[name], sort_keys=True): logical_id
        for kind, name in _NAMES.items()
        for logical_id, properties in resources(document, kind)
        if name in properties
    }


def _identity(reference: Any, named: dict[str, str]) -> str:
    """The same text for every way to name an owner: its logical id, or the name of another."""
    found = [value for value, _ in branches(reference, [])]  # without AWS::NoValue
    only = found[0] if len(found) == 1 else reference
    logical_id = referenced_id(only)
    if logical_id is not None:
        return logical_id
    text = json.dumps(only, sort_keys=True)
    return named.get(text, text)


_VARIABLE = re.compile(r"\$\{(?!!)([^}]*)\}")
_WHITE_SPACE = re.compile(r"\s")
_SHORTEST = {
    # The shortest account, Region, partition and domain there are; a stack's name has a letter.
    "AWS::AccountId": 12,
    "AWS::NoValue": 0,
    "AWS::Partition": len("aws"),
    "AWS::Region": len("us-east-1"),
    "AWS::StackId": len("arn:aws:cloudformation:us-east-1:111122223333:stack/a/") + 36,
    "AWS::StackName": 1,
    "AWS::URLSuffix": len("amazonaws.com"),
}
_SHORTEST_ARN = len("arn:aws:s3:::abc")
# Resources that are referred to by their ARN, in which Region and account stand.
_BY_ARN = {
    "AWS::IAM::ManagedPolicy": len("arn:aws:iam::111122223333:policy/a"),
    "AWS::SecretsManager::Secret": len("arn:aws:secretsmanager:us-east-1:111122223333:secret:a"),
    "AWS::SNS::Topic": len("arn:aws:sns:us-east-1:111122223333:a"),
    "AWS::StepFunctions::StateMachine": len("arn:aws:states:us-east-1:111122223333:stateMachine:a"),
}
_NOTHING = {"Ref": "AWS::NoValue"}


class _Least:
    """The shortest that parts of a template can be once intrinsics are put in."""

    def __init__(self, document: dict[str, Any]) -> None:
        found = document.get("Parameters")
        self._parameters = found if isinstance(found, dict) else {}
        self._types = {
            name: resource.get("Type")
            for name, resource, _ in loops.entries(document.get("Resources"))
            if isinstance(resource, dict)
        }

    def policy(self, value: Any) -> int:
        """Characters of a policy document, given as an object or as JSON text."""
        if isinstance(value, str):
            try:
                return self.written(json.loads(value))
            except (ValueError, RecursionError):
                return len(_WHITE_SPACE.sub("", value))
        return self.written(value)

    def policies(self, value: Any) -> int:
        """Characters of the documents in a property ``Policies``."""
        match value:
            case {"Fn::If": [_, yes, no]}:
                return min(self.policies(yes), self.policies(no))
            case {"PolicyDocument": document}:
                return self.policy(document)
            case list():
                return sum(map(self.policies, value))
            case _:
                return 0

    def written(self, value: Any) -> int:
        """Characters of a value as JSON without white space."""
        match value:
            case {"Fn::If": [_, yes, no]} if len(value) == 1:
                return min(self.written(yes), self.written(no))
            case dict() if self._is_function(value):
                return 2 + self.text(value)
            case dict():
                members = {k: v for k, v in value.items() if v != _NOTHING}
                inside = [len(json.dumps(k)) + 1 + self.written(v) for k, v in members.items()]
                return 2 + sum(inside) + max(len(inside) - 1, 0)
            case list():
                inside = [self.written(entry) for entry in value if entry != _NOTHING]
                return 2 + sum(inside) + max(len(inside) - 1, 0)
            case str():
                return len(_WHITE_SPACE.sub("", json.dumps(value, ensure_ascii=False)))
            case _:
                return len(json.dumps(value))

    def _is_function(self, value: dict[str, Any]) -> bool:
        return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))

    def text(self, value: Any) -> int:
        """Characters of a text, or of what a function gives."""
        match value:
            case str():
                return len(_WHITE_SPACE.sub("", value))
            case {"Ref": str(name)}:
                return self._named(name)
            case {"Fn::GetAtt": [_, str(name)] | str(name)}:
                return _SHORTEST_ARN if name.endswith("Arn") else 0
            case {"Fn::Sub": [str(text), dict(own)]}:
                return self._substituted(text, own)
            case {"Fn::Sub": str(text)}:
                return self._substituted(text, {})
            case {"Fn::Join": [str(between), list(parts)]}:
                joined = len(between) * max(len(parts) - 1, 0)
                return joined + sum(map(self.text, parts))
            case {"Fn::If": [_, yes, no]}:
                return min(self.text(yes), self.text(no))
            case _:
                return 0

    def _substituted(self, text: str, own: dict[str, Any]) -> int:
        variables = [
            self.text(own[name]) if name in own else self._variable(name)
            for name in _VARIABLE.findall(text)
        ]
        rest = _VARIABLE.sub("", text).replace("${!", "${")
        return len(_WHITE_SPACE.sub("", rest)) + sum(variables)

    def _variable(self, name: str) -> int:
        return self.text({"Fn::GetAtt": name}) if "." in name else self._named(name)

    def _named(self, name: str) -> int:
        """Of a pseudo parameter, a parameter or a resource."""
        match self._parameters.get(name):
            case {"AllowedValues": [*values]} if values:
                return min(len(str(value)) for value in values)
            case {"MinLength": int(least) | str(least)} if str(least).isdigit():
                return int(least)
            case _:
                return _SHORTEST.get(name, _BY_ARN.get(str(self._types.get(name)), 0))
