"""Every detection, one by one: what it says, what it fires on, what it costs in characters."""

import json
import re

import pytest

from tests.detections.corpora import detections
from trailbell.answer import LONGEST_DESCRIPTION, description, query
from trailbell.detection import Detection, Example, Pack
from trailbell.event import ACCOUNT, OTHER_ACCOUNT
from trailbell.pattern import Outcome, parse
from trailbell.pattern.ast import AnyElement, AnyMember, Comparison, Json, Regex
from trailbell.pattern.lint import lint
from trailbell.pattern.lint.worlds import leaves
from trailbell.pattern.parser import LONGEST
from trailbell.service import ServiceModels

ALL = [pytest.param(detection, id=detection.id) for detection in detections()]
EVENTS = [
    pytest.param(detection, example, wanted, id=f"{detection.id}: {example.what}")
    for detection in detections()
    for examples, wanted in (
        (detection.silent, Outcome.NO_MATCH),
        (detection.fires, Outcome.MATCH),
    )
    for example in examples
]

# The longest names that CloudFormation makes for a stack whose name has 128 characters.
LONG_NAMES = {
    "LogGroupName": "g" * 150,
    "AlarmPrefix": "p" * 128,
    "HighTopicArn": "h" * 195,
    "MediumTopicArn": "m" * 195,
    "LowTopicArn": "l" * 195,
    "LogBucketName": "b" * 63,
}

# Patterns about who acts, whatever they do, and texts that auditors want without the service.
WITHOUT_SERVICE = {
    "access-key-write-without-session",
    "break-glass-use",
    "console-sign-in-without-mfa",
    "root-write-or-sign-in",
    "security-group-changes",
    "unauthorized-api-calls",
    "write-without-mfa",
}

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
ALWAYS = {"eventVersion", "eventTime", "awsRegion", "eventID", "eventType", "recipientAccountId"}
OF_CALLS = ALWAYS | {"userIdentity", "eventSource", "eventName", "sourceIPAddress", "eventCategory"}


def test_ids_are_unique() -> None:
    ids = [detection.id for detection in detections()]
    assert sorted(set(ids)) == sorted(ids)


def test_every_pack_has_detections() -> None:
    assert {detection.packs[0] for detection in detections()} == set(Pack)


@pytest.mark.parametrize(("detection", "example", "wanted"), EVENTS)
def test_event(detection: Detection, example: Example, wanted: Outcome) -> None:
    found = detection.filter_pattern.explain(json.dumps(example.event))
    assert found.outcome == wanted, str(found)


@pytest.mark.parametrize("detection", ALL)
def test_it_has_two_firing_and_three_silent_events_of_different_kinds(detection: Detection) -> None:
    fires = [json.dumps(example.event, sort_keys=True) for example in detection.fires]
    silent = [json.dumps(example.event, sort_keys=True) for example in detection.silent]
    assert len(set(fires)) == len(fires) >= 2
    assert len(set(silent)) == len(silent) >= 3


@pytest.mark.parametrize("detection", ALL)
def test_its_words_are_sentences_and_its_steps_are_three(detection: Detection) -> None:
    assert re.fullmatch(r"[A-Z][^.!?]*[^.!?,;:\s]", detection.title)
    for text in (detection.why, detection.false_alarms, *detection.respond):
        assert re.fullmatch(r"[A-Za-z].*[.]", text), text
        assert "  " not in text
    assert len(detection.respond) == 3


@pytest.mark.parametrize("detection", ALL)
def test_its_description_fits_into_an_alarm(detection: Detection) -> None:
    told = len(detection.title) + len(detection.why) + sum(map(len, detection.respond))
    assert told <= 620
    assert len(description(detection)) <= LONGEST_DESCRIPTION
    assert query(detection).endswith("| sort @timestamp desc")


@pytest.mark.parametrize("detection", ALL)
def test_its_pattern_fits_into_one_filter_with_the_longest_names(detection: Detection) -> None:
    long = re.sub(r"\$\{(\w+)\}", lambda found: LONG_NAMES[found[1]], detection.text)
    assert len(parse(long, longest=LONGEST).text) <= LONGEST


@pytest.mark.parametrize("detection", ALL)
def test_its_pattern_stays_within_what_is_documented(detection: Detection) -> None:
    pattern = detection.filter_pattern
    assert pattern.doubts == ()
    found = {finding.id for finding in lint(pattern, ServiceModels())}
    assert found == set(detection.accepts)
    assert isinstance(pattern.tree, Json)
    wild = regexes = 0
    for leaf in leaves(pattern.tree.condition):
        wild += sum(isinstance(step, AnyElement | AnyMember) for step in leaf.selector.steps)
        regexes += isinstance(leaf, Comparison) and isinstance(leaf.value, Regex)
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html
    assert wild <= 3
    assert regexes <= 2


def test_all_patterns_together_have_as_few_regexes_as_a_log_group_may_hold() -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html"""
    assert sum("= %" in detection.text for detection in detections()) <= 5


@pytest.mark.parametrize("detection", ALL)
def test_its_pattern_names_the_service(detection: Detection) -> None:
    named = "$.eventSource" in detection.text
    assert named or detection.exact or detection.id in WITHOUT_SERVICE


@pytest.mark.parametrize("detection", ALL)
def test_what_rings_after_several_events_says_why(detection: Detection) -> None:
    timing = detection.timing
    assert timing.threshold == 1 or (timing.period >= 300 and "five minutes" in timing.why)


@pytest.mark.parametrize(("detection", "example", "wanted"), EVENTS)
def test_event_is_a_plausible_record(
    detection: Detection,  # noqa: ARG001 - part of the name of the case
    example: Example,
    wanted: Outcome,  # noqa: ARG001
) -> None:
    event = example.event
    needed = ALWAYS if event["eventType"] == "AwsCloudTrailInsight" else OF_CALLS
    assert needed <= set(event)
    assert set(re.findall(r"(?<![\w-])\d{12}(?![\w-])", json.dumps(event))) <= {
        ACCOUNT,
        OTHER_ACCOUNT,
    }
    if event["eventType"] == "AwsApiCall":
        assert event["eventSource"].endswith(".amazonaws.com")
        assert isinstance(event["readOnly"], bool)
        assert {"requestParameters", "responseElements", "userAgent"} <= set(event)
        known = ServiceModels().event_names(event["eventSource"])
        assert known is None or event["eventName"] in known


@pytest.mark.parametrize("detection", ALL)
def test_its_controls_are_numbers_of_cis_and_techniques_of_attack(detection: Detection) -> None:
    assert detection.controls.cis is None or 1 <= detection.controls.cis <= 15
    assert detection.controls.attack
    for technique in detection.controls.attack:
        assert re.fullmatch(r"T1\d{3}(\.\d{3})?", technique)


def test_the_pack_for_auditors_has_every_control() -> None:
    counted = {d.controls.cis for d in detections() if Pack.CIS in d.packs}
    assert counted == {*range(1, 16)}
