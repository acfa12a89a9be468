"""
Access that a change broadens.

In:    two templates; z3, if it is installed.
Out:   an `Impact` for each Allow statement that no single old statement covers, for each Deny
       statement that no new statement covers, and for each safeguard that is removed. With z3, what
       exactly is new, and none for a statement of which it is proven that nothing is.
Never: a statement left out that an old one does not clearly cover, without such a proof.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from trailbell.diff.installed_solver import installed_solver
from trailbell.diff.model import Impact, Risk
from trailbell.diff.new_access import new_access
from trailbell.proof.decide import FindRequest
from trailbell.template import Template
from trailbell.template.intrinsics import referenced_id
from trailbell.template.policy import Statement, parse_statements, texts
from trailbell.template.resources import properties, resources

Resource = Mapping[str, Any]
Solver = Callable[[], FindRequest | None]


def broadened_access(
    before: Template, after: Template, solver: Solver = installed_solver
) -> Iterator[Impact]:
    """Find broadened access, by resource, in the order of the new template.

    ``solver`` is called once, and only if a statement may be broader.
    """
    old, new = resources(before), resources(after)
    solver = cache(solver)
    macros = "Transform" in before or "Transform" in after
    for logical_id in dict.fromkeys((*new, *old)):
        found: list[Impact] = []
        if logical_id in new:
            found += _broadened_statements(
                logical_id, old.get(logical_id, {}), new[logical_id], solver, macros=macros
            )
        elif _target_stays(old[logical_id], old, new):
            gone = {**old[logical_id], "Properties": {}}
            found += _broadened_statements(logical_id, old[logical_id], gone, solver, macros=macros)
        if logical_id in old and logical_id in new:
            found += _removed_safeguards(
                logical_id, properties(old[logical_id]), properties(new[logical_id])
            )
        yield from {impact.sentence: impact for impact in found}.values()


_TARGETS = {
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SQS::QueuePolicy": "Queues",
}
"""By type of a policy: the property that names what has it."""


def _target_stays(policy: Resource, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a removed policy is that of a resource which is not removed.

    What it denied is denied no longer then. A target outside the template stays.
    """
    name = _TARGETS.get(str(policy.get("Type")))
    if name is None:
        return False
    given = properties(policy).get(name)
    targets = [referenced_id(each) for each in (given if isinstance(given, list) else [given])]
    return any(target in new or target not in old for target in targets)


def _broadened_statements(
    logical_id: str, old: Resource, new: Resource, solver: Solver, *, macros: bool
) -> Iterator[Impact]:
    """The statements of a resource that may be broader, unless nothing is proven to be new."""
    for name, statement, text in _uncovered_statements(properties(old), properties(new)):
        impact = Impact(risk=Risk.BROADEN, logical_id=logical_id, text=text)
        find = solver()
        if find is None:
            yield impact
            continue
        policies = (properties(old).get(name), properties(new).get(name))
        access = new_access(statement, *policies, find)
        if not access.nothing:
            yield replace(impact, detail=access.detail, example=access.example)
        elif reason := "a macro changes the template" if macros else _other_changes(name, old, new):
            yield replace(impact, detail=f"undecided whether that is new: {reason}")


def _other_changes(name: str, old: Resource, new: Resource) -> str:
    """Why more may change than a policy of a resource; empty if nothing does."""
    if "Condition" in old:
        return "the resource depends on a condition"
    rest = [{**each, "Properties": {**properties(each), name: None}} for each in (old, new)]
    return "the resource changes elsewhere, too" if rest[0] != rest[1] else ""


def _uncovered_statements(
    old_properties: Resource, new_properties: Resource
) -> Iterator[tuple[str, Statement, str]]:
    """Compare the statements of all policies of a resource, in any of its properties.

    Each has the name of its property, and a sentence.
    """
    for name in dict.fromkeys((*new_properties, *old_properties)):
        old = list(parse_statements(old_properties.get(name)))
        new = list(parse_statements(new_properties.get(name)))
        for statement in new:
            if statement.effect == "Allow" and not any(
                statement.is_covered_by(other) for other in old if other.effect == "Allow"
            ):
                yield name, statement, f"{name}{_sid(statement)} allows more: {_summary(statement)}"
        for statement in old:
            if statement.effect == "Deny" and not any(
                statement.is_covered_by(other) for other in new if other.effect == "Deny"
            ):
                yield name, statement, f"{name}{_sid(statement)} denies less: {_summary(statement)}"


def _sid(statement: Statement) -> str:
    return f" {statement.sid}" if statement.sid else ""


def _summary(statement: Statement) -> str:
    actions = "NotAction" if statement.actions is None else ", ".join(sorted(statement.actions))
    principals = f" for {', '.join(sorted(statement.principals))}" if statement.principals else ""
    conditions = " (with conditions)" if statement.conditions else ""
    return actions + principals + conditions


def _removed_safeguards(logical_id: str, old: Resource, new: Resource) -> Iterator[Impact]:
    for text in _safeguard_texts(old, new):
        yield Impact(risk=Risk.BROADEN, logical_id=logical_id, text=text)


def _safeguard_texts(old: Resource, new: Resource) -> Iterator[str]:
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
