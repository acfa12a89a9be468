"""
Access that a change broadens.

In:    two templates.
Out:   an `Impact` for each Allow statement that no single old statement covers, for each Deny
       statement that no new statement covers, and for each safeguard that is removed.
Never: an evaluation of IAM. A statement that an old one does not clearly cover is broader.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.model import Impact, Risk
from trailbell.template import Template
from trailbell.template.policy import Statement, parse_statements, texts
from trailbell.template.resources import properties, resources


def broadened_access(before: Template, after: Template) -> Iterator[Impact]:
    """Find broadened access, by resource, in the order of the new template."""
    old, new = resources(before), resources(after)
    for logical_id in dict.fromkeys((*new, *old)):
        old_properties = properties(old.get(logical_id, {}))
        new_properties = properties(new.get(logical_id, {}))
        sentences: list[str] = []
        if logical_id in new:
            sentences += _broadened_statements(old_properties, new_properties)
        if logical_id in old and logical_id in new:
            sentences += _removed_safeguards(old_properties, new_properties)
        for text in dict.fromkeys(sentences):
            yield Impact(risk=Risk.BROADEN, logical_id=logical_id, text=text)


def _broadened_statements(
    old_properties: Mapping[str, Any], new_properties: Mapping[str, Any]
) -> Iterator[str]:
    """Compare the statements of all policies of a resource, in any of its properties."""
    for name in dict.fromkeys((*new_properties, *old_properties)):
        old = list(parse_statements(old_properties.get(name)))
        new = list(parse_statements(new_properties.get(name)))
        for statement in new:
            if statement.effect == "Allow" and not any(
                statement.is_covered_by(other) for other in old if other.effect == "Allow"
            ):
                yield f"{name}{_sid(statement)} allows more: {_summary(statement)}"
        for statement in old:
            if statement.effect == "Deny" and not any(
                statement.is_covered_by(other) for other in new if other.effect == "Deny"
            ):
                yield f"{name}{_sid(statement)} denies less: {_summary(statement)}"


def _sid(statement: Statement) -> str:
    return f" {statement.sid}" if statement.sid else ""


def _summary(statement: Statement) -> str:
    actions = "NotAction" if statement.actions is None else ", ".join(sorted(statement.actions))
    principals = f" for {', '.join(sorted(statement.principals))}" if statement.principals else ""
    conditions = " (with conditions)" if statement.conditions else ""
    return actions + principals + conditions


def _removed_safeguards(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Compare safeguards outside policies: public access, boundaries, managed policies."""
    old_block = old.get("PublicAccessBlockConfiguration")
    if isinstance(old_block, dict):
        value = new.get("PublicAccessBlockConfiguration")
        new_block = value if isinstance(value, dict) else {}
        for name, setting in old_block.items():
            if setting in (True, "true") and new_block.get(name) not in (True, "true"):
                yield f"PublicAccessBlockConfiguration.{name} is disabled"
    if "PermissionsBoundary" in old and "PermissionsBoundary" not in new:
        yield "PermissionsBoundary is removed"
    old_arns = texts(old.get("ManagedPolicyArns") or [])
    for arn in sorted(texts(new.get("ManagedPolicyArns") or []) - old_arns):
        yield f"ManagedPolicyArns adds {arn}"
