"""Every detection, one by one: what it says, what it fires on, what it costs in characters."""

import json
import re

import pytest

from tests.detections.corpora import detections
from trailbell.answer import LONGEST_DESCRIPTION, description, query
from trailbell.audit import powerpipe, prowler, security_hub
from trailbell.audit.control import CONTROLS, Control
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

# The names of techniques, as https://attack.mitre.org has them in version 19: of those that
# detections name, no more.
TECHNIQUES = {
    "T1021.008": "Direct Cloud VM Connections",
    "T1037": "Boot or Logon Initialization Scripts",
    "T1070": "Indicator Removal",
    "T1078.004": "Cloud Accounts",
    "T1098": "Account Manipulation",
    "T1098.001": "Additional Cloud Credentials",
    "T1098.003": "Additional Cloud Roles",
    "T1110.001": "Password Guessing",
    "T1110.003": "Password Spraying",
    "T1110.004": "Credential Stuffing",
    "T1133": "External Remote Services",
    "T1136.003": "Cloud Account",
    "T1213.006": "Databases",
    "T1484": "Domain or Tenant Policy Modification",
    "T1484.002": "Trust Modification",
    "T1485": "Data Destruction",
    "T1485.001": "Lifecycle-Triggered Deletion",
    "T1486": "Data Encrypted for Impact",
    "T1526": "Cloud Service Discovery",
    "T1530": "Data from Cloud Storage",
    "T1531": "Account Access Removal",
    "T1535": "Unused/Unsupported Cloud Regions",
    "T1537": "Transfer Data to Cloud Account",
    "T1548.005": "Temporary Elevated Cloud Access",
    "T1550.001": "Application Access Token",
    "T1552.001": "Credentials In Files",
    "T1555.006": "Cloud Secrets Management Stores",
    "T1556": "Modify Authentication Process",
    "T1556.006": "Multi-Factor Authentication",
    "T1578.002": "Create Cloud Instance",
    "T1580": "Cloud Infrastructure Discovery",
    "T1599": "Network Boundary Bridging",
    "T1648": "Serverless Execution",
    "T1666": "Modify Cloud Resource Hierarchy",
    "T1685": "Disable or Modify Tools",
    "T1685.002": "Disable or Modify Cloud Log",
    "T1686.001": "Cloud Firewall",
}

# Auditors look for clauses and do not read the rest: a text with all of them that then leaves
# something out still passes. Such a detection relates to the control, and does not satisfy it.
ACCEPTED_THOUGH_NARROWER = {"root-write-or-sign-in"}

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
def test_its_techniques_are_of_attack_19(detection: Detection) -> None:
    attack = detection.controls.attack
    assert attack
    assert len(set(attack)) == len(attack)
    assert set(attack) <= set(TECHNIQUES)


def test_a_technique_is_listed_only_while_a_detection_names_it() -> None:
    assert set(TECHNIQUES) == {one for d in detections() for one in d.controls.attack}


@pytest.mark.parametrize("detection", ALL)
def test_it_counts_towards_a_control_only_where_an_auditor_accepts_its_text(
    detection: Detection,
) -> None:
    accepted = {control.item for control in CONTROLS if _accepting(detection, control)}
    if detection.id in ACCEPTED_THOUGH_NARROWER:
        assert (detection.controls.cis, {detection.controls.relates_to}) == (None, accepted)
    else:
        assert accepted == {detection.controls.cis} - {None}
    assert detection.controls.relates_to in {None, *range(1, 16)}


@pytest.mark.parametrize("detection", ALL)
def test_security_hub_accepts_it_only_if_it_is_exact(detection: Detection) -> None:
    """What the pages say of Security Hub they take from that."""
    for control in CONTROLS:
        if control.item == detection.controls.cis and control.security_hub:
            accepted = security_hub.AUDITOR.name in _accepting(detection, control)
            assert accepted == detection.exact


def _accepting(detection: Detection, control: Control) -> tuple[str, ...]:
    """The auditors for whom the text of this detection is enough for this control."""
    return tuple(
        auditor.name
        for auditor in (security_hub.AUDITOR, prowler.AUDITOR, powerpipe.AUDITOR)
        if control.key in auditor.texts and not auditor.texts[control.key].miss(detection.text)
    )


def test_the_pack_for_auditors_has_every_control() -> None:
    counted = {d.controls.cis for d in detections() if Pack.CIS in d.packs}
    assert counted == {*range(1, 16)}
