"""
Which detections the settings weaken, each with an event that is no longer seen.

In:    a detection as written and as it is deployed, and the settings.
Out:   a `Weakened`, whose event matches the pattern as written and not the deployed one.
Never: an event that was not tried on both patterns.

The event is a sample of the detection with a value that the settings exclude: the role "Deployer"
in place of the caller, for example.
"""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trailbell.catalog.detection import Catalog, Detection
from trailbell.pattern import Outcome
from trailbell.pattern.ast import (
    And,
    Comparison,
    Condition,
    JsonPattern,
    Member,
    Operator,
    Or,
    Selector,
    Text,
)
from trailbell.pattern.filter_pattern import parse
from trailbell.samples import ACCOUNT

_EXAMPLE = "example"
_ISSUER = "userIdentity.sessionContext.sessionIssuer"


@dataclass(frozen=True)
class Weakened:
    """A detection that the settings narrow. ``event`` is empty if no sample shows it."""

    detection: str
    event: Mapping[str, Any]

    def __str__(self) -> str:
        if not self.event:
            return self.detection
        caller = self.event.get("userIdentity", {})
        issuer = caller.get("sessionContext", {}).get("sessionIssuer", {})
        who = (
            issuer.get("arn")
            or caller.get("invokedBy")
            or caller.get("arn")
            or caller.get("type", "an unknown caller")
        )
        name, address = self.event.get("eventName"), self.event.get("sourceIPAddress")
        return f"{self.detection} no longer sees {name} by {who} from {address}"


def weakened_detections(written: Iterable[Detection], deployed: Catalog) -> list[Weakened]:
    """The detections that the settings weaken, in the order of the catalog."""
    by_id = {detection.id: detection for detection in deployed}
    pairs = ((detection, by_id.get(detection.id)) for detection in written)
    weakened = (find_weakened(before, after) for before, after in pairs if after)
    return [each for each in weakened if each]


def find_weakened(written: Detection, deployed: Detection) -> Weakened | None:
    """The effect of the settings on a detection; None if its pattern is as written."""
    if written.pattern == deployed.pattern:
        return None
    before, after = written.filter_pattern, deployed.filter_pattern
    for event in _candidates(written, deployed):
        if (
            before.test_record(event) is Outcome.MATCH
            and after.test_record(event) is Outcome.NO_MATCH
        ):
            return Weakened(written.id, event)
    return Weakened(written.id, {})


def _candidates(written: Detection, deployed: Detection) -> Iterator[dict[str, Any]]:
    """The samples, and each with each value that only the deployed pattern compares with."""
    tree = parse(deployed.pattern_text, max_length=None).tree
    if not isinstance(tree, JsonPattern):
        return
    known = {*_unequal(_condition_of(written))}
    values = [value for value in _unequal(tree.condition) if value not in known]
    for example in written.fires:
        yield dict(example.event)
        for selector, text in values:
            yield _with_value(example.event, selector, text)


def _condition_of(detection: Detection) -> Condition | None:
    tree = parse(detection.pattern_text, max_length=None).tree
    return tree.condition if isinstance(tree, JsonPattern) else None


def _unequal(condition: Condition | None) -> Iterator[tuple[Selector, str]]:
    """The members that a condition requires to be unequal to a text."""
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _unequal(part)
        case Comparison(selector, Operator.NOT_EQUAL, Text(text)):
            yield selector, text


def _with_value(event: Mapping[str, Any], selector: Selector, text: str) -> dict[str, Any]:
    """The event with a text for a member; a star in it means any text.

    A role is the issuer of a session of its own.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(event))
    names = [step.name for step in selector.steps if isinstance(step, Member)]
    if len(names) != len(selector.steps):
        return changed
    path = ".".join(names)
    if path.startswith(_ISSUER):
        arn = text if path.endswith(".arn") else f"*:role/{text}"
        arn = re.sub(r"^\*:", f"arn:aws:iam::{ACCOUNT}:", arn).replace("*", _EXAMPLE)
        changed["userIdentity"] = _session_of(arn, changed.get("userIdentity", {}))
        return changed
    _set(changed, names, text.replace("*", _EXAMPLE))
    return changed


def _session_of(role_arn: str, caller: Mapping[str, Any]) -> dict[str, Any]:
    name = role_arn.rpartition("/")[2]
    session = copy.deepcopy(dict(caller.get("sessionContext", {})))
    session["sessionIssuer"] = {"type": "Role", "arn": role_arn, "userName": name}
    return {
        **caller,
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{_EXAMPLE}",
        "sessionContext": session,
    }


def _set(event: dict[str, Any], names: Sequence[str], text: str) -> None:
    for name in names[:-1]:
        below = event.get(name)
        event[name] = below if isinstance(below, dict) else {}
        event = event[name]
    event[names[-1]] = text
