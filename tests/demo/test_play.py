"""The demonstration as it is played: the stacks of this project on the emulator."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from trailbell import settings
from trailbell.build.project import Project, load_project
from trailbell.catalog.event_message import bus_event
from trailbell.demo.attack import ATTACK, HOSTILE_USER_AGENT
from trailbell.demo.deployment import deploy, select
from trailbell.demo.emulator import only_emulator, running
from trailbell.demo.page import to_page
from trailbell.demo.play import play
from trailbell.demo.timeline import Entry, Fired, RealtimeMessage, Timeline
from trailbell.docs.message_picture import pictured_message

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def project() -> Project:
    """This project."""
    return load_project(settings.load(None))


@pytest.fixture(scope="module")
def timeline(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Timeline]:
    """The timeline of the attack."""
    folder = tmp_path_factory.mktemp("emulator")
    with running(folder, aws_sources=True) as address, only_emulator(address):
        yield play(deploy(select(project)), project.catalog, ATTACK)


def _entry(timeline: Timeline, name: str, number: int = 0) -> Entry:
    return [e for e in timeline.entries if e.step.record["eventName"] == name][number]


def _fired(entry: Entry, detection: str) -> Fired:
    return next(fired for fired in entry.fired if fired.detection == detection)


def _message(entry: Entry, detection: str) -> RealtimeMessage:
    message = _fired(entry, detection).message
    assert message
    return message


def test_the_alarms_and_rules_of_all_packs_are_deployed(timeline: Timeline) -> None:
    assert timeline.notes == ()
    assert {"security-alerts", "cis", "tamper", "identity", "exposure", "realtime"} <= {
        *timeline.stacks
    }
    assert not {"alerts", "trail", "queue", "dashboard", "realtime-hub"} & {*timeline.stacks}


def _results(entry: Entry) -> dict[str, tuple[bool, str]]:
    """Whether each detection sent a message, and what its alarm did and when."""
    return {
        f.detection: (
            f.message is not None,
            f"{f.alarm.result} {f.alarm.at:%H:%M}" if f.alarm and f.alarm.at else "",
        )
        for f in entry.fired
    }


@pytest.mark.parametrize(
    ("name", "number", "results"),
    [
        pytest.param("ListUsers", 0, {}, id="nothing is sent for a list of the users"),
        pytest.param(
            "ListSecrets",
            0,
            {
                "unauthorized-api-calls": (False, "counted 02:10"),
                "unauthorized-api-calls-exact": (False, "counted 02:10"),
            },
            id="the second refused call is counted",
        ),
        pytest.param(
            "ListAliases",
            0,
            {
                "unauthorized-api-calls": (False, "notified 02:10"),
                "unauthorized-api-calls-exact": (False, "counted 02:10"),
            },
            id="the fifth refused call makes the alarm go into ALARM",
        ),
        pytest.param(
            "CreateUser",
            0,
            {
                "credential-persistence": (True, "notified 02:11"),
                "iam-changes": (True, "notified 02:11"),
            },
            id="the new user is in messages and e-mails",
        ),
        pytest.param(
            "CreateAccessKey",
            1,
            {
                "credential-persistence": (True, "masked 02:11"),
                "iam-changes": (True, "masked 02:11"),
            },
            id="the key of the second intruder is in messages only",
        ),
        pytest.param(
            "PutBucketPublicAccessBlock",
            0,
            {"public-access-block-loosened": (True, "notified 02:15")},
            id="the public bucket is in a message and an e-mail",
        ),
        pytest.param(
            "StopLogging",
            0,
            {
                "trail-tampering": (True, "notified 02:19"),
                "cloudtrail-changes": (True, "notified 02:19"),
            },
            id="the end of the trail is in messages and e-mails",
        ),
    ],
)
def test_what_was_sent_for(
    name: str, number: int, results: dict[str, tuple[bool, str]], timeline: Timeline
) -> None:
    assert _results(_entry(timeline, name, number)) == results


def test_each_detection_without_a_message_has_a_reason(timeline: Timeline) -> None:
    without = [f for entry in timeline.entries for f in entry.fired if not f.message]
    reasons = {f.detection: f.without_message for f in without}
    assert all(reasons.values())
    assert {
        n for n, reason in reasons.items() if reason == "no deployed stack has its rule"
    } == set()


def test_the_message_says_who_did_what_with_the_time_of_the_event(timeline: Timeline) -> None:
    entry = _entry(timeline, "AttachUserPolicy")
    text = _message(entry, "administrator-access-given").text
    assert text.startswith(
        '"[aws.iam] HIGH: An administrator-level policy was attached"\n'
        '"Account 111122223333, Region us-east-1, 2026-11-26T02:06:10Z"\n'
    )
    assert "arn:aws:iam::111122223333:user/ci-deploy" in text
    assert entry.step.record["eventID"] in text


def test_each_message_is_what_the_documented_rules_say(
    timeline: Timeline, project: Project
) -> None:
    """Two readings of the rules for input transformers: that of ministack, and ours.

    The picture in the documentation is one of these messages.
    """
    delivered = {
        (entry.step.record["eventID"], fired.detection): fired.message.text
        for entry in timeline.entries
        for fired in entry.fired
        if fired.message
    }
    records = {step.record["eventID"]: step.record for step in ATTACK}
    assert delivered == {
        (event_id, name): pictured_message(project.catalog.get(name), records[event_id])
        for event_id, name in delivered
    }


def test_each_detection_of_high_severity_sends_a_message(timeline: Timeline) -> None:
    high = [f for entry in timeline.entries for f in entry.fired if f.severity == "high"]
    assert [fired.detection for fired in high if not fired.message] == []


def test_a_hostile_user_agent_comes_after_the_warning(timeline: Timeline) -> None:
    entry = _entry(timeline, "PutBucketPublicAccessBlock")
    text = _message(entry, "public-access-block-loosened").text
    ours, warning, of_the_caller = text.partition('"Texts of the caller:"\n')
    assert warning
    assert ours.startswith('"[aws.s3] HIGH: Block Public Access was weakened')
    assert [line in ours for line in HOSTILE_USER_AGENT.split("\n")] == [False] * 4
    assert HOSTILE_USER_AGENT in of_the_caller


def test_the_two_intruders_are_distinguished(timeline: Timeline) -> None:
    first, second = (
        _message(_entry(timeline, "CreateAccessKey", number), "credential-persistence").text
        for number in (0, 1)
    )
    assert ("user/ci-deploy" in first, "dana@example.com" in first) == (True, False)
    assert ("user/ci-deploy" in second, "dana@example.com" in second) == (False, True)


def test_the_message_as_json_has_the_event_as_it_is_on_the_bus(timeline: Timeline) -> None:
    entry = _entry(timeline, "CreateUser")
    content = json.loads(_message(entry, "credential-persistence").as_json)
    event: dict[str, Any] = content["event"]
    wanted = bus_event(entry.step.record)
    assert event["detail"] == wanted["detail"]
    names = ("source", "detail-type", "account", "region", "time")
    assert {name: event[name] for name in names} == {name: wanted[name] for name in names}


def test_messages_for_chat_are_json(timeline: Timeline) -> None:
    for_chat = [m.for_chat for m in timeline.messages if m.for_chat]
    assert for_chat
    assert all(json.loads(text)["version"] == "1.0" for text in for_chat)


def test_the_page_has_the_hostile_user_agent_as_text_only(timeline: Timeline) -> None:
    page = to_page(timeline)
    assert "<script" not in page
    assert HOSTILE_USER_AGENT.rpartition("\n")[2] not in page


def test_a_message_is_there_at_once(timeline: Timeline) -> None:
    """The limit of the benchmark, times ten for a machine that is busy."""
    assert max(message.seconds for message in timeline.messages) < 2
