"""
What compliance scanners evaluate, read from templates.

In:    the documents of templates that are deployed together.
Out:   an `Inventory`: trails, metric filters, alarms and subscriptions, and what each refers to.
Never: a judgment. Scanners judge; what had to be assumed is kept as sentences.

The statistic, threshold and period of an alarm and the log file validation of a trail are not
included: no scanner reads them for these controls.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from trailbell.audit.event_selectors import Selectors, read_selectors
from trailbell.audit.possible_values import (
    Template,
    Templates,
    describe_texts,
    resource_token,
    why_unknown,
)
from trailbell.template.intrinsics import entries
from trailbell.template.resources import resources_of_type

_LOG_GROUP, _TOPIC = "AWS::Logs::LogGroup", "AWS::SNS::Topic"
# The ARN of a log group or a topic, with its name, or with the token of the log group.
_NAME_IN_ARN = {
    _LOG_GROUP: re.compile(r"arn:.*:log-group:([^:]+)(?::\*)?|(\$\{[^}]*\}):\*"),
    _TOPIC: re.compile(r"arn:.*:sns:.*:([^:]+)"),
}
_NAME_PROPERTY = {_LOG_GROUP: "LogGroupName", _TOPIC: "TopicName"}


@dataclass(frozen=True)
class Reference:
    """
    What a value refers to: every name it can have.

    ``label`` is the readable form of the names. ``why_unknown`` has the reasons why the value can
    be any other name, such as a parameter. ``assumptions`` are those under which the imports in
    the value are resolved, ``unresolved`` the reasons why imports are not.
    """

    names: frozenset[str]
    label: str
    why_unknown: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()

    def matches(self, other: "Reference") -> bool:
        """Whether both can refer to the same thing, without further assumptions."""
        return bool(self.names & other.names)

    def assumptions_to_match(self, other: "Reference") -> tuple[str, ...] | None:
        """What must be true for both to refer to the same thing; `None` if they do not."""
        assumptions = self.assumptions + other.assumptions
        if not self.matches(other):
            if not (self.why_unknown or other.why_unknown) or self.unresolved or other.unresolved:
                return None
            assumptions += self._matching(other.why_unknown + self.why_unknown)
        return tuple(dict.fromkeys(assumptions))

    @property
    def matching_assumptions(self) -> tuple[str, ...]:
        """The assumptions that an unknown value is the required one."""
        return self._matching(self.why_unknown)

    def _matching(self, reasons: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{self.label} matches: {reason}." for reason in reasons)


@dataclass(frozen=True)
class Resource:
    """A resource: its logical id and template, and what must be true for it to exist."""

    label: str
    assumptions: tuple[str, ...]


@dataclass(frozen=True)
class Trail(Resource):
    """A trail; ``log_group`` is `None` if it does not deliver to CloudWatch Logs."""

    is_multi_region: bool
    is_logging: bool
    log_group: Reference | None
    selectors: Selectors


@dataclass(frozen=True)
class MetricFilter(Resource):
    """A metric filter; ``patterns`` are the filter patterns that it can have."""

    patterns: tuple[str, ...]
    log_group: Reference
    namespace: Reference
    metric: Reference


@dataclass(frozen=True)
class Alarm(Resource):
    """An alarm on one metric. Scanners ignore alarms with metric math."""

    namespace: Reference
    metric: Reference
    actions: tuple[Reference, ...]
    has_enabled_actions: bool


@dataclass(frozen=True)
class Subscription(Resource):
    """A subscription to a topic."""

    topic: Reference


@dataclass(frozen=True)
class Inventory:
    """The resources of all templates."""

    trails: tuple[Trail, ...]
    filters: tuple[MetricFilter, ...]
    alarms: tuple[Alarm, ...]
    topics: tuple[Reference, ...]
    subscriptions: tuple[Subscription, ...]


# A trail outside the templates, for alarms on a log group that exists already.
EXTERNAL_TRAIL = Trail(
    label="an external trail",
    assumptions=(),
    is_multi_region=True,
    is_logging=True,
    log_group=Reference(frozenset(), "", ("an external multi-Region trail delivers to it",)),
    selectors=Selectors(("All",), management=True),
)


def take_inventory(documents: Mapping[str, Mapping[str, Any]]) -> Inventory:
    """Read templates, given by their names."""
    return _Reader(Templates(tuple(Template(*named) for named in documents.items()))).read()


@dataclass(frozen=True)
class _Reader:
    templates: Templates

    def read(self) -> Inventory:
        return Inventory(
            trails=tuple(
                self._trail(resource, properties, index)
                for resource, properties, index in self._resources("AWS::CloudTrail::Trail")
            ),
            filters=tuple(
                self._filter(resource, properties, index)
                for resource, properties, index in self._resources("AWS::Logs::MetricFilter")
            ),
            alarms=tuple(
                self._alarm(resource, properties, index)
                for resource, properties, index in self._resources("AWS::CloudWatch::Alarm")
                if "MetricName" in properties
            ),
            topics=tuple(self._by_token.get(_TOPIC, {}).values()),
            subscriptions=tuple(self._subscriptions()),
        )

    def _resources(self, resource_type: str) -> Iterator[tuple[Resource, dict[str, Any], int]]:
        """The resources of a type: each with its properties and the index of its template."""
        for index, template in enumerate(self.templates.all):
            for logical_id, properties in resources_of_type(template.document, resource_type):
                yield _resource(template, logical_id), properties, index

    @cached_property
    def _by_token(self) -> dict[str, dict[str, Reference]]:
        """Log groups and topics, by type and token, with the names in their properties."""
        return {
            resource_type: {
                token: Reference(
                    frozenset({token})
                    | self.templates.possible_texts(properties.get(name_property), index),
                    logical_id,
                )
                for index, template in enumerate(self.templates.all)
                for logical_id, properties in resources_of_type(template.document, resource_type)
                for token in [resource_token(index, logical_id)]
            }
            for resource_type, name_property in _NAME_PROPERTY.items()
        }

    def _reference(self, value: Any, index: int, resource_type: str) -> Reference:
        """What a value refers to: a log group or a topic by name, ARN or token."""
        names: set[str] = set()
        for text in self.templates.possible_texts(value, index):
            arn = _NAME_IN_ARN[resource_type].fullmatch(text)
            name = next(filter(None, arn.groups()), text) if arn else text
            resource = self._by_token[resource_type].get(name)
            names |= resource.names if resource else {name}
        return self._reference_by_names(value, index, frozenset(names))

    def _name(self, value: Any, index: int) -> Reference:
        """A value that is a name, such as a namespace."""
        return self._reference_by_names(value, index, self.templates.possible_texts(value, index))

    def _reference_by_names(self, value: Any, index: int, names: frozenset[str]) -> Reference:
        imports = self.templates.resolved_imports(value, index)
        assumptions = (text for resolved in imports for text in resolved.assumptions)
        return Reference(
            names,
            describe_texts(names),
            why_unknown=tuple(filter(None, map(why_unknown, sorted(names)))),
            assumptions=tuple(dict.fromkeys(assumptions)),
            unresolved=tuple(resolved.unresolved for resolved in imports if resolved.unresolved),
        )

    def _trail(self, resource: Resource, properties: dict[str, Any], index: int) -> Trail:
        assumptions = list(resource.assumptions)

        def can_be_true(name: str) -> bool:
            texts = self.templates.possible_texts(properties.get(name), index)
            result = "true" in texts or any(map(why_unknown, texts))
            if result and texts != {"true"}:
                assumptions.append(f"{name} of {resource.label} is true.")
            return result

        is_multi_region, is_logging = can_be_true("IsMultiRegionTrail"), can_be_true("IsLogging")
        group = self._reference(properties.get("CloudWatchLogsLogGroupArn"), index, _LOG_GROUP)
        selectors = read_selectors(properties, self.templates, index)
        assumptions += [
            f"{condition} of {resource.label} is {str(holds).lower()} by default."
            for condition, holds in selectors.defaults
        ]
        return Trail(
            resource.label,
            tuple(assumptions),
            is_multi_region,
            is_logging,
            group if group.names else None,
            selectors,
        )

    def _filter(self, resource: Resource, properties: dict[str, Any], index: int) -> MetricFilter:
        transformation = next(iter(_entries(properties.get("MetricTransformations"))), {})
        return MetricFilter(
            resource.label,
            resource.assumptions,
            tuple(sorted(self.templates.possible_texts(properties.get("FilterPattern"), index))),
            self._reference(properties.get("LogGroupName"), index, _LOG_GROUP),
            self._name(transformation.get("MetricNamespace"), index),
            self._name(transformation.get("MetricName"), index),
        )

    def _alarm(self, resource: Resource, properties: dict[str, Any], index: int) -> Alarm:
        actions = (
            self._reference(action, index, _TOPIC)
            for action in self.templates.entries(properties.get("AlarmActions"), index)
        )
        enabled = self.templates.possible_texts(properties.get("ActionsEnabled"), index)
        return Alarm(
            resource.label,
            resource.assumptions,
            self._name(properties.get("Namespace"), index),
            self._name(properties["MetricName"], index),
            tuple(action for action in actions if action.names),
            "false" not in enabled,
        )

    def _subscriptions(self) -> Iterator[Subscription]:
        """The subscriptions, both as resources and in the properties of a topic."""
        for resource, properties, index in self._resources("AWS::SNS::Subscription"):
            topic = self._reference(properties.get("TopicArn"), index, _TOPIC)
            yield Subscription(resource.label, resource.assumptions, topic)
        for index, template in enumerate(self.templates.all):
            for logical_id, properties in resources_of_type(template.document, _TOPIC):
                if _entries(properties.get("Subscription")):
                    resource = _resource(template, logical_id)
                    topic = self._by_token[_TOPIC][resource_token(index, logical_id)]
                    yield Subscription(resource.label, resource.assumptions, topic)


def _resource(template: Template, logical_id: str) -> Resource:
    label = f"{logical_id} ({template.name})"
    condition = template.section("Resources")[logical_id].get("Condition")
    if not condition:
        return Resource(label, ())
    return Resource(label, (f"{label} is created only if the condition {condition} is true.",))


def _entries(value: Any) -> list[dict[str, Any]]:
    """The entries of a list of properties, in all branches of its conditions."""
    return [entry for entry, _ in entries(value) if isinstance(entry, dict)]
