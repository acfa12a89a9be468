"""
What is watched for.

In:    the literals in ``detections/``.
Out:   a `Catalog` of `Detection`, which stacks compile into metric filters and alarms.
Never: how a detection is deployed. A stack decides that.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from functools import cached_property
from types import UnionType
from typing import Any

from trailbell.catalog.placeholders import (
    PLACEHOLDERS,
    max_deployed_length,
    names_in,
    unknown_names,
    with_values,
)
from trailbell.errors import UnknownNameError
from trailbell.pattern import MAX_LENGTH, FilterPattern, parse
from trailbell.pattern.ast import Condition
from trailbell.pattern.split import Parts, split
from trailbell.samples import Event
from trailbell.source_location import SourceLocation, caller_location


class Severity(StrEnum):
    """How soon somebody should look."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class Example:
    """An event, and in a few words what happens in it."""

    description: str
    event: Event

    def __post_init__(self) -> None:
        what, event = vars(self).values()
        if not isinstance(what, str) or not what.strip():
            raise ValueError(f"an example is called {what!r}; it wants a text that is not empty")
        if not isinstance(event, dict):
            raise ValueError(f"the event of the example {what!r} is {event!r}; it wants a dict")


@dataclass(frozen=True, kw_only=True)
class Timing:
    """When a metric becomes an alarm: ``threshold`` events in ``datapoints`` of ``of`` periods.

    ``period`` is in seconds, ``why`` explains the choice. CloudTrail delivers in about five
    minutes on average and in no order, and two events a second apart can land in different
    minutes, so a threshold above 1 wants a period of 300 seconds or more:
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
    """

    period: int = 300
    datapoints_to_alarm: int = 1
    evaluation_periods: int = 1
    threshold: int = 1
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
        most = 604_800 if self.period >= 3600 else 86_400
        if self.period * self.evaluation_periods > most:
            raise ValueError(
                f"period times evaluation_periods must be at most {most:,} seconds, not "
                f"{self.period * self.evaluation_periods:,}"
            )
        if not 1 <= self.datapoints_to_alarm <= self.evaluation_periods or self.threshold < 1:
            raise ValueError(
                "threshold and datapoints_to_alarm must be at least 1, and datapoints_to_alarm at "
                "most evaluation_periods"
            )


class Pack(StrEnum):
    """Detections that are deployed together."""

    ESSENTIALS = "essentials"
    CIS = "cis"
    TAMPER = "tamper"
    IDENTITY = "identity"
    EXPOSURE = "exposure"


@dataclass(frozen=True, kw_only=True)
class Controls:
    """What a detection counts towards.

    ``cis`` is the number of the monitoring item in CIS AWS Foundations (3.n in v1.2, 4.n in v1.3
    to v5, 5.n in v6 and v7) for which an auditor accepts the pattern; ``relates_to`` the number
    of one that it is about and does not satisfy. ``attack`` are techniques of MITRE ATT&CK 19.

    Raises `ValueError` if it counts towards an item and only relates to one as well.
    """

    cis_control: int | None = None
    related_cis_control: int | None = None
    mitre_attack: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        attack: object = self.mitre_attack
        if not isinstance(attack, tuple) or not all(isinstance(one, str) for one in attack):
            raise ValueError(f"mitre_attack is {attack!r}, no tuple of texts; mind the comma")
        if self.cis_control is not None and self.related_cis_control is not None:
            raise ValueError(
                f"controls count towards item {self.cis_control} of CIS and relate to "
                f"{self.related_cis_control}; it is one or the other"
            )


_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TUPLES: Mapping[str, type] = {"packs": Pack, "fires": Example, "silent": Example, "runbook": str}
_KINDS: Mapping[str, tuple[type | UnionType, str]] = {
    "pattern": (str | Condition, "a text, or a condition of trailbell.pattern"),
    "false_positives": (str, "a text"),
    "original": (str, "a text"),
    "changes_from_original": (str, "a text"),
    "controls": (Controls, "Controls(...)"),
    "timing": (Timing, "Timing(...)"),
    "verbatim": (bool, "True or False"),
    "opt_in": (bool, "True or False"),
    "reports_leaked_credentials": (bool, "True or False"),
    "accepted_issues": (Mapping, "a dict of a finding and the reason why it is right here"),
}


@dataclass(frozen=True, kw_only=True)
class Detection:
    """One thing to be told about.

    ``pattern`` is a CloudWatch Logs filter pattern, as text or as a condition built by
    `trailbell.pattern`. Text may hold names of what the stack itself deploys, as
    ``${LogGroupName}``; `PLACEHOLDERS` lists them. ``exact`` says that an auditor wants
    it to the letter, so nothing may rewrite it. ``accepts`` maps the id of a lint finding to the
    reason for which it is right here. ``respond`` holds what to do when it rings, first thing
    first. ``false_alarms`` says what rings it without danger, how to tune that, and what it
    does not see. A detection in several packs is deployed by the first of them that is chosen;
    an ``opt_in`` one only if it is switched on. Exclusions that settings make for all detections
    do not apply to one that ``reports_leaked_credentials`` or `guards_alarms`. ``original`` names
    the alarm of the 2020 Terraform module that a detection stands for, ``changed`` what is
    different here and why.

    Raises `ValueError` where a field cannot be used: one for the first that cannot.
    """

    id: str
    title: str
    packs: tuple[Pack, ...]
    severity: Severity
    pattern: str | Condition
    why: str
    runbook: tuple[str, ...]
    fires: tuple[Example, ...]
    silent: tuple[Example, ...]
    false_positives: str = ""
    controls: Controls = field(default_factory=Controls)
    timing: Timing = field(default_factory=Timing)
    verbatim: bool = False
    opt_in: bool = False
    reports_leaked_credentials: bool = False
    accepted_issues: Mapping[str, str] = field(default_factory=dict)
    original: str = ""
    changes_from_original: str = ""
    location: SourceLocation | None = field(
        default_factory=caller_location, init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        identifier: object = self.id
        if not isinstance(identifier, str) or not _KEBAB.fullmatch(identifier):
            raise ValueError(f"detection id {self.id!r} is not kebab-case, like 'root-account-use'")
        for name in ("title", "why"):
            self._check(name, "is", getattr(self, name), str)
        for name, kind in _TUPLES.items():
            held = getattr(self, name)
            if not isinstance(held, tuple):
                raise ValueError(f"{name} of detection {self.id!r} is not a tuple; mind the comma")
            if not held:
                raise ValueError(f"detection {self.id!r} has no {name}; it needs at least one")
            for one in held:
                self._check(name, "holds", one, kind)
        self._check("severity", "is", self.severity, Severity)
        for name, (wanted, words) in _KINDS.items():
            found = getattr(self, name)
            if not isinstance(found, wanted):
                raise ValueError(f"{name} of detection {self.id!r} is {found!r}; it wants {words}")
        for name in unknown_names(self.pattern_text):
            raise UnknownNameError("name of what the stack deploys", name, PLACEHOLDERS)

    def _check(self, name: str, verb: str, found: object, kind: type) -> None:
        """Raises `ValueError` for what is not of this kind, and for a text that says nothing."""
        if isinstance(found, kind) and (not isinstance(found, str) or found.strip()):
            return
        if issubclass(kind, Enum):
            wanted = "known are " + ", ".join(f"{kind.__name__}.{one.name}" for one in kind)
        else:
            wanted = "it wants " + ("a text that is not empty" if kind is str else "an Example")
        raise ValueError(f"{name} of detection {self.id!r} {verb} {found!r}; {wanted}")

    @cached_property
    def pattern_text(self) -> str:
        """The pattern as it is deployed: what was written, or the canonical text of a tree."""
        if isinstance(self.pattern, str):
            return self.pattern
        return str(FilterPattern.of(self.pattern))

    @cached_property
    def filter_pattern(self) -> FilterPattern:
        """The pattern, read, with sample names for what the stack deploys. May raise
        `PatternError`."""
        return self.resolve(PLACEHOLDERS)

    def resolve(self, names: Mapping[str, str]) -> FilterPattern:
        """The pattern, read, with these names for what the stack deploys, samples for the rest."""
        known = {**PLACEHOLDERS, **names}
        return parse(with_values(self.pattern_text, known), max_length=None)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What the pattern names of the deployed stacks, in order."""
        return names_in(self.pattern_text)

    @cached_property
    def filters(self) -> Parts:
        """The pattern as one filter, or as several where it is longer than one may be.

        With names in it, the longest that they can be are counted. Raises `PatternError`.
        """
        read = (
            parse(self.pattern_text, max_length=None) if self.placeholders else self.filter_pattern
        )
        return split(
            read, MAX_LENGTH - (max_deployed_length(self.pattern_text) - len(self.pattern_text))
        )

    def with_changes(self, **changes: Any) -> "Detection":
        """The same detection with other fields, still said to be written where it was."""
        other = replace(self, **changes)
        object.__setattr__(other, "location", self.location)
        return other

    @property
    def guards_alarms(self) -> bool:
        """Whether it watches the alarms themselves: without them all else happens unseen."""
        return Pack.TAMPER in self.packs

    @property
    def logical_id(self) -> str:
        """The id as CloudFormation and CloudWatch name it: ``RootAccountUse``."""
        return "".join(part.capitalize() for part in self.id.split("-"))


@dataclass(frozen=True)
class Catalog:
    """Detections in the order they were collected, and the packs that are chosen.

    Raises `ValueError` on a second id.
    """

    detections: tuple[Detection, ...]
    packs: tuple[Pack, ...] = tuple(Pack)

    def __post_init__(self) -> None:
        seen = Counter(detection.id for detection in self.detections)
        twice = [identifier for identifier, count in seen.items() if count > 1]
        if twice:
            raise ValueError(f"two detections are called {twice[0]!r}; ids are unique")
        named = Counter(detection.logical_id for detection in self.detections)
        alike = [name for name, count in named.items() if count > 1]
        if alike:
            raise ValueError(f"two detections have the logical id {alike[0]}; name them apart")

    def __iter__(self) -> Iterator[Detection]:
        return iter(self.detections)

    def __len__(self) -> int:
        return len(self.detections)

    def in_pack(self, pack: Pack) -> tuple[Detection, ...]:
        """The detections whose first chosen pack this is: each is deployed once."""
        return tuple(
            detection
            for detection in self.detections
            if pack in detection.packs
            and pack == next((chosen for chosen in self.packs if chosen in detection.packs), None)
        )

    def get(self, identifier: str) -> Detection:
        """The detection of that id. Raises `UnknownNameError`."""
        for detection in self.detections:
            if detection.id == identifier:
                return detection
        raise UnknownNameError("detection", identifier, [known.id for known in self.detections])
