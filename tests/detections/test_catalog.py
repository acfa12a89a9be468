"""Every detection: its texts, its examples, its controls, and the characters it needs."""

import json
import re

import pytest

from tests.detections.corpora import detections
from tests.packs import PACKS
from trailbell.audit import powerpipe, prowler, security_hub
from trailbell.audit.controls import CONTROLS, Control
from trailbell.catalog.alarm_text import investigation_query
from trailbell.catalog.detection import Detection
from trailbell.pattern import MAX_LENGTH, parse
from trailbell.pattern.ast import JsonPattern
from trailbell.pattern.targets.insights import MAX_LENGTH as INSIGHTS_MAX_LENGTH
from trailbell.samples import ACCOUNT, OTHER_ACCOUNT

ALL = [pytest.param(detection, id=detection.id) for detection in detections()]
# The longest names that CloudFormation generates for a stack whose name has 128 characters.
LONG_NAMES = {
    "LogGroupName": "g" * 150,
    "AlarmPrefix": "p" * 128,
    "BaseStackName": "s" * 128,
    "HighTopicArn": "h" * 199,
    "MediumTopicArn": "m" * 199,
    "LowTopicArn": "l" * 199,
    "LogBucketName": "b" * 63,
    "OwnAccountId": "0" * 12,
}

# Patterns that match any call of an identity, patterns with names that only services for which they
# are meant have, and verbatim patterns that name no service.
WITHOUT_SERVICE = {
    "access-key-write-without-session",
    "break-glass-use",
    "data-exported",
    "database-guard-lowered",
    "network-boundary-opened",
    "console-sign-in-without-mfa",
    "region-enabled",
    "resource-shared-by-policy",
    "root-write-or-sign-in",
    "security-group-changes",
    "unauthorized-api-calls",
    "write-without-mfa",
}

# The techniques that detections name, and no others, as https://attack.mitre.org names them in
# version 19.
TECHNIQUES = {
    "T1021.008": "Direct Cloud VM Connections",
    "T1037": "Boot or Logon Initialization Scripts",
    "T1040": "Network Sniffing",
    "T1059.009": "Cloud API",
    "T1070": "Indicator Removal",
    "T1078.004": "Cloud Accounts",
    "T1098": "Account Manipulation",
    "T1098.001": "Additional Cloud Credentials",
    "T1098.003": "Additional Cloud Roles",
    "T1098.004": "SSH Authorized Keys",
    "T1098.006": "Additional Container Cluster Roles",
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
    "T1490": "Inhibit System Recovery",
    "T1491.002": "External Defacement",
    "T1496.001": "Compute Hijacking",
    "T1496.003": "SMS Pumping",
    "T1496.004": "Cloud Service Hijacking",
    "T1526": "Cloud Service Discovery",
    "T1530": "Data from Cloud Storage",
    "T1531": "Account Access Removal",
    "T1535": "Unused/Unsupported Cloud Regions",
    "T1537": "Transfer Data to Cloud Account",
    "T1538": "Cloud Service Dashboard",
    "T1546": "Event Triggered Execution",
    "T1548.005": "Temporary Elevated Cloud Access",
    "T1550.001": "Application Access Token",
    "T1552": "Unsecured Credentials",
    "T1552.001": "Credentials In Files",
    "T1552.005": "Cloud Instance Metadata API",
    "T1555.006": "Cloud Secrets Management Stores",
    "T1556": "Modify Authentication Process",
    "T1556.006": "Multi-Factor Authentication",
    "T1578.002": "Create Cloud Instance",
    "T1580": "Cloud Infrastructure Discovery",
    "T1584.001": "Domains",
    "T1599": "Network Boundary Bridging",
    "T1648": "Serverless Execution",
    "T1651": "Cloud Administration Command",
    "T1666": "Modify Cloud Resource Hierarchy",
    "T1685": "Disable or Modify Tools",
    "T1685.002": "Disable or Modify Cloud Log",
    "T1686.001": "Cloud Firewall",
}

# Compliance scanners check for clauses and ignore the rest: a pattern with all clauses passes even
# if it then excludes events. Such a detection relates to the control but does not satisfy it.
ACCEPTED_THOUGH_NARROWER = {"root-write-or-sign-in"}


def test_every_pack_has_detections() -> None:
    assert {detection.packs[0] for detection in detections()} == {pack.name for pack in PACKS}


@pytest.mark.parametrize("detection", ALL)
def test_its_texts_leave_room_for_its_query(detection: Detection) -> None:
    length = len(detection.title) + len(detection.why) + sum(map(len, detection.runbook))
    assert length <= 620
    assert len(investigation_query(detection)) <= INSIGHTS_MAX_LENGTH


@pytest.mark.parametrize("detection", ALL)
def test_its_query_shows_account_and_region(detection: Detection) -> None:
    *_, last = investigation_query(detection).splitlines()
    assert last.startswith("| display @timestamp, ")
    assert {"awsRegion", "record.recipientAccountId"} <= set(last.split(", "))


@pytest.mark.parametrize("detection", ALL)
def test_its_pattern_fits_into_one_filter_with_the_longest_names(detection: Detection) -> None:
    long = re.sub(r"\$\{(\w+)\}", lambda name: LONG_NAMES[name[1]], detection.pattern_text)
    assert len(parse(long, max_length=MAX_LENGTH).text) <= MAX_LENGTH


@pytest.mark.parametrize("detection", ALL)
def test_its_pattern_is_a_json_pattern_without_doubts(detection: Detection) -> None:
    pattern = detection.filter_pattern
    assert pattern.ambiguities == ()
    assert isinstance(pattern.tree, JsonPattern)


def test_all_patterns_together_have_no_more_regexes_than_a_log_group_allows() -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html"""
    assert sum("= %" in detection.pattern_text for detection in detections()) <= 5


@pytest.mark.parametrize("detection", ALL)
def test_its_pattern_names_the_service(detection: Detection) -> None:
    named = "$.eventSource" in detection.pattern_text
    assert named or detection.verbatim or detection.id in WITHOUT_SERVICE


@pytest.mark.parametrize("detection", ALL)
def test_its_examples_are_records_of_an_example_account(detection: Detection) -> None:
    events = json.dumps([example.event for example in (*detection.fires, *detection.silent)])
    assert set(re.findall(r"(?<![\w-])\d{12}(?![\w-])", events)) <= {ACCOUNT, OTHER_ACCOUNT}


@pytest.mark.parametrize("detection", ALL)
def test_its_techniques_are_of_attack_19(detection: Detection) -> None:
    assert set(detection.controls.mitre_attack) <= set(TECHNIQUES)


def test_a_technique_is_listed_only_while_a_detection_names_it() -> None:
    assert set(TECHNIQUES) == {
        technique for d in detections() for technique in d.controls.mitre_attack
    }


@pytest.mark.parametrize("detection", ALL)
def test_it_counts_towards_a_control_only_if_a_compliance_scanner_accepts_it(
    detection: Detection,
) -> None:
    accepted = {control.cis_item for control in CONTROLS if _accepting(detection, control)}
    if detection.id in ACCEPTED_THOUGH_NARROWER:
        assert (detection.controls.cis_control, {detection.controls.related_cis_control}) == (
            None,
            accepted,
        )
    else:
        assert accepted == {detection.controls.cis_control} - {None}
    assert detection.controls.related_cis_control in {None, *range(1, 16)}


@pytest.mark.parametrize("detection", ALL)
def test_security_hub_accepts_it_only_if_it_is_exact(detection: Detection) -> None:
    """The generated pages rely on this for what they say about Security Hub."""
    for control in CONTROLS:
        if control.cis_item == detection.controls.cis_control and control.security_hub:
            accepted = security_hub.SCANNER.name in _accepting(detection, control)
            assert accepted == detection.verbatim


def _accepting(detection: Detection, control: Control) -> tuple[str, ...]:
    """The compliance scanners that accept the pattern of this detection for this control."""
    return tuple(
        auditor.name
        for auditor in (security_hub.SCANNER, prowler.SCANNER, powerpipe.SCANNER)
        if control.key in auditor.patterns
        and not auditor.patterns[control.key].compare(detection.pattern_text)
    )


def test_the_cis_pack_has_every_control() -> None:
    counted = {d.controls.cis_control for d in detections() if "cis" in d.packs}
    assert counted == {*range(1, 16)}
