"""
How long the policies of a template are, for the quotas on them.

In:    a template.
Out:   for each policy the minimum number of characters when deployed, its limit, and its path.
Never: an overestimate. An intrinsic function counts as the shortest text that it can return, so
       a policy that is reported as too long is too long.

White space is not counted: IAM ignores it, and CloudFormation sends none.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trailbell.template import TemplatePath, loops
from trailbell.template.intrinsics import (
    SUB_VARIABLE,
    branches,
    is_intrinsic,
    referenced_id,
    substitute,
)
from trailbell.template.limits import MANAGED_POLICY_CHARACTERS
from trailbell.template.resources import resources_of_type


@dataclass(frozen=True)
class Limit:
    """The number of characters that a policy can have.

    AWS raises an ``adjustable`` limit on request, up to ``maximum`` where that is known.
    """

    noun: str
    characters: int
    url: str
    adjustable: bool = False
    maximum: int = sys.maxsize


@dataclass(frozen=True)
class Size:
    """The minimum length of a policy, or of several that are counted together."""

    limit: Limit
    used: int
    path: TemplatePath


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

# Properties that hold one policy, and how long it can be.
_SINGLE = {
    ("AWS::IAM::ManagedPolicy", "PolicyDocument"): Limit(
        "managed policy", MANAGED_POLICY_CHARACTERS, _IAM
    ),
    ("AWS::IAM::Role", "AssumeRolePolicyDocument"): Limit(
        "trust policy", 2_048, _IAM, adjustable=True, maximum=8_192
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

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html: AWS raises
# some of these limits, so a longer policy is a warning.
_ORGANIZATION_POLICIES = {
    "SERVICE_CONTROL_POLICY": ("service control policy", 5_120),
    "RESOURCE_CONTROL_POLICY": ("resource control policy", 5_120),
    "AISERVICES_OPT_OUT_POLICY": ("AI services opt-out policy", 2_500),
    "BACKUP_POLICY": ("backup policy", 10_000),
    "CHATBOT_POLICY": ("chat applications policy", 10_000),
    "DECLARATIVE_POLICY_EC2": ("declarative policy", 10_000),
    "SECURITYHUB_POLICY": ("Security Hub policy", 10_000),
    "TAG_POLICY": ("tag policy", 10_000),
}

# The inline policies of one role, group or user are counted together. They come from its own
# resource, from AWS::IAM::Policy (whose properties list the owners), and from resources with one
# policy for one owner.
_INLINE = {
    "AWS::IAM::Role": Limit("inline policies of a role", 10_240, _IAM),
    "AWS::IAM::Group": Limit("inline policies of a group", 5_120, _IAM),
    "AWS::IAM::User": Limit("inline policies of a user", 2_048, _IAM),
}
_OWNER_LISTS = {"Roles": "AWS::IAM::Role", "Groups": "AWS::IAM::Group", "Users": "AWS::IAM::User"}
_SINGLE_OWNER = {
    "AWS::IAM::RolePolicy": ("RoleName", "AWS::IAM::Role"),
    "AWS::IAM::GroupPolicy": ("GroupName", "AWS::IAM::Group"),
    "AWS::IAM::UserPolicy": ("UserName", "AWS::IAM::User"),
}


def policy_sizes(document: dict[str, Any]) -> Iterator[Size]:
    """The size of every policy with a limit, and of inline policies together."""
    lengths = _MinimumLength(document)
    for (resource_type, name), limit in _SINGLE.items():
        for logical_id, properties in resources_of_type(document, resource_type):
            if name in properties:
                path = ("Resources", logical_id, "Properties", name)
                yield Size(limit, lengths.policy(properties[name]), path)
    for logical_id, properties in resources_of_type(document, "AWS::Organizations::Policy"):
        noun, characters = _ORGANIZATION_POLICIES.get(str(properties.get("Type")), ("", 0))
        if noun and "Content" in properties:
            limit = Limit(noun, characters, _ORGANIZATIONS, adjustable=True)
            path = ("Resources", logical_id, "Properties", "Content")
            yield Size(limit, lengths.policy(properties["Content"]), path)
    yield from _inline_policies(document, lengths)


def _inline_policies(document: dict[str, Any], lengths: "_MinimumLength") -> Iterator[Size]:
    """The inline policies of each owner together.

    Conditions may exclude each other, so of the policies with different conditions only the
    longest counts.
    """
    bodies = {name: body for name, body, _ in loops.entries(document.get("Resources"))}
    owners_by_name = _owners_by_name(document)
    used_by_condition: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    paths: dict[tuple[str, str], TemplatePath] = {}
    for owner_type, reference, used, logical_id, name in _policies_by_owner(document, lengths):
        owner = _identify(reference, owners_by_name)
        used_by_condition[owner_type, owner][str(bodies[logical_id].get("Condition", ""))] += used
        paths.setdefault((owner_type, owner), ("Resources", logical_id, "Properties", name))
    for (owner_type, owner), by_condition in used_by_condition.items():
        always = by_condition.pop("", 0)
        used = always + max(by_condition.values(), default=0)
        yield Size(_INLINE[owner_type], used, paths[owner_type, owner])


def _policies_by_owner(
    document: dict[str, Any], lengths: "_MinimumLength"
) -> Iterator[tuple[str, Any, int, str, str]]:
    """Each inline policy: owner type and reference, length, logical ID and property."""
    for owner_type in _INLINE:
        for logical_id, properties in resources_of_type(document, owner_type):
            if "Policies" in properties:
                used = lengths.policies(properties["Policies"])
                yield owner_type, {"Ref": logical_id}, used, logical_id, "Policies"
    for logical_id, properties in resources_of_type(document, "AWS::IAM::Policy"):
        used = lengths.policy(properties.get("PolicyDocument"))
        for name, owner_type in _OWNER_LISTS.items():
            owners = properties.get(name)
            for owner in owners if isinstance(owners, list) else ():
                yield owner_type, owner, used, logical_id, "PolicyDocument"
    for resource_type, (name, owner_type) in _SINGLE_OWNER.items():
        for logical_id, properties in resources_of_type(document, resource_type):
            used = lengths.policy(properties.get("PolicyDocument"))
            yield owner_type, properties.get(name), used, logical_id, "PolicyDocument"


_NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::User": "UserName",
}


def _owners_by_name(document: dict[str, Any]) -> dict[str, str]:
    """The logical IDs of roles, groups and users by their explicit names."""
    return {
        json.dumps(properties[name], sort_keys=True): logical_id
        for resource_type, name in _NAMES.items()
        for logical_id, properties in resources_of_type(document, resource_type)
        if name in properties
    }


def _identify(reference: Any, owners_by_name: dict[str, str]) -> str:
    """One text for every way to refer to an owner: the logical ID, or an external name."""
    values = [value for value, _ in branches(reference)]  # without AWS::NoValue
    only = values[0] if len(values) == 1 else reference
    logical_id = referenced_id(only)
    if logical_id is not None:
        return logical_id
    text = json.dumps(only, sort_keys=True)
    return owners_by_name.get(text, text)


_WHITE_SPACE = re.compile(r"\s")
_SHORTEST = {
    # The shortest Region, partition and domain; a stack name has at least one letter.
    "AWS::AccountId": 12,
    "AWS::NoValue": 0,
    "AWS::Partition": len("aws"),
    "AWS::Region": len("us-east-1"),
    "AWS::StackId": len("arn:aws:cloudformation:us-east-1:111122223333:stack/a/") + 36,
    "AWS::StackName": 1,
    "AWS::URLSuffix": len("amazonaws.com"),
}
_SHORTEST_ARN = len("arn:aws:s3:::abc")
# Resources whose Ref is their ARN, which contains Region and account.
_BY_ARN = {
    "AWS::IAM::ManagedPolicy": len("arn:aws:iam::111122223333:policy/a"),
    "AWS::SecretsManager::Secret": len("arn:aws:secretsmanager:us-east-1:111122223333:secret:a"),
    "AWS::SNS::Topic": len("arn:aws:sns:us-east-1:111122223333:a"),
    "AWS::StepFunctions::StateMachine": len("arn:aws:states:us-east-1:111122223333:stateMachine:a"),
}
_NOTHING = {"Ref": "AWS::NoValue"}


class _MinimumLength:
    """The minimum length of values once intrinsic functions are resolved."""

    def __init__(self, document: dict[str, Any]) -> None:
        parameters = document.get("Parameters")
        self._parameters = parameters if isinstance(parameters, dict) else {}
        self._types = {
            name: resource.get("Type")
            for name, resource, _ in loops.entries(document.get("Resources"))
            if isinstance(resource, dict)
        }

    def policy(self, value: Any) -> int:
        """Characters of a policy document, which is an object or JSON text."""
        if isinstance(value, str):
            try:
                return self.json(json.loads(value))
            except (ValueError, RecursionError):
                return len(_WHITE_SPACE.sub("", value))
        return self.json(value)

    def policies(self, value: Any) -> int:
        """Characters of the policy documents in a property ``Policies``."""
        match value:
            case {"Fn::If": [_, yes, no]}:
                return min(self.policies(yes), self.policies(no))
            case {"PolicyDocument": document}:
                return self.policy(document)
            case list():
                return sum(map(self.policies, value))
            case _:
                return 0

    def json(self, value: Any) -> int:
        """Characters of a value as JSON without white space."""
        match value:
            case {"Fn::If": [_, yes, no]} if len(value) == 1:
                return min(self.json(yes), self.json(no))
            case dict() if is_intrinsic(value):
                return 2 + self.text(value)
            case dict():
                members = {k: v for k, v in value.items() if v != _NOTHING}
                inside = [len(json.dumps(k)) + 1 + self.json(v) for k, v in members.items()]
                return 2 + sum(inside) + max(len(inside) - 1, 0)
            case list():
                inside = [self.json(entry) for entry in value if entry != _NOTHING]
                return 2 + sum(inside) + max(len(inside) - 1, 0)
            case str():
                return len(_WHITE_SPACE.sub("", json.dumps(value, ensure_ascii=False)))
            case _:
                return len(json.dumps(value))

    def text(self, value: Any) -> int:
        """Characters of a text, or of the result of a function."""
        match value:
            case str():
                return len(_WHITE_SPACE.sub("", value))
            case {"Ref": str(name)}:
                return self._referenced(name)
            case {"Fn::GetAtt": [_, str(name)] | str(name)}:
                return _SHORTEST_ARN if name.endswith("Arn") else 0
            case {"Fn::Sub": [str(text), dict(variables)]}:
                return self._substituted(text, variables)
            case {"Fn::Sub": str(text)}:
                return self._substituted(text, {})
            case {"Fn::Join": [str(delimiter), list(parts)]}:
                delimiters = len(delimiter) * max(len(parts) - 1, 0)
                return delimiters + sum(map(self.text, parts))
            case {"Fn::If": [_, yes, no]}:
                return min(self.text(yes), self.text(no))
            case _:
                return 0

    def _substituted(self, text: str, variables: dict[str, Any]) -> int:
        lengths = [
            self.text(variables[name]) if name in variables else self._variable(name)
            for name in SUB_VARIABLE.findall(text)
        ]
        return len(_WHITE_SPACE.sub("", substitute(text, ""))) + sum(lengths)

    def _variable(self, name: str) -> int:
        return self.text({"Fn::GetAtt": name}) if "." in name else self._referenced(name)

    def _referenced(self, name: str) -> int:
        """Characters of a pseudo parameter, a parameter or a resource."""
        match self._parameters.get(name):
            case {"AllowedValues": [*values]} if values:
                return min(len(str(value)) for value in values)
            case {"MinLength": int(least) | str(least)} if str(least).isdigit():
                return int(least)
            case _:
                return _SHORTEST.get(name, _BY_ARN.get(str(self._types.get(name)), 0))
