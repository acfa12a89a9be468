"""
What auditors look at, read from templates.

In:    the documents of templates that are deployed beside each other.
Out:   `Inventory`: trails, metric filters, alarms and subscriptions, and what each one names.
Never: a judgement. An auditor judges; what had to be assumed is kept as a note for people.

An alarm's statistic, threshold and period, and a trail's validation, are not here: none of the
auditors reads them for these controls.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from trailbell.audit.possible_values import Template, Templates, assumption, shown
from trailbell.template.intrinsics import entries
from trailbell.template.resources import resources_of_type

# How the ARN of a log group or of a topic names it.
_NAME_IN_ARN = {
    "AWS::Logs::LogGroup": re.compile(r"arn:.*:log-group:([^:]+)(?::\*)?|(\$\{[^}]*\}):\*"),
    "AWS::SNS::Topic": re.compile(r"arn:.*:sns:.*:([^:]+)"),
}
_NAME_PROPERTY = {"AWS::Logs::LogGroup": "LogGroupName", "AWS::SNS::Topic": "TopicName"}


@dataclass(frozen=True)
class Reference:
    """What a value names: every text it can be.

    ``assumed`` says why it may be any other, ``told`` what imports in it take to be what they
    are, ``unclear`` why imports in it cannot be told.
    """

    names: frozenset[str]
    shown: str
    assumed: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()

    def same(self, other: "Reference") -> bool:
        """Whether both can name one thing, by what the templates say."""
        return bool(self.names & other.names)

    def link(self, other: "Reference") -> tuple[str, ...] | None:
        """What must be assumed for both to name one thing; None if they do not."""
        told = self.told + other.told
        if not self.same(other):
            why = other.assumed + self.assumed
            if not why or self.unclear or other.unclear:
                return None
            told += tuple(f"{self.shown} is the one that fits: {because}" for because in why)
        return tuple(dict.fromkeys(told))


@dataclass(frozen=True)
class Resource:
    """A resource: its logical id with its template, and on what its existence depends."""

    place: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Selectors:
    """Which management events a trail records.

    ``basic`` holds ``ReadWriteType`` of each basic selector, ``management`` whether reads and
    writes of management events are recorded, ``excluded`` the services that are left out.
    """

    basic: tuple[str, ...]
    management: bool
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Trail(Resource):
    multi_region: bool
    logging: bool
    log_group: Reference | None
    selectors: Selectors


@dataclass(frozen=True)
class Filter(Resource):
    """A metric filter; ``patterns`` are the texts that it can have."""

    patterns: tuple[str, ...]
    log_group: Reference
    namespace: Reference
    metric: Reference


@dataclass(frozen=True)
class Alarm(Resource):
    """An alarm on one metric: auditors see none in metric math."""

    namespace: Reference
    metric: Reference
    actions: tuple[Reference, ...]
    enabled: bool


@dataclass(frozen=True)
class Subscription(Resource):
    topic: Reference


@dataclass(frozen=True)
class Inventory:
    trails: tuple[Trail, ...]
    filters: tuple[Filter, ...]
    alarms: tuple[Alarm, ...]
    topics: tuple[Reference, ...]
    subscriptions: tuple[Subscription, ...]


# A trail that no template has, for those whose log group exists already.
EXTERNAL_TRAIL = Trail(
    place="a trail elsewhere",
    notes=(),
    multi_region=True,
    logging=True,
    log_group=Reference(frozenset(), "", ("a multi-Region trail elsewhere writes to it",)),
    selectors=Selectors(("All",), management=True),
)


def evidence(documents: Mapping[str, Mapping[str, Any]]) -> Inventory:
    """What these templates would deploy, by the names people call them."""
    return _Reader(Templates(tuple(Template(*named) for named in documents.items()))).read()


@dataclass(frozen=True)
class _Reader:
    templates: Templates

    def read(self) -> Inventory:
        return Inventory(
            trails=tuple(
                self._trail(part, properties, at)
                for part, properties, at in self._resources("AWS::CloudTrail::Trail")
            ),
            filters=tuple(
                self._filter(part, properties, at)
                for part, properties, at in self._resources("AWS::Logs::MetricFilter")
            ),
            alarms=tuple(
                self._alarm(part, properties, at)
                for part, properties, at in self._resources("AWS::CloudWatch::Alarm")
                if "MetricName" in properties
            ),
            topics=tuple(self._named.get("AWS::SNS::Topic", {}).values()),
            subscriptions=tuple(self._subscriptions()),
        )

    def _resources(self, kind: str) -> Iterator[tuple[Resource, dict[str, Any], int]]:
        for at, template in enumerate(self.templates.all):
            for logical_id, properties in resources_of_type(template.document, kind):
                yield _part(template, logical_id), properties, at

    @cached_property
    def _named(self) -> dict[str, dict[str, Reference]]:
        """Log groups and topics, by type and token, with the name that is given to them."""
        return {
            kind: {
                f"${{{at}#{logical_id}}}": Reference(
                    frozenset({f"${{{at}#{logical_id}}}"})
                    | self.templates.texts(properties.get(_NAME_PROPERTY[kind]), at),
                    logical_id,
                )
                for at, template in enumerate(self.templates.all)
                for logical_id, properties in resources_of_type(template.document, kind)
            }
            for kind in _NAME_PROPERTY
        }

    def _reference(self, value: Any, at: int, kind: str) -> Reference:
        """What a value names: a log group or a topic by name, ARN or token."""
        names: set[str] = set()
        for text in self.templates.texts(value, at):
            found = _NAME_IN_ARN[kind].fullmatch(text)
            name = next(filter(None, found.groups()), text) if found else text
            known = self._named[kind].get(name)
            names |= known.names if known else {name}
        return self._plain(value, at, frozenset(names))

    def _plain(self, value: Any, at: int, names: frozenset[str] | None = None) -> Reference:
        """What a value names: its texts, if nothing else is said."""
        texts = self.templates.texts(value, at) if names is None else names
        imports = self.templates.imports(value, at)
        return Reference(
            texts,
            shown(texts),
            assumed=tuple(filter(None, map(assumption, sorted(texts)))),
            told=tuple(dict.fromkeys(told for found in imports for told in found.told)),
            unclear=tuple(found.unclear for found in imports if found.unclear),
        )

    def _trail(self, part: Resource, properties: dict[str, Any], at: int) -> Trail:
        notes: list[str] = list(part.notes)

        def is_on(name: str) -> bool:
            said = self.templates.texts(properties.get(name), at)
            yes = "true" in said or any(map(assumption, said))
            if yes and said != {"true"}:
                notes.append(f"{name} of {part.place} is true")
            return yes

        multi_region, logging = is_on("IsMultiRegionTrail"), is_on("IsLogging")
        group = self._reference(
            properties.get("CloudWatchLogsLogGroupArn"), at, "AWS::Logs::LogGroup"
        )
        return Trail(
            part.place,
            tuple(notes),
            multi_region,
            logging,
            group if group.names else None,
            self._selectors(properties, at),
        )

    def _selectors(self, properties: dict[str, Any], at: int) -> Selectors:
        if "AdvancedEventSelectors" in properties:
            return self._advanced(properties["AdvancedEventSelectors"], at)
        if "EventSelectors" not in properties:  # then CloudTrail records all management events
            return Selectors(("All",), management=True)
        kinds: list[str] = []
        management = False
        excluded: set[str] = set()
        for selector in _entries(properties["EventSelectors"]):
            said = {
                name: self.templates.texts(selector.get(name, default), at)
                for name, default in (("ReadWriteType", "All"), ("IncludeManagementEvents", "true"))
            }
            kinds += sorted(said["ReadWriteType"])
            management |= (
                "All" in said["ReadWriteType"] and "true" in said["IncludeManagementEvents"]
            )
            for source in self.templates.listed(selector.get("ExcludeManagementEventSources"), at):
                excluded |= source
        return Selectors(tuple(kinds), management, frozenset(excluded))

    def _advanced(self, selectors: Any, at: int) -> Selectors:
        """Advanced selectors; each ANDs its fields: one on ``readOnly`` drops half the events."""
        management = False
        excluded: set[str] = set()
        for selector in _entries(selectors):
            fields = {
                field.get("Field"): field for field in _entries(selector.get("FieldSelectors"))
            }
            category = self.templates.listed(fields.get("eventCategory", {}).get("Equals"), at)
            if frozenset({"Management"}) not in category or "readOnly" in fields:
                continue
            management = True
            for source in self.templates.listed(fields.get("eventSource", {}).get("NotEquals"), at):
                excluded |= source
        return Selectors((), management, frozenset(excluded))

    def _filter(self, part: Resource, properties: dict[str, Any], at: int) -> Filter:
        first = next(iter(_entries(properties.get("MetricTransformations"))), {})
        return Filter(
            part.place,
            part.notes,
            tuple(sorted(self.templates.texts(properties.get("FilterPattern"), at))),
            self._reference(properties.get("LogGroupName"), at, "AWS::Logs::LogGroup"),
            self._plain(first.get("MetricNamespace"), at),
            self._plain(first.get("MetricName"), at),
        )

    def _alarm(self, part: Resource, properties: dict[str, Any], at: int) -> Alarm:
        actions = (
            self._reference(action, at, "AWS::SNS::Topic")
            for action in self.templates.entries(properties.get("AlarmActions"), at)
        )
        return Alarm(
            part.place,
            part.notes,
            self._plain(properties.get("Namespace"), at),
            self._plain(properties["MetricName"], at),
            tuple(action for action in actions if action.names),
            "false" not in self.templates.texts(properties.get("ActionsEnabled"), at),
        )

    def _subscriptions(self) -> Iterator[Subscription]:
        for part, properties, at in self._resources("AWS::SNS::Subscription"):
            topic = self._reference(properties.get("TopicArn"), at, "AWS::SNS::Topic")
            yield Subscription(part.place, part.notes, topic)
        for at, template in enumerate(self.templates.all):
            for logical_id, properties in resources_of_type(template.document, "AWS::SNS::Topic"):
                if _entries(properties.get("Subscription")):
                    part = _part(template, logical_id)
                    own = self._named["AWS::SNS::Topic"][f"${{{at}#{logical_id}}}"]
                    yield Subscription(part.place, part.notes, own)


def _part(template: Template, logical_id: str) -> Resource:
    place = f"{logical_id} ({template.name})"
    condition = template.section("Resources")[logical_id].get("Condition")
    return Resource(place, (f"{place} is made only if {condition}",) if condition else ())


def _entries(value: Any) -> list[dict[str, Any]]:
    """The entries of a list of properties, in all its branches."""
    return [entry for entry, _ in entries(value) if isinstance(entry, dict)]
