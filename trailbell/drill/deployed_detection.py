"""
What a deployed stack has of a detection: its alarm, its metric filters, its rule.

In:    a session, the stacks of ``dist/`` with their settings, a detection.
Out:   `DeployedDetection`s with physical names, as CloudFormation has them.
Never: a name that was guessed. The template that was deployed is evaluated with the parameters,
       physical IDs and imports of its stack.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trailbell.aws.stack import Stack
from trailbell.catalog.detection import Detection
from trailbell.catalog.placeholders import PLACEHOLDERS
from trailbell.deploy.change_set_plan import existing
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.verify.deployed_stack import build_evaluator, evaluate_stack
from trailbell.diff.judgment.read_back import DeployedResource
from trailbell.dist.built_templates import parse_document
from trailbell.drill.rule_values import placeholder_values
from trailbell.errors import PreconditionError
from trailbell.template import Template
from trailbell.template.evaluate import Evaluator
from trailbell.template.intrinsics import normalize_get_att
from trailbell.template.resources import properties, resources, type_of

ALARM = "AWS::CloudWatch::Alarm"
LOG_ALARM = "AWS::CloudWatch::LogAlarm"
FILTER = "AWS::Logs::MetricFilter"
RULE = "AWS::Events::Rule"
_SUFFIXES = {"Alarm": ALARM, "Rule": RULE, "ChatRule": RULE}
"""What follows the logical ID of a detection in those of its resources, with their types."""


@dataclass(frozen=True, kw_only=True)
class DeployedDetection:
    """The resources of a detection in one stack. ``values`` are those of its placeholders."""

    stack: str
    parameters: Mapping[str, str]
    alarm: DeployedResource | None = None
    filters: tuple[DeployedResource, ...] = ()
    rules: tuple[DeployedResource, ...] = ()
    values: Mapping[str, str]


def deploys(template: Template, detection: Detection) -> bool:
    """Whether a template has an alarm or a rule for a detection."""
    declared = resources(template)
    return any(
        type_of(declared.get(f"{detection.logical_id}{suffix}", {})) == type_
        for suffix, type_ in _SUFFIXES.items()
    )


def _has_log_alarm(template: Template, detection: Detection) -> bool:
    return type_of(resources(template).get(f"{detection.logical_id}LogAlarm", {})) == LOG_ALARM


def read_deployed(
    session: DeploySession, targets: Sequence[StackToDeploy], detection: Detection
) -> tuple[DeployedDetection, ...]:
    """Read what the deployed stacks have of a detection.

    Raises `PreconditionError` if no stack deploys it, or none of these stacks is deployed.
    """
    candidates = [each for each in targets if deploys(each.source.document, detection)]
    if not candidates and any(_has_log_alarm(each.source.document, detection) for each in targets):
        raise PreconditionError(
            f"detection {detection.id}",
            "It has a log alarm, and a drill sends events through a metric alarm or a rule.",
            "Deploy a realtime stack that has a rule for it, or drill another detection, which "
            "notifies the same topic.",
        )
    if not candidates:
        raise PreconditionError(
            f"detection {detection.id}",
            "No stack of dist/ has an alarm or a rule for it.",
            "Name a detection that trailbell list shows with a pack, or enable this one in "
            "trailbell.toml, then build and deploy.",
        )
    stacks = [(target, existing(session.cloud.stack(target.name))) for target in candidates]
    read = [_read(session, target, stack, detection) for target, stack in stacks if stack]
    having = tuple(each for each in read if each.alarm or each.rules)
    if not having:
        names = ", ".join(target.stack for target in candidates)
        reason = "is not in the deployed stack" if read else "is not deployed"
        raise PreconditionError(
            f"detection {detection.id}",
            f"It {reason} in {session.region} of account {session.identity.account}.",
            f"Deploy a stack that has it ({names}), or select another environment or Region.",
        )
    return having


def _read(
    session: DeploySession, target: StackToDeploy, stack: Stack, detection: Detection
) -> DeployedDetection:
    template = _deployed_template(session, target, stack)
    recorded = session.cloud.resources(stack.id)
    exports: Mapping[str, str] = {}
    if '"Fn::ImportValue"' in json.dumps(template):
        exports = {name: each.value for name, each in session.cloud.exports().items()}
    evaluated, _ = evaluate_stack(template, stack, recorded, exports)
    by_id = {each.logical_id: each for each in evaluated.resources}
    alarm = by_id.get(f"{detection.logical_id}Alarm")
    names = (f"{detection.logical_id}{suffix}" for suffix in ("Rule", "ChatRule"))
    rules = tuple(by_id[name] for name in names if name in by_id)
    filters = tuple(_filters_of(alarm, evaluated.of_type(FILTER)) if alarm else ())
    evaluator = build_evaluator(template, stack, recorded, exports)
    values: dict[str, str] = {}
    for each in filters:
        declared = properties(resources(template)[each.logical_id])
        values |= _variables(evaluator, declared)
    for rule in rules:
        values |= placeholder_values(detection, rule.properties.get("EventPattern"))
    return DeployedDetection(
        stack=target.stack,
        parameters=stack.parameters,
        alarm=alarm,
        filters=filters,
        rules=rules,
        values=values,
    )


def _deployed_template(session: DeploySession, target: StackToDeploy, stack: Stack) -> Template:
    """The template of the stack; that of ``dist/`` if the caller may not read it."""
    body = session.cloud.template(stack.id)
    template: Template = (
        parse_document(body, "the deployed template")
        if isinstance(body, str)
        else body or target.source.document
    )
    normalized: Template = normalize_get_att(template)
    return normalized


def _filters_of(
    alarm: DeployedResource, filters: Sequence[DeployedResource]
) -> Iterator[DeployedResource]:
    """The metric filters that publish to the metric of an alarm."""
    metric = alarm.properties.get("Namespace"), alarm.properties.get("MetricName")
    for each in filters:
        for published in each.properties.get("MetricTransformations", ()):
            if (published.get("MetricNamespace"), published.get("MetricName")) == metric:
                yield each
                break


def _variables(evaluator: Evaluator, filter_properties: Mapping[str, Any]) -> dict[str, str]:
    """The variables of the pattern of a metric filter that are placeholders, with their values."""
    match filter_properties.get("FilterPattern"):
        case {"Fn::Sub": [str(), dict(variables)]}:
            texts = {name: evaluator.text(variables.get(name)) for name in PLACEHOLDERS}
            return {name: text for name, text in texts.items() if text is not None}
        case _:
            return {}
