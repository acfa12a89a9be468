"""
Reading a template that may hold intrinsics anywhere.

In:    a template's document, in long form.
Out:   resources by type, the branches of a value, the statements of a policy.
Never: a judgement. Rules judge.
"""

from collections.abc import Iterator
from typing import Any

Path = list[str | int]


def resources(document: Any, *types: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Logical id and properties of every resource of these types."""
    found = document.get("Resources")
    for logical_id, resource in (found or {}).items() if isinstance(found, dict) else ():
        if isinstance(resource, dict) and resource.get("Type") in types:
            properties = resource.get("Properties")
            yield logical_id, properties if isinstance(properties, dict) else {}


def branches(value: Any, path: Path) -> Iterator[tuple[Any, Path]]:
    """What a value can be: both sides of each ``Fn::If``, without ``AWS::NoValue``."""
    match value:
        case {"Fn::If": [_, yes, no]}:
            yield from branches(yes, [*path, "Fn::If", 1])
            yield from branches(no, [*path, "Fn::If", 2])
        case {"Ref": "AWS::NoValue"}:
            return
        case _:
            yield value, path


def listed(value: Any, path: Path) -> Iterator[tuple[Any, Path]]:
    """The entries of a list in all its branches; a single value counts as a list of one."""
    for branch, at in branches(value, path):
        if isinstance(branch, list):
            for index, entry in enumerate(branch):
                yield from branches(entry, [*at, index])
        else:
            yield branch, at


def statements(policy: Any, path: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """The statements of a policy document."""
    for document, at in branches(policy, path):
        if isinstance(document, dict):
            for statement, below in listed(document.get("Statement"), [*at, "Statement"]):
                if isinstance(statement, dict):
                    yield statement, below


def texts(value: Any, path: Path) -> Iterator[tuple[str, Path]]:
    """Every string below a value."""
    match value:
        case str():
            yield value, path
        case dict():
            for name, member in value.items():
                yield from texts(member, [*path, name])
        case list():
            for index, member in enumerate(value):
                yield from texts(member, [*path, index])


def ref(value: Any) -> str | None:
    """The logical id that ``Ref`` or ``Fn::GetAtt`` names, None for anything else."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::GetAtt": str(dotted)}:
            return dotted.split(".", 1)[0]
        case _:
            return None


# Where resources keep policies, by type: the properties that hold a policy document.
POLICIES = {
    "AWS::S3::BucketPolicy": ("PolicyDocument",),
    "AWS::SNS::TopicPolicy": ("PolicyDocument",),
    "AWS::SQS::QueuePolicy": ("PolicyDocument",),
    "AWS::KMS::Key": ("KeyPolicy",),
    "AWS::IAM::Role": ("AssumeRolePolicyDocument",),
    "AWS::SecretsManager::ResourcePolicy": ("ResourcePolicy",),
    "AWS::ECR::Repository": ("RepositoryPolicyText",),
    "AWS::Events::EventBusPolicy": ("Statement",),
    "AWS::Logs::ResourcePolicy": ("PolicyDocument",),
}
