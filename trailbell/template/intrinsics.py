"""
Reading a template that may hold intrinsics anywhere.

In:    a template's document, in long form.
Out:   resources by type, the branches of a value, the statements of a policy.
Never: a judgement. Rules judge.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from trailbell.template import loops

Path = list[str | int]


def resources(document: Any, *types: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Logical id and properties of every resource of these types, in loops too."""
    for logical_id, resource, _ in loops.entries(document.get("Resources")):
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


def entries(value: Any, path: Path) -> Iterator[tuple[Any, Path]]:
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
            for statement, below in entries(document.get("Statement"), [*at, "Statement"]):
                if isinstance(statement, dict):
                    yield statement, below


def strings(value: Any, path: Path) -> Iterator[tuple[str, Path]]:
    """Every string below a value."""
    match value:
        case str():
            yield value, path
        case dict():
            for name, member in value.items():
                yield from strings(member, [*path, name])
        case list():
            for index, member in enumerate(value):
                yield from strings(member, [*path, index])


SUB_VARIABLE = re.compile(r"\$\{[^!}]*\}")
"""A variable of ``Fn::Sub``, but not the literal ``${!text}``."""


def text_length(value: Any) -> int:
    """Characters of a text; of ``Fn::Sub`` those that do not depend on variables; else 0."""
    match value:
        case str(text):
            return len(text)
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            return len(SUB_VARIABLE.sub("", text).replace("${!", "${"))
        case _:
            return 0


_ONE_VARIABLE = re.compile(r"\$\{([A-Za-z0-9]+)(\.[A-Za-z0-9.]+)?\}")


def referenced_id(value: Any) -> str | None:
    """The logical id that a function names and nothing else, None for anything else."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::GetAtt": str(dotted)}:
            return dotted.split(".", 1)[0]
        case {"Fn::Sub": str(text)} if found := _ONE_VARIABLE.fullmatch(text):
            return found[1]
        case _:
            return None


def is_intrinsic(value: Any) -> bool:
    """Whether a value is a function, whose result nobody knows before it is deployed."""
    match value:
        case {"Ref": _}:
            return True
        case dict() if len(value) == 1:
            return str(next(iter(value))).startswith("Fn::")
        case _:
            return False


def is_public_principal(principal: Any) -> bool:
    """Whether a policy's ``Principal`` is everybody, in one of its branches."""
    for branch, _ in branches(principal, []):
        match branch:
            case "*":
                return True
            case {"AWS": who} if any(entry == "*" for entry, _ in entries(who, [])):
                return True
    return False


def principal_includes(principal: Any, service: str) -> bool:
    """Whether a policy's ``Principal`` is, or may be, a service or everybody."""
    for branch, _ in branches(principal, []):
        match branch:
            case {"Service": services} if any(
                entry == service or is_intrinsic(entry) for entry, _ in entries(services, [])
            ):
                return True
            case _ if is_intrinsic(branch):
                return True
    return is_public_principal(principal)


def allows(statement: dict[str, Any], action: str) -> bool:
    """Whether a statement allows an action, by its name or a pattern of it."""
    return statement.get("Effect") == "Allow" and any(
        fnmatchcase(action.lower(), str(entry).lower())
        for entry, _ in entries(statement.get("Action"), [])
    )


# Where resources keep policies, by type: the properties that hold a policy document.
POLICIES = {
    "AWS::S3::BucketPolicy": ("PolicyDocument",),
    "AWS::SNS::TopicInlinePolicy": ("PolicyDocument",),
    "AWS::SNS::TopicPolicy": ("PolicyDocument",),
    "AWS::SQS::QueueInlinePolicy": ("PolicyDocument",),
    "AWS::SQS::QueuePolicy": ("PolicyDocument",),
    "AWS::KMS::Key": ("KeyPolicy",),
    "AWS::IAM::Role": ("AssumeRolePolicyDocument",),
    "AWS::SecretsManager::ResourcePolicy": ("ResourcePolicy",),
    "AWS::ECR::Repository": ("RepositoryPolicyText",),
    "AWS::Events::EventBusPolicy": ("Statement",),
    "AWS::Logs::ResourcePolicy": ("PolicyDocument",),
}
