"""
The sample event of a detection as an event of this account, marked as a drill.

In:    a sample event, the deployed values of the placeholders in its pattern, and where it is sent.
Out:   events whose text is that of CloudTrail, with the member ``drill`` first.
Never: a value in an event that the account does not have, where the pattern compares it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from trailbell.catalog.detection import Detection
from trailbell.catalog.event_message import DRILL_MARK
from trailbell.catalog.placeholders import PLACEHOLDERS
from trailbell.samples import Event


@dataclass(frozen=True, kw_only=True)
class Marking:
    """What makes a sample event one of this drill. ``values`` are those of placeholders.

    ``at``, ``account`` and ``region`` replace those of the sample; None or empty leaves them.
    """

    run: str
    at: datetime | None
    values: Mapping[str, str]
    account: str = ""
    region: str = ""


def mark(event: Event, marking: Marking, number: int = 1) -> Event:
    """Return a sample event as event ``number`` of a drill."""
    own: dict[str, Any] = {"eventID": f"trailbell-drill-{marking.run}-{number}"}
    if marking.at is not None:
        own["eventTime"] = f"{marking.at:%Y-%m-%dT%H:%M:%SZ}"
    if marking.region:
        own["awsRegion"] = marking.region
    if marking.account:
        own["recipientAccountId"] = marking.account
    record: Event = _with_values(event, marking.values)
    return {"drill": DRILL_MARK, **record, **own}


def candidates(detection: Detection, marking: Marking) -> Iterator[tuple[Event, Marking]]:
    """Each sample event as one of now, this account and Region, then with the values it has.

    A pattern can ask for an account, a Region, or a time of the day.
    """
    elsewhere = {"account": "", "region": ""}
    for changes in ({}, {"at": None}, elsewhere, {"at": None, **elsewhere}):
        where = replace(marking, **changes)
        for example in detection.fires:
            yield example.event, where


def to_message(event: Mapping[str, Any]) -> str:
    """The text of a log event."""
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


def _with_values(value: Any, values: Mapping[str, str]) -> Any:
    """Replace the sample values of placeholders in all texts. Longer ones contain shorter ones."""
    samples = {PLACEHOLDERS[name]: deployed for name, deployed in values.items()}
    if not samples:
        return value
    pattern = re.compile("|".join(map(re.escape, sorted(samples, key=len, reverse=True))))

    def replaced(part: Any) -> Any:
        match part:
            case str():
                return pattern.sub(lambda sample: samples[sample[0]], part)
            case dict():
                return {name: replaced(member) for name, member in part.items()}
            case list() | tuple():
                return [replaced(entry) for entry in part]
            case _:
                return part

    return replaced(value)
