"""
The rules for the texts, the sample events and the timing of a detection.

In:    a detection.
Out:   a violation for each thing that is missing or wrong, with what would be right.
Never: whether the pattern matches an event; `trailbell.catalog.self_test` checks that. Rules for
       one catalog only, such as its techniques or accounts, are tests of that catalog.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from trailbell.catalog.alarm_text import QueryText, alarm_description
from trailbell.catalog.detection import Detection
from trailbell.catalog.log_alarm import reason_without_log_alarm
from trailbell.catalog.placeholders import max_deployed_length
from trailbell.pattern.ast import Member, Selector
from trailbell.pattern.record_schema import BOOLEAN_FIELDS, REQUIRED_FIELDS
from trailbell.template.limits import ALARM_DESCRIPTION_CHARACTERS
from trailbell.wording import pluralize

_MIN_FIRING, _MIN_SILENT, _STEPS = 2, 3, 3
_MAX_DESCRIPTION = 100
_MIN_PERIOD_TO_COUNT = 300
_SENTENCES = ("why", "false_positives", "changes_from_original")
_TITLE = re.compile(r"[^\n]{6,91}[^\n.!?,;:\s]")
_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")
_CALL = "AwsApiCall"


def _member(selector: Selector) -> str:
    """The member of a record with which a selector begins."""
    return next(step.name for step in selector.steps if isinstance(step, Member))


# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html
_INSIGHT_MEMBERS = ("awsRegion", "eventID", "eventTime", "eventType", "eventVersion")
_RECORD_MEMBERS = tuple(sorted({_member(selector) for selector in REQUIRED_FIELDS}))
_BOOLEAN_MEMBERS = tuple(sorted(map(_member, BOOLEAN_FIELDS)))

Violation = tuple[str, str]
"""The problem, as the predicate of a sentence about the detection; and what would be right."""


def rule_violations(detection: Detection) -> Iterator[Violation]:
    """The violations that do not depend on the pattern."""
    yield from _text_violations(detection)
    yield from _controls_violations(detection)
    yield from _timing_violations(detection)
    yield from _sample_violations(detection)
    yield from _record_violations(detection)


def _text_violations(detection: Detection) -> Iterator[Violation]:
    if not _TITLE.fullmatch(detection.title) or detection.title[0].islower():
        yield (
            f'has the title "{detection.title}"',
            "use one line of 7 to 92 characters, a capital letter first, and no punctuation last",
        )
    texts = [(name, getattr(detection, name)) for name in _SENTENCES]
    texts += [(f"runbook[{number}]", step) for number, step in enumerate(detection.runbook)]
    for name, text in texts:
        if text and not _are_sentences(text):
            yield (
                f"does not have full sentences in {name}: {json.dumps(text, ensure_ascii=False)}",
                "use one line with single spaces that ends with a full stop",
            )
    if len(detection.runbook) != _STEPS:
        yield (
            f"has {pluralize(len(detection.runbook), 'step')} in runbook",
            f"write {_STEPS} steps, in their order",
        )


def _are_sentences(text: str) -> bool:
    return text == text.strip() and text.endswith((".", ")")) and not re.search("\n|  ", text)


def _controls_violations(detection: Detection) -> Iterator[Violation]:
    attack = detection.controls.mitre_attack
    if not attack:
        yield (
            "has no MITRE ATT&CK technique",
            'add one of https://attack.mitre.org, like Controls(mitre_attack=("T1098.001",))',
        )
    for technique in attack:
        if not _TECHNIQUE.fullmatch(technique):
            yield (
                f'has the technique "{technique}"',
                "use an ID of MITRE ATT&CK, like T1098 or T1098.001",
            )
    for technique in dict.fromkeys(attack):
        if attack.count(technique) > 1:
            yield f"has the technique {technique} twice", "remove one of them"


def _timing_violations(detection: Detection) -> Iterator[Violation]:
    timing = detection.timing
    if timing.threshold == 1:
        return
    if timing.period < _MIN_PERIOD_TO_COUNT:
        yield (
            f"counts {timing.threshold} events in {timing.period} seconds",
            (
                f"use a period of at least {_MIN_PERIOD_TO_COUNT} seconds: CloudTrail delivers "
                "events after about five minutes and in no order"
            ),
        )
    if timing.reason == type(timing).reason:
        yield (
            f"has a threshold of {timing.threshold}, but its timing has no reason for it",
            "explain in Timing(reason=...) how the threshold was chosen",
        )


def _sample_violations(detection: Detection) -> Iterator[Violation]:
    for field, minimum, examples in (
        ("fires", _MIN_FIRING, detection.fires),
        ("silent", _MIN_SILENT, detection.silent),
    ):
        if len(examples) < minimum:
            yield (
                f"has {pluralize(len(examples), 'sample event')} in {field}",
                f"add different ones, at least {minimum}"
                + (", near misses first" if field == "silent" else ""),
            )
        seen: dict[str, str] = {}
        for example in examples:
            text = to_json(example.event)
            if text is None:
                yield (
                    f'has the sample event "{example.description}", which is not valid JSON',
                    "use a CloudTrail record",
                )
            elif text in seen:
                yield (
                    (
                        f'has the same sample event twice in {field}, "{seen[text]}" and '
                        f'"{example.description}"'
                    ),
                    "remove one of them, or change it in what matters",
                )
            else:
                seen[text] = example.description
    descriptions = [example.description for example in (*detection.fires, *detection.silent)]
    for description in dict.fromkeys(descriptions):
        if descriptions.count(description) > 1:
            yield (
                f'has several sample events with the description "{description}"',
                "say what is different in each of them",
            )
        if len(description) > _MAX_DESCRIPTION:
            yield (
                (
                    f"has a sample event with a description of {len(description)} characters: "
                    f'"{description}"'
                ),
                f"use at most {_MAX_DESCRIPTION}",
            )


def to_json(event: Any) -> str | None:
    """An event as JSON with sorted members; None if it is not valid JSON."""
    try:
        return json.dumps(event, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return None


def _record_violations(detection: Detection) -> Iterator[Violation]:
    for example in (*detection.fires, *detection.silent):
        event = example.event
        is_insight = event.get("eventType") == "AwsCloudTrailInsight"
        required = _INSIGHT_MEMBERS if is_insight else _RECORD_MEMBERS
        missing = [member for member in required if event.get(member) is None]
        if missing:
            yield (
                f'has the sample event "{example.description}" without {", ".join(missing)}',
                "use a complete record, like api_call(...) of trailbell.samples",
            )
        source = event.get("eventSource")
        if event.get("eventType") == _CALL and not str(source).endswith(".amazonaws.com"):
            yield (
                f'has the sample event "{example.description}" with the eventSource "{source}"',
                "use the name of a service, like iam.amazonaws.com",
            )
        for member in _BOOLEAN_MEMBERS:
            if not isinstance(event.get(member, True), bool):
                yield (
                    (
                        f'has the sample event "{example.description}" in which {member} is '
                        f"{event[member]!r}"
                    ),
                    "use True or False, as CloudTrail does",
                )


def description_violations(detection: Detection) -> Iterator[Violation]:
    """A violation if the description of the alarm is too long. The pattern must be valid."""
    length = max_deployed_length(alarm_description(detection, QueryText.NAMED))
    if length > ALARM_DESCRIPTION_CHARACTERS:
        yield (
            f"has an alarm description of {length:,} characters",
            f"shorten title, why and runbook; CloudWatch accepts {ALARM_DESCRIPTION_CHARACTERS:,}",
        )


def log_alarm_violations(detection: Detection) -> Iterator[Violation]:
    """A violation if there can be no log alarm. The pattern must be valid."""
    reason = reason_without_log_alarm(detection) if detection.log_alarm else ""
    if reason:
        yield f"has log_alarm, but can have none: {reason}", "remove log_alarm"
