"""
What is watched for.

In:    the literals in ``detections/``.
Out:   a `Catalogue` of `Detection`, which stacks compile into metric filters and alarms.
Never: how a detection is deployed. A stack decides that.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from trailbell.errors import UnknownName
from trailbell.event import Event
from trailbell.place import Place, here


class Severity(StrEnum):
    """How soon somebody should look."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class Example:
    """An event, and in a few words what happens in it."""

    what: str
    event: Event


@dataclass(frozen=True, kw_only=True)
class Timing:
    """When a metric becomes an alarm: ``threshold`` events in ``datapoints`` of ``of`` periods.

    ``period`` is in seconds. CloudTrail delivers in about five minutes on average and in no
    order, so a threshold above 1 wants a period of 300 seconds or more:
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
    """

    period: int = 300
    datapoints: int = 1
    of: int = 1
    threshold: int = 1


@dataclass(frozen=True, kw_only=True)
class Controls:
    """What a detection counts towards: CIS AWS Foundations sections, Security Hub, ATT&CK."""

    cis: tuple[str, ...] = ()
    security_hub: tuple[str, ...] = ()
    attack: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Detection:
    """One thing to be told about.

    ``respond`` holds what to do when it rings, first thing first. ``original`` names the alarm
    of the 2020 Terraform module that a detection stands for, and ``changed`` says what is
    different here and why. Raises `ValueError` where a field cannot be used.
    """

    id: str
    title: str
    pattern: str
    severity: Severity
    why: str
    respond: tuple[str, ...]
    fires: tuple[Example, ...]
    silent: tuple[Example, ...]
    controls: Controls = field(default_factory=Controls)
    timing: Timing = field(default_factory=Timing)
    original: str = ""
    changed: str = ""
    place: Place | None = field(default_factory=here, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", self.id):
            raise ValueError(f"detection id {self.id!r} is not kebab-case, like 'root-account-use'")
        for name in ("fires", "silent", "respond"):
            if not isinstance(getattr(self, name), tuple):
                raise ValueError(f"{name} of detection {self.id!r} is not a tuple; mind the comma")
        if not self.fires or not self.silent:
            raise ValueError(f"detection {self.id!r} needs events it fires on and is silent on")
        if not self.respond:
            raise ValueError(f"detection {self.id!r} does not say what to do when it rings")

    @property
    def logical_id(self) -> str:
        """The id as CloudFormation and CloudWatch name it: ``RootAccountUse``."""
        return "".join(part.capitalize() for part in self.id.split("-"))


@dataclass(frozen=True)
class Catalogue:
    """Detections in the order they were collected. Raises `ValueError` on a second id."""

    detections: tuple[Detection, ...]

    def __post_init__(self) -> None:
        seen = Counter(detection.id for detection in self.detections)
        twice = [identifier for identifier, count in seen.items() if count > 1]
        if twice:
            raise ValueError(f"two detections are called {twice[0]!r}; ids are unique")

    def __iter__(self) -> Iterator[Detection]:
        return iter(self.detections)

    def __len__(self) -> int:
        return len(self.detections)

    def named(self, identifier: str) -> Detection:
        """The detection of that id. Raises `UnknownName`."""
        for detection in self.detections:
            if detection.id == identifier:
                return detection
        raise UnknownName("detection", identifier, [known.id for known in self.detections])
