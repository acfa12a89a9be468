"""
What a detection is.

In:    the literals in ``detections/``.
Out:   a `Catalog` of `Detection`, which stacks compile into metric filters and alarms.
Never: how a detection is deployed. Stacks decide that.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from functools import cached_property
from types import UnionType
from typing import Any

from trailbell.catalog.pack import Pack
from trailbell.catalog.placeholders import (
    PLACEHOLDERS,
    fill_placeholders,
    max_deployed_length,
    placeholders_in,
    unknown_placeholders,
)
from trailbell.errors import UnknownNameError
from trailbell.pattern import MAX_LENGTH, FilterPattern, parse
from trailbell.pattern.ast import Condition
from trailbell.pattern.split import Parts, split
from trailbell.samples import Event
from trailbell.source_location import SourceLocation, definition_location


class Severity(StrEnum):
    """How soon a person should respond."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _quoted(value: object) -> str:
    """A value in a message: text in double quotes, everything else as Python writes it."""
    return f'"{value}"' if isinstance(value, str) and value.isprintable() else repr(value)


@dataclass(frozen=True)
class Example:
    """A sample event, and in a few words what happens in it."""

    description: str
    event: Event

    def __post_init__(self) -> None:
        description, event = vars(self).values()
        if not _is_text(description):
            raise ValueError(
                f"the description of a sample event must be {_TEXT}, not {_quoted(description)}"
            )
        if not isinstance(event, dict):
            raise ValueError(f'sample event "{description}" must be a dict, not {_quoted(event)}')


@dataclass(frozen=True, kw_only=True)
class Timing:
    """When an alarm goes into ALARM: ``threshold`` events in a period of so many seconds.

    This must be true of ``datapoints_to_alarm`` of the last ``evaluation_periods``. ``reason``
    explains the choice. With ``default_value`` the metric is 0 in minutes with other events, so
    that the alarm returns to OK soon after the last match. CloudTrail delivers events after about
    five minutes on average and in no order, so two events of the same second can be counted in
    different minutes. A threshold above 1 therefore requires a period of at least 300 seconds:
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
    """

    period: int = 300
    datapoints_to_alarm: int = 1
    evaluation_periods: int = 1
    threshold: int = 1
    default_value: bool = True
    reason: str = (
        "One event is enough. The metric filter publishes 0 for every minute with other events, "
        "so the alarm returns to OK about five minutes after the last match and can go into ALARM "
        "again."
    )

    def __post_init__(self) -> None:
        """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""
        if self.period < 1 or (self.period % 60 and self.period not in (10, 20, 30)):
            raise ValueError(
                f"period must be 10, 20, 30 or a multiple of 60 seconds, not {self.period}"
            )
        max_seconds = 604_800 if self.period >= 3600 else 86_400
        if self.period * self.evaluation_periods > max_seconds:
            raise ValueError(
                f"period times evaluation_periods must be at most {max_seconds:,} seconds, not "
                f"{self.period * self.evaluation_periods:,}"
            )
        if not 1 <= self.datapoints_to_alarm <= self.evaluation_periods or self.threshold < 1:
            raise ValueError(
                "threshold and datapoints_to_alarm must be at least 1, and datapoints_to_alarm at "
                "most evaluation_periods"
            )


@dataclass(frozen=True, kw_only=True)
class Controls:
    """The controls and techniques that a detection covers.

    ``cis_control`` is the number of the monitoring control in CIS AWS Foundations (3.n in v1.2,
    4.n in v1.3 to v5, 5.n in v6 and v7) for which a compliance scanner accepts the pattern.
    ``related_cis_control`` is the number of a control with the same subject that the pattern does
    not satisfy. ``mitre_attack`` are techniques of MITRE ATT&CK 19.

    Raises `ValueError` if both numbers are set.
    """

    cis_control: int | None = None
    related_cis_control: int | None = None
    mitre_attack: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        attack: object = self.mitre_attack
        if not isinstance(attack, tuple) or not all(isinstance(name, str) for name in attack):
            raise ValueError(
                f"mitre_attack must be a tuple of text, not {_quoted(attack)}; {_COMMA}"
            )
        if self.cis_control is not None and self.related_cis_control is not None:
            raise ValueError(
                f"cis_control is {self.cis_control} and related_cis_control is "
                f"{self.related_cis_control}; set only one of them"
            )


_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
KNOWN_VALUES = ("trusted_addresses", "instance_types")
"""The settings of ``[catalog]`` that a detection can name in its ``known_values``."""

_TEXT = "text that is not empty"
_COMMA = "a tuple with one entry ends with a comma"
_TUPLES: Mapping[str, type] = {"packs": str, "fires": Example, "silent": Example, "runbook": str}
_TYPES: Mapping[str, tuple[type | UnionType, str]] = {
    "pattern": (str | Condition, "text or a condition of trailbell.pattern"),
    "false_positives": (str, "text"),
    "original": (str, "text"),
    "changes_from_original": (str, "text"),
    "controls": (Controls, "Controls(...)"),
    "timing": (Timing, "Timing(...)"),
    "alarm_only": (str, "text"),
    "verbatim": (bool, "True or False"),
    "opt_in": (bool, "True or False"),
    "log_alarm": (bool, "True or False"),
    "reports_leaked_credentials": (bool, "True or False"),
    "shows": (tuple | None, 'a tuple of paths, such as "requestParameters.keyId", or None'),
    "known_values": (Mapping, "a dict of settings and the fields that hold their values"),
    "accepted_issues": (Mapping, "a dict of issue IDs and the reasons why they are accepted"),
}


@dataclass(frozen=True, kw_only=True)
class Detection:
    """A filter pattern for something dangerous, and what a person needs to respond to it.

    ``pattern`` is a CloudWatch Logs filter pattern: text, or a condition built with ``field``,
    ``all_of`` and ``any_of``. Text can contain `PLACEHOLDERS` for names of deployed resources, such
    as ``${LogGroupName}``. A ``verbatim`` pattern must not be rewritten, because a compliance
    scanner compares it as text. ``accepted_issues`` maps IDs of lint issues to the reasons why they
    are accepted.

    ``runbook`` holds the steps of the response, in their order. ``false_positives`` says which
    harmless events match, how to exclude them, and what is not detected. ``fires`` and ``silent``
    are sample events that must and must not match.

    ``alarm_only`` is the reason why no EventBridge rule sends a message for each event, in addition
    to the alarm; a clause such as "another detection sends it".

    ``packs`` are names. A detection in several is deployed by the first that is enabled, and an
    ``opt_in`` detection only if it is enabled on its own. Exclusions for all detections do not
    apply if it ``reports_leaked_credentials``, or if one of its packs guards the alarms.
    ``shows`` are the members of an event that the saved query shows, in place of those that
    `trailbell.catalog.shown_members` takes from the sample events.
    ``known_values`` maps settings of ``[catalog]`` to fields: events whose field has one of the
    values of the setting, such as ``trusted_addresses``, do not count.
    A ``log_alarm`` is deployed in place of metric filters and an alarm on their metric; it counts
    the events of each identity on its own, and its notification contains them.
    ``original`` is the alarm of the 2020 Terraform module that a detection replaces,
    ``changes_from_original`` the differences and their reasons.

    Raises `ValueError` for the first field that cannot be used.
    """

    id: str
    title: str
    packs: tuple[str, ...]
    severity: Severity
    pattern: str | Condition
    why: str
    runbook: tuple[str, ...]
    fires: tuple[Example, ...]
    silent: tuple[Example, ...]
    false_positives: str = ""
    controls: Controls = field(default_factory=Controls)
    timing: Timing = field(default_factory=Timing)
    alarm_only: str = ""
    verbatim: bool = False
    opt_in: bool = False
    reports_leaked_credentials: bool = False
    log_alarm: bool = False
    known_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shows: tuple[str, ...] | None = None
    accepted_issues: Mapping[str, str] = field(default_factory=dict)
    original: str = ""
    changes_from_original: str = ""
    location: SourceLocation | None = field(
        default_factory=definition_location, init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        identifier: object = self.id
        if not isinstance(identifier, str) or not _KEBAB.fullmatch(identifier):
            raise ValueError(
                f'detection ID must be in kebab case, like "root-account-use", not '
                f"{_quoted(identifier)}"
            )
        for name in ("title", "why"):
            self._check(name, getattr(self, name), str)
        for name, entry_type in _TUPLES.items():
            entries = getattr(self, name)
            if not isinstance(entries, tuple):
                raise self._error(f"{name} must be a tuple, not {_quoted(entries)}; {_COMMA}")
            if not entries:
                raise self._error(f"{name} must have at least one entry")
            for entry in entries:
                self._check(f"each entry of {name}", entry, entry_type)
        self._check("severity", self.severity, Severity)
        for name, (expected, description) in _TYPES.items():
            value = getattr(self, name)
            if not isinstance(value, expected):
                raise self._error(f"{name} must be {description}, not {_quoted(value)}")
        for name in unknown_placeholders(self.pattern_text):
            raise UnknownNameError("placeholder", name, PLACEHOLDERS)
        self._check_known_values()

    def _check_known_values(self) -> None:
        for name, paths in self.known_values.items():
            if name not in KNOWN_VALUES:
                raise UnknownNameError("setting", name, KNOWN_VALUES)
            if not isinstance(paths, tuple) or not paths:
                raise self._error(f"known_values must have a tuple of fields; {_COMMA}")

    def _check(self, name: str, value: object, expected: type) -> None:
        """Raise `ValueError` for a value of another type, and for text that is empty."""
        if value == "" and expected is str:
            raise self._error(f"{name} must not be empty")
        if isinstance(value, expected) and (expected is not str or _is_text(value)):
            return
        if issubclass(expected, Enum):
            description = ", ".join(f"{expected.__name__}.{member.name}" for member in expected)
            description = f"one of {description}"
        else:
            description = _TEXT if expected is str else "an Example"
        raise self._error(f"{name} must be {description}, not {_quoted(value)}")

    def _error(self, problem: str) -> ValueError:
        return ValueError(f'detection "{self.id}": {problem}')

    @cached_property
    def pattern_text(self) -> str:
        """The text of the pattern as it is deployed; for a condition in its canonical form."""
        if isinstance(self.pattern, str):
            return self.pattern
        return str(FilterPattern.of(self.pattern))

    @cached_property
    def filter_pattern(self) -> FilterPattern:
        """The parsed pattern, with sample values for placeholders. May raise `PatternError`."""
        return self.resolve(PLACEHOLDERS)

    def parse_pattern(self) -> FilterPattern:
        """Parse the pattern, once. Raises `PatternError` if it is not valid."""
        return self.filter_pattern

    def resolve(self, values: Mapping[str, str]) -> FilterPattern:
        """Parse the pattern with these values for placeholders, and sample values for others."""
        text = fill_placeholders(self.pattern_text, {**PLACEHOLDERS, **values})
        return parse(text, max_length=None)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The placeholders in the pattern, in their order."""
        return placeholders_in(self.pattern_text)

    @cached_property
    def filters(self) -> Parts:
        """The pattern as one filter, or as several if it is too long for one.

        Placeholders count with the maximum length of their values. Raises `PatternError`.
        """
        text = self.pattern_text
        pattern = parse(text, max_length=None) if self.placeholders else self.filter_pattern
        return split(pattern, MAX_LENGTH - (max_deployed_length(text) - len(text)))

    def with_changes(self, **changes: Any) -> "Detection":
        """The same detection with other values for some fields, at the same location."""
        changed = replace(self, **changes)
        object.__setattr__(changed, "location", self.location)
        return changed

    @property
    def logical_id(self) -> str:
        """The ID in CloudFormation and CloudWatch: ``RootAccountUse``."""
        return "".join(part.capitalize() for part in self.id.split("-"))

    @property
    def alarm_id(self) -> str:
        """The part of its alarm's name after that of the installation.

        A log alarm has another name than a metric alarm. CloudFormation creates the new one before
        it deletes the old one, and it deletes alarms of both types by their names.
        """
        return f"{self.id}-log" if self.log_alarm else self.id


@dataclass(frozen=True)
class Catalog:
    """Detections in the order of their modules, and the packs that are enabled, in order.

    Raises `ValueError` if two detections have the same ID.
    """

    detections: tuple[Detection, ...]
    packs: tuple[Pack, ...] = ()

    def __post_init__(self) -> None:
        for noun, names in (
            ("ID", [detection.id for detection in self.detections]),
            ("logical ID", [detection.logical_id for detection in self.detections]),
        ):
            duplicates = [name for name, count in Counter(names).items() if count > 1]
            if duplicates:
                raise ValueError(
                    f'two detections have the {noun} "{duplicates[0]}"; {noun}s must be unique'
                )

    def __iter__(self) -> Iterator[Detection]:
        return iter(self.detections)

    def __len__(self) -> int:
        return len(self.detections)

    def in_pack(self, name: str) -> tuple[Detection, ...]:
        """The detections that this pack deploys: those of which it is the first enabled pack."""
        return tuple(d for d in self.detections if name == self._first_pack(d))

    def deploying_pack(self, identifier: str) -> str | None:
        """The name of the pack that deploys the detection with this ID; None if none does."""
        return next((self._first_pack(d) for d in self.detections if d.id == identifier), None)

    def _first_pack(self, detection: Detection) -> str | None:
        return next((pack.name for pack in self.packs if pack.name in detection.packs), None)

    def guards_alarms(self, detection: Detection) -> bool:
        """Whether it detects changes to the alarms and the trail, on which all others depend."""
        return any(pack.guards_alarms and pack.name in detection.packs for pack in self.packs)

    def get(self, identifier: str) -> Detection:
        """The detection with this ID. Raises `UnknownNameError`."""
        for detection in self.detections:
            if detection.id == identifier:
                return detection
        raise UnknownNameError("detection", identifier, [known.id for known in self.detections])
