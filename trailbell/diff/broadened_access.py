"""
Permissions that grew.

In:    two templates.
Out:   an `Impact` for each statement that lets in more than any single one did before, for
       each refusal that refuses less, and for each guard that is gone.
Never: an evaluation of IAM. A statement that is not plainly within an old one counts as wider.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.model import Impact, Risk
from trailbell.template import Template
from trailbell.template.policy import Statement, parse_statements, texts
from trailbell.template.resources import properties, resources


def broadened_access(before: Template, after: Template) -> Iterator[Impact]:
    """What grew, by resource, in the order of the new template."""
    old, new = resources(before), resources(after)
    for logical_id in dict.fromkeys((*new, *old)):
        was = properties(old.get(logical_id, {}))
        now = properties(new.get(logical_id, {}))
        impacts = list(_statements(was, now)) if logical_id in new else []
        impacts += (
            list(_removed_safeguards(was, now)) if logical_id in old and logical_id in new else []
        )
        for text in dict.fromkeys(impacts):
            yield Impact(risk=Risk.WIDEN, logical_id=logical_id, text=text)


def _statements(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Statements of all policies of a resource, wherever in its properties they stand."""
    for name in dict.fromkeys((*now, *was)):
        old, new = list(parse_statements(was.get(name))), list(parse_statements(now.get(name)))
        for statement in new:
            if statement.effect == "Allow" and not any(
                statement.is_covered_by(each) for each in old if each.effect == "Allow"
            ):
                yield f"{name}{_sid(statement)} lets in more: {_summary(statement)}"
        for statement in old:
            if statement.effect == "Deny" and not any(
                statement.is_covered_by(each) for each in new if each.effect == "Deny"
            ):
                yield f"{name}{_sid(statement)} refuses less than before: {_summary(statement)}"


def _sid(statement: Statement) -> str:
    return f" {statement.sid}" if statement.sid else ""


def _summary(statement: Statement) -> str:
    what = ", ".join(sorted(statement.actions)) if statement.actions is not None else "NotAction"
    who = f" for {', '.join(sorted(statement.principals))}" if statement.principals else ""
    only_if = " (with conditions)" if statement.conditions else ""
    return what + who + only_if


def _removed_safeguards(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Guards outside of statements: public access, boundaries, managed policies."""
    blocked = was.get("PublicAccessBlockConfiguration")
    if isinstance(blocked, dict):
        found = now.get("PublicAccessBlockConfiguration")
        still = found if isinstance(found, dict) else {}
        for name, value in blocked.items():
            if value in (True, "true") and still.get(name) not in (True, "true"):
                yield f"PublicAccessBlockConfiguration.{name} is switched off"
    if "PermissionsBoundary" in was and "PermissionsBoundary" not in now:
        yield "PermissionsBoundary is taken away"
    old = texts(was.get("ManagedPolicyArns") or [])
    for arn in sorted(texts(now.get("ManagedPolicyArns") or []) - old):
        yield f"ManagedPolicyArns gains {arn}"
