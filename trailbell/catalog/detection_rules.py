"""
What every detection has to say, and what its examples have to be.

In:    a detection.
Out:   a fault for each thing that is missing or wrong, with what would be right.
Never: what a pattern makes of an event; `trailbell.catalog.self_test` asks that. What holds of one
       catalogue only, like its techniques or its accounts, is a test of that catalogue.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from trailbell.catalog.alarm_text import MAX_DESCRIPTION, alarm_description
from trailbell.catalog.detection import Detection
from trailbell.catalog.placeholders import max_deployed_length
from trailbell.pattern.ast import Member, Selector
from trailbell.pattern.record_schema import BOOLEAN_FIELDS, REQUIRED_FIELDS

_FIRING, _SILENT, _STEPS = 2, 3, 3
_LONGEST_WORDS = 100
_SHORTEST_PERIOD = 300
_TITLE = re.compile(r"[^\n]{6,91}[^\n.!?,;:\s]")
_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")
_CALL = "AwsApiCall"


def _member(selector: Selector) -> str:
    """The name of the member of a record that a selector begins with."""
    return next(step.name for step in selector.steps if isinstance(step, Member))


# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html
_OF_INSIGHTS = ("awsRegion", "eventID", "eventTime", "eventType", "eventVersion")
_OF_RECORDS = tuple(sorted({_member(each) for each in REQUIRED_FIELDS}))
_BOOLEANS = tuple(sorted(map(_member, BOOLEAN_FIELDS)))

Violation = tuple[str, str]
"""What was found, to follow the name of the detection, and what would be right."""


def rule_violations(detection: Detection) -> Iterator[Violation]:
    """Everything that is missing or wrong, whether or not the pattern can be used."""
    yield from _of_words(detection)
    yield from _of_controls(detection)
    yield from _of_timing(detection)
    yield from _of_examples(detection)
    yield from _of_records(detection)


def _of_words(detection: Detection) -> Iterator[Violation]:
    if not _TITLE.fullmatch(detection.title) or detection.title[0].islower():
        yield (
            f"has the title {detection.title!r}",
            "one line of 7 to 92 characters: a capital first, no full stop or the like last",
        )
    told = [("why", detection.why), ("false_positives", detection.false_positives)]
    told += [("changes_from_original", detection.changes_from_original)]
    told += [(f"respond[{number}]", step) for number, step in enumerate(detection.runbook)]
    for name, text in told:
        if text and not _are_sentences(text):
            yield (
                f"has no whole sentences in {name}: {text!r}",
                "one line that ends with a full stop, and single spaces",
            )
    if len(detection.runbook) != _STEPS:
        yield (
            f"has {_many(len(detection.runbook), 'step')} in respond",
            "three, in the order in which they are done",
        )


def _are_sentences(text: str) -> bool:
    return text == text.strip() and text.endswith((".", ")")) and not re.search("\n|  ", text)


def _of_controls(detection: Detection) -> Iterator[Violation]:
    attack = detection.controls.mitre_attack
    if not attack:
        yield (
            "names no technique of MITRE ATT&CK",
            'Controls(mitre_attack=("T1098.001",)), as https://attack.mitre.org numbers them',
        )
    for technique in attack:
        if not _TECHNIQUE.fullmatch(technique):
            yield (
                f"names the technique {technique!r}",
                "T and four digits, and a point and three more for a sub-technique: T1098.001",
            )
    for technique in dict.fromkeys(attack):
        if attack.count(technique) > 1:
            yield f"names the technique {technique} twice", "once is enough"


def _of_timing(detection: Detection) -> Iterator[Violation]:
    timing = detection.timing
    if timing.threshold == 1:
        return
    if timing.period < _SHORTEST_PERIOD:
        yield (
            f"counts {timing.threshold} events in {timing.period} seconds",
            "300 or more: CloudTrail delivers in about five minutes, in no order",
        )
    if timing.reason == type(timing).reason:
        yield (
            f"rings at {timing.threshold} events and says that one is enough",
            "say in why of its timing how this number was chosen",
        )


def _of_examples(detection: Detection) -> Iterator[Violation]:
    for kind, least, examples in (
        ("firing", _FIRING, detection.fires),
        ("silent", _SILENT, detection.silent),
    ):
        if len(examples) < least:
            yield (
                f"has {_many(len(examples), f'{kind} event')}",
                f"{least} or more of different kinds"
                + (", near misses first" if kind == "silent" else ""),
            )
        seen: dict[str, str] = {}
        for example in examples:
            text = as_json(example.event)
            if text is None:
                yield (
                    f"has an event {example.description!r} that is no JSON",
                    "a record of CloudTrail",
                )
            elif text in seen:
                yield (
                    f"has the same {kind} event twice, {seen[text]!r} and {example.description!r}",
                    "leave one out, or let it differ in what matters",
                )
            else:
                seen[text] = example.description
    said = [example.description for example in (*detection.fires, *detection.silent)]
    for what in dict.fromkeys(said):
        if said.count(what) > 1:
            yield f"has several events called {what!r}", "say of each what is different in it"
        if len(what) > _LONGEST_WORDS:
            yield (
                f"has an event with {len(what)} characters of words: {what!r}",
                f"{_LONGEST_WORDS} at most",
            )


def as_json(event: Any) -> str | None:
    """An event as text, its members in order; None if JSON cannot say it."""
    try:
        return json.dumps(event, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return None


def _of_records(detection: Detection) -> Iterator[Violation]:
    for example in (*detection.fires, *detection.silent):
        event = example.event
        insight = event.get("eventType") == "AwsCloudTrailInsight"
        needed = _OF_INSIGHTS if insight else _OF_RECORDS
        lacking = [member for member in needed if event.get(member) is None]
        if lacking:
            yield (
                f"has an event {example.description!r} without {', '.join(lacking)}",
                "a whole record; api_call(...) of trailbell.samples makes one",
            )
        source = event.get("eventSource")
        if event.get("eventType") == _CALL and not str(source).endswith(".amazonaws.com"):
            yield (
                f"has an event {example.description!r} whose eventSource is {source!r}",
                "the name of a service, like iam.amazonaws.com",
            )
        for member in _BOOLEANS:
            if not isinstance(event.get(member, True), bool):
                yield (
                    f"has an event {example.description!r} whose {member} is {event[member]!r}",
                    "True or False, as CloudTrail writes it",
                )


def description_violations(detection: Detection) -> Iterator[Violation]:
    """Whether the alarm of a detection with a usable pattern can say all that it has to."""
    length = max_deployed_length(alarm_description(detection, brief=True))
    if length > MAX_DESCRIPTION:
        yield (
            f"makes an alarm with {length:,} characters of description",
            f"CloudWatch takes {MAX_DESCRIPTION:,}: shorten its title, why and respond",
        )


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
