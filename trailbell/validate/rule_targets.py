"""
The targets of EventBridge rules in a template.

In:    a template.
Out:   each target with its path, what it may be, and the event patterns of each rule.
Never: a finding. `trailbell.validate.template_rules` judges what this module yields.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, entries, is_intrinsic, referenced_id, strings
from trailbell.template.resources import resources_of_type

EVENTBRIDGE = "events.amazonaws.com"
"""The service principal with which EventBridge sends events to a target of a rule."""

_PART = r"(?:\$\{[^}]*\}|[^:$])"
_ARN = re.compile(rf"arn:{_PART}+:([a-z0-9-]+):({_PART}*):({_PART}*):(.+)")
_REGION = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")
_ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True)
class RuleTarget:
    """One target of a rule. ``path`` leads to the target."""

    rule: str
    properties: dict[str, Any]
    path: TemplatePath

    def queues(self) -> Iterator[tuple[Any, TemplatePath]]:
        """The ARNs of its dead-letter queue, with their paths."""
        for config, path in branches(
            self.properties.get("DeadLetterConfig"), (*self.path, "DeadLetterConfig")
        ):
            if isinstance(config, dict):
                yield from branches(config.get("Arn"), (*path, "Arn"))

    def has(self, name: str) -> bool:
        """Whether a property is set in at least one branch."""
        return name in self.properties and any(True for _ in branches(self.properties[name]))

    def arns(self) -> Iterator[tuple[Any, TemplatePath]]:
        """The ARNs that the target can have, with their paths."""
        yield from branches(self.properties.get("Arn"), (*self.path, "Arn"))


@dataclass(frozen=True)
class LiteralArn:
    """An ARN of which parts are known. ``region`` and ``account`` are empty where they are not."""

    service: str
    region: str
    account: str
    resource: str


def rule_targets(document: Any) -> Iterator[RuleTarget]:
    """The targets of all rules, in all branches."""
    for logical_id, properties in resources_of_type(document, "AWS::Events::Rule"):
        path: TemplatePath = ("Resources", logical_id, "Properties", "Targets")
        for target, target_path in entries(properties.get("Targets"), path):
            if isinstance(target, dict) and not is_intrinsic(target):
                yield RuleTarget(logical_id, target, target_path)


def literal_arn(value: Any) -> LiteralArn | None:
    """The known parts of an ARN; None for a value that is not the text of an ARN."""
    match value:
        case str(text) | {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            parts = _ARN.fullmatch(text)
        case _:
            parts = None
    if parts is None:
        return None
    service, region, account, resource = parts.groups()
    return LiteralArn(
        service,
        region if _REGION.fullmatch(region) else "",
        account if _ACCOUNT.fullmatch(account) else "",
        resource,
    )


def target_resource(document: Any, arn: Any, resource_type: str) -> str | None:
    """The logical ID of the resource of this type that has the ARN; None if there is none."""
    logical_id = referenced_id(arn)
    types = {name for name, _ in resources_of_type(document, resource_type)}
    return logical_id if logical_id in types else None


def has_literal(value: Any, text: str) -> bool:
    """Whether a text of a value contains another one."""
    return any(text in literal for literal, _ in strings(value))


def event_patterns(properties: dict[str, Any]) -> Iterator[Any]:
    """The event patterns of a rule in all branches. One in a text is decoded; faults are none."""
    for pattern, _ in branches(properties.get("EventPattern")):
        match pattern:
            case str(text) | {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
                try:
                    yield json.loads(text)
                except (ValueError, RecursionError):
                    continue
            case dict() if not is_intrinsic(pattern):
                yield pattern


def is_for_cloudtrail(pattern: Any) -> bool:
    """Whether an event pattern names a detail-type of CloudTrail, at the top or in ``$or``."""
    return any(text.endswith(" via CloudTrail") for text in _detail_types(pattern))


def _detail_types(pattern: Any) -> Iterator[str]:
    if not isinstance(pattern, dict):
        return
    for operand, _ in entries(pattern.get("detail-type")):
        match operand:
            case str(text) | {"suffix": str(text)} | {"wildcard": str(text)}:
                yield text
    for alternative, _ in entries(pattern.get("$or")):
        yield from _detail_types(alternative)


def rules_for_cloudtrail(document: Any) -> set[str]:
    """The logical IDs of the rules for events of CloudTrail."""
    return {
        logical_id
        for logical_id, properties in resources_of_type(document, "AWS::Events::Rule")
        if any(map(is_for_cloudtrail, event_patterns(properties)))
    }
