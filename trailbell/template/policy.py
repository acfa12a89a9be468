"""
The policies in a template.

In:    a policy document, a statement, or its principal; intrinsic functions anywhere.
Out:   the statements in all branches, what they allow, and whether one covers another.
Never: an evaluation of IAM: conditions and other policies are not evaluated.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, entries, is_intrinsic

POLICIES: Mapping[str, tuple[str, ...]] = {
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
"""By resource type, the properties that hold a policy with principals."""


def statements(
    policy: Any, path: TemplatePath = ()
) -> Iterator[tuple[dict[str, Any], TemplatePath]]:
    """The statements of a policy document in all its branches, with their paths.

    CloudFormation takes a document as an object and as JSON text; the statements of a text have
    its path.
    """
    for document, document_path in branches(policy, path):
        match document:
            case str(text) | {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
                for statement, _ in statements(_from_text(text)):
                    yield statement, document_path
            case dict():
                statement_path = (*document_path, "Statement")
                for statement, entry_path in entries(document.get("Statement"), statement_path):
                    if isinstance(statement, dict):
                        yield statement, entry_path


def _from_text(text: str) -> Any:
    """A policy document from JSON; None for text that is none. Variables stay in its texts."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def allows(statement: dict[str, Any], action: str) -> bool:
    """Whether a statement allows an action, by its name or by a pattern."""
    return statement.get("Effect") == "Allow" and any(
        fnmatchcase(action.lower(), str(entry).lower())
        for entry, _ in entries(statement.get("Action"))
    )


def is_public_principal(principal: Any) -> bool:
    """Whether a ``Principal`` is everyone in at least one of its branches."""
    for branch, _ in branches(principal):
        match branch:
            case "*":
                return True
            case {"AWS": accounts} if any(entry == "*" for entry, _ in entries(accounts)):
                return True
    return False


def principal_includes(principal: Any, service: str) -> bool:
    """Whether a ``Principal`` is, or may be, a service or everyone."""
    for branch, _ in branches(principal):
        match branch:
            case {"Service": services} if any(
                entry == service or is_intrinsic(entry) for entry, _ in entries(services)
            ):
                return True
            case _ if is_intrinsic(branch):
                return True
    return is_public_principal(principal)


def may_allow(statement: dict[str, Any], action: str, service: str) -> bool:
    """Whether a statement allows a service an action, or an intrinsic function may decide so.

    Conditions are not read, nor what ``NotAction`` and ``NotPrincipal`` leave out.
    """
    if is_intrinsic(statement):
        return True
    if statement.get("Effect") != "Allow":
        return False
    if "NotAction" in statement or "NotPrincipal" in statement:
        return True
    names_action = allows(statement, action) or any(
        is_intrinsic(entry) for entry, _ in entries(statement.get("Action"))
    )
    return names_action and principal_includes(statement.get("Principal"), service)


Patterns = frozenset[str]


@dataclass(frozen=True)
class Statement:
    """A statement with each part as a set of texts; intrinsic functions are their JSON.

    ``actions`` and ``resources`` are None where the statement has NotAction or NotResource. Those
    are compared as a whole, in ``inverse``.
    """

    effect: str
    actions: Patterns | None
    resources: Patterns | None
    principals: Patterns
    inverse: str
    conditions: frozenset[tuple[str, str, Patterns]]
    sid: str = ""

    def is_covered_by(self, outer: "Statement") -> bool:
        """Whether the other statement applies to everything that this one applies to."""
        return (
            self.inverse == outer.inverse
            and _covered(self.actions, outer.actions, match_case=False)
            and _covered(self.resources, outer.resources)
            and (self.principals <= outer.principals or "AWS:*" in outer.principals)
            and all(
                any(_is_stricter(condition, required) for condition in self.conditions)
                for required in outer.conditions
            )
        )

    def applies_to(self, service: str, action: str) -> bool:
        """Whether the statement is about this action by this service. Ignores conditions."""
        named = self.principals & {f"Service:{service}", "AWS:*"}
        return bool(named) and _covered(frozenset({action}), self.actions, match_case=False)


def parse_statements(value: Any) -> Iterator[Statement]:
    """The statements of all policy documents in a value, in both branches of every Fn::If."""
    match value:
        case {"Statement": inner}:
            yield from _parse_list(inner)
        case dict():
            for member in value.values():
                yield from parse_statements(member)
        case list():
            for member in value:
                yield from parse_statements(member)


def _parse_list(value: Any) -> Iterator[Statement]:
    match value:
        case {"Effect": str(effect)}:
            yield _parse_statement(effect, value)
        case {"Fn::If": [_, yes, no]}:
            yield from _parse_list(yes)
            yield from _parse_list(no)
        case list():
            for member in value:
                yield from _parse_list(member)


def _parse_statement(effect: str, data: Mapping[str, Any]) -> Statement:
    inverse = {name: data[name] for name in data if name.startswith("Not")}
    return Statement(
        effect=effect,
        actions=texts(data["Action"]) if "Action" in data else None,
        resources=None if "NotResource" in data else texts(data.get("Resource", "*")),
        principals=_principals(data.get("Principal")),
        inverse=json.dumps(inverse, sort_keys=True) if inverse else "",
        conditions=frozenset(_conditions(data.get("Condition"))),
        sid=str(data.get("Sid", "")),
    )


def _principals(value: Any) -> Patterns:
    match value:
        case None:
            return frozenset()
        case dict():
            return frozenset(
                f"{kind}:{name}" for kind, names in value.items() for name in texts(names)
            )
        case _:
            return frozenset(f"AWS:{name}" for name in texts(value))


def _conditions(value: Any) -> Iterator[tuple[str, str, Patterns]]:
    if isinstance(value, dict):
        for operator, keys in value.items():
            if isinstance(keys, dict):
                for key, values in keys.items():
                    yield operator, key, texts(values)


def texts(value: Any) -> Patterns:
    """The entries of a list, or a single value, as texts; what is not text is its JSON."""
    values = value if isinstance(value, list) else [value]
    return frozenset(
        entry if isinstance(entry, str) else json.dumps(entry, sort_keys=True) for entry in values
    )


def _is_stricter(inner: tuple[str, str, Patterns], outer: tuple[str, str, Patterns]) -> bool:
    """Whether a condition is true only where the other one is.

    Negated operators (``StringNotEquals``) are stricter with more values, others with fewer.
    """
    if inner[:2] != outer[:2]:
        return False
    if "Not" in inner[0]:
        return outer[2] <= inner[2]
    if inner[0].startswith(("String", "Arn", "Bool", "ForAnyValue:", "ForAllValues:")):
        return inner[2] <= outer[2]
    return inner[2] == outer[2]


def _covered(inner: Patterns | None, outer: Patterns | None, *, match_case: bool = True) -> bool:
    if inner is None or outer is None:
        return inner == outer
    return all(
        any(matches_wildcards(text, pattern, match_case=match_case) for pattern in outer)
        for text in inner
    )


def matches_wildcards(text: str, pattern: str, *, match_case: bool = True) -> bool:
    """Whether a pattern with ``*`` and ``?`` matches a text, which may be a pattern itself."""
    return text == pattern or _compile(pattern, match_case=match_case).fullmatch(text) is not None


@cache
def _compile(pattern: str, *, match_case: bool) -> re.Pattern[str]:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, 0 if match_case else re.IGNORECASE)
