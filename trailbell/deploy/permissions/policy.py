"""
IAM policies as data, and how they are split.

In:    statements.
Out:   policies that each fit a managed policy.
Never: what a statement is for.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import json
import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase
from typing import Any

from trailbell.template.limits import MANAGED_POLICY_CHARACTERS

VIA_CLOUDFORMATION: Mapping[str, Mapping[str, str]] = {
    "ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}
}
"""Only for calls that CloudFormation makes on behalf of the principal.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-calledvia
"""

_ANY_NAME = re.compile(r"\*|arn:([^:]*:){4}([a-z-]+[:/])?\*")
_VERSION = "2012-10-17"
Condition = Mapping[str, Mapping[str, str | Sequence[str]]]


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


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement that allows actions on resources."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Condition = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The statement as IAM reads it."""
        return {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
            **({"Condition": dict(self.condition)} if self.condition else {}),
        }


@dataclass(frozen=True)
class Policy:
    """A policy document and the name to create it with."""

    name: str
    statements: tuple[Statement, ...]

    def document(self) -> dict[str, Any]:
        """The policy document."""
        statements = [statement.to_json() for statement in self.statements]
        return {"Version": _VERSION, "Statement": statements}


def statement(
    sid: str, actions: Iterable[str], resources: Iterable[str], condition: Condition | None = None
) -> Statement:
    """A statement with sorted actions and resources, each once."""
    return Statement(
        sid=sid,
        actions=tuple(sorted(set(actions))),
        resources=tuple(sorted(set(resources))),
        condition=condition or {},
    )


def covers_any_name(arns: Iterable[str]) -> bool:
    """Whether one of these patterns covers all resources, or all of a type."""
    return any(map(_ANY_NAME.fullmatch, arns))


def split(name: str, statements: Iterable[Statement]) -> tuple[Policy, ...]:
    """Distribute statements over few policies: each is in the first one into which it fits.

    One policy has the given name; several are numbered.
    """
    parts: list[tuple[Statement, ...]] = [()]
    for each in _short(statements):
        for number, part in enumerate(parts):
            if _fits((*part, each)):
                parts[number] = (*part, each)
                break
        else:
            parts.append((each,))
    if len(parts) == 1:
        return (Policy(name, parts[0]),)
    return tuple(Policy(f"{name}-{number}", part) for number, part in enumerate(parts, 1))


def characters(document: Any) -> int:
    """The length of a policy as IAM counts it: without white space."""
    return len("".join(json.dumps(document, separators=(",", ":")).split()))


def _fits(statements: tuple[Statement, ...]) -> bool:
    return characters(Policy("", statements).document()) <= MANAGED_POLICY_CHARACTERS


def _short(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Divide the resources of a statement that is too long for one policy.

    Each part but the last has as many as fit, so that little room is lost.
    """
    for each in statements:
        if _fits((each,)) or len(each.resources) == 1:
            yield each
            continue
        rest, parts = each.resources, []
        while rest:
            count = _count_that_fits(replace(each, sid=f"{each.sid}A"), rest)
            parts.append(rest[:count])
            rest = rest[count:]
        for number, part in enumerate(parts):
            suffix = ascii_uppercase[number : number + 1] or str(number)
            yield replace(each, sid=f"{each.sid}{suffix}", resources=part)


def _count_that_fits(each: Statement, resources: tuple[str, ...]) -> int:
    """How many of the resources fit into a policy, at least one."""
    lengths = range(1, len(resources) + 1)
    return max(
        1, bisect(lengths, 0, key=lambda n: not _fits((replace(each, resources=resources[:n]),)))
    )
