"""The written attack: its records, and what fires on them."""

from datetime import timedelta
from itertools import pairwise

import pytest

from trailbell.build.for_tests import fires, load_catalog
from trailbell.catalog.event_rule import reason_without_rule
from trailbell.demo.attack import ATTACK, HOSTILE_USER_AGENT, START, Step


def test_the_calls_follow_each_other_within_a_quarter_of_an_hour() -> None:
    times = [step.at for step in ATTACK]
    assert all(before < after for before, after in pairwise(times))
    assert START < times[0] < times[-1] < START + timedelta(minutes=15)


def test_each_event_has_an_id_of_its_own() -> None:
    assert len({step.record["eventID"] for step in ATTACK}) == len(ATTACK)


def test_two_identities_from_two_addresses_make_the_same_call() -> None:
    calls = {
        (s.record["eventName"], s.record["userIdentity"]["arn"], s.record["sourceIPAddress"])
        for s in ATTACK
        if s.record["eventName"] == "CreateAccessKey"
    }
    role = "assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/dana@example.com"
    assert calls == {
        ("CreateAccessKey", "arn:aws:iam::111122223333:user/ci-deploy", "198.51.100.23"),
        ("CreateAccessKey", f"arn:aws:sts::111122223333:{role}", "203.0.113.77"),
    }


def test_one_event_has_text_that_imitates_a_message() -> None:
    hostile = [step.record for step in ATTACK if step.record["userAgent"] == HOSTILE_USER_AGENT]
    assert [record["eventName"] for record in hostile] == ["PutBucketPublicAccessBlock"]
    assert {character for character in '"\n<' if character in HOSTILE_USER_AGENT} == set('"\n<')


def _refused(name: str) -> object:
    return pytest.param(
        name, {"unauthorized-api-calls", "unauthorized-api-calls-exact"}, id=f"{name} is refused"
    )


@pytest.mark.parametrize(
    ("name", "detections"),
    [
        pytest.param("ListUsers", set(), id="nothing fires on a list of the users"),
        _refused("GetAccountAuthorizationDetails"),
        _refused("ListSecrets"),
        _refused("DescribeSnapshots"),
        _refused("ListAccounts"),
        _refused("ListAliases"),
        pytest.param("CreateUser", {"credential-persistence", "iam-changes"}, id="a new user"),
        pytest.param(
            "AttachUserPolicy",
            {"administrator-access-given", "iam-changes", "iam-policy-changes"},
            id="administrator access",
        ),
        pytest.param("CreateAccessKey", {"credential-persistence", "iam-changes"}, id="a new key"),
        pytest.param(
            "PutBucketPublicAccessBlock", {"public-access-block-loosened"}, id="a public bucket"
        ),
        pytest.param(
            "AuthorizeSecurityGroupIngress",
            {
                *("security-group-changes", "security-group-changes-exact"),
                "security-group-opened-to-the-world",
            },
            id="a remote shell",
        ),
        pytest.param("ModifySnapshotAttribute", {"snapshot-shared"}, id="a shared snapshot"),
        pytest.param("DeleteDetector", {"threat-detection-disabled"}, id="GuardDuty is off"),
        pytest.param("DisableAlarmActions", {"alarm-tampering"}, id="an alarm without actions"),
        pytest.param("StopLogging", {"cloudtrail-changes", "trail-tampering"}, id="no trail"),
    ],
)
def test_these_detections_fire(name: str, detections: set[str]) -> None:
    steps = [step for step in ATTACK if step.record["eventName"] == name]
    assert steps
    for step in steps:
        assert {d.id for d in load_catalog() if fires(d, step.record)} == detections


def _has_rule(step: Step) -> bool:
    return any(
        not reason_without_rule(detection)
        for detection in load_catalog()
        if fires(detection, step.record)
    )


def test_some_calls_have_a_rule_and_some_have_none() -> None:
    assert {_has_rule(step) for step in ATTACK} == {True, False}
