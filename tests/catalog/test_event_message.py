"""The messages of rules: what they say, and that no caller breaks them or forges a line."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell import (
    Catalog,
    Detection,
    Event,
    Example,
    Severity,
    api_call,
    assumed_role_identity,
    console_sign_in,
    field,
    iam_user,
    load_catalog,
    root,
)
from trailbell.catalog.event_message import (
    DRILL_SOURCE,
    bus_event,
    chat_message,
    json_message,
    text_message,
)
from trailbell.event_pattern.input_transformer import faults, render, unsafe_variables

_RULE = "arn:aws:events:us-east-1:111122223333:rule/security-alerts-own"


def _detection(**changes: Any) -> Detection:
    call = api_call("iam", "CreateUser", iam_user("mallory"), request={"userName": "backup"})
    return Detection(
        **{
            "id": "own",
            "title": "A user was created",
            "packs": ("own",),
            "severity": Severity.HIGH,
            "pattern": field("eventName").equals("CreateUser"),
            "why": "Because.",
            "runbook": ("Ask the caller.", "Then delete it.", "Then rest."),
            "fires": (Example("a user", call),),
            "silent": (Example("a role", api_call("iam", "CreateRole", iam_user("m"))),),
            **changes,
        }
    )


def _text(event: Event, **changes: Any) -> list[str]:
    message = render(text_message(_detection(**changes)), bus_event(event), rule_arn=_RULE)
    return message.split("\n")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_a_message_says_who_did_what_and_what_to_do() -> None:
    event = api_call(
        "iam",
        "CreateUser",
        assumed_role_identity("Admin", "alice"),
        request={"userName": "backup"},
        error="AccessDenied",
    )
    identity = json.dumps(event["userIdentity"]).replace('"', "")
    assert _text(event) == [
        '"[aws.iam] HIGH: A user was created"',
        '"Account 111122223333, Region us-east-1, 2026-01-15T12:34:56Z"',
        (
            '"Who: AssumedRole arn:aws:sts::111122223333:assumed-role/Admin/alice of account '
            '111122223333"'
        ),
        '"From: 192.0.2.44"',
        '"Call: CreateUser of iam.amazonaws.com"',
        '"Refused (empty or null: no): AccessDenied"',
        '"First step: Ask the caller."',
        (
            '"Event: https://us-east-1.${ConsoleDomain}/cloudtrailv2/home?region=us-east-1#/events/'
            f'{event["eventID"]}"'
        ),
        '"Detection: own"',
        '"Texts of the caller:"',
        f'"Identity: {identity}"',
        f'"User agent: {event["userAgent"]}"',
        '"Request: {userName: backup}"',
    ]


def test_a_message_of_a_sign_in_says_its_result() -> None:
    event = console_sign_in(root(), mfa=None, succeeded=False)
    lines = _text(event, fires=(Example("a sign-in", event),))
    assert [line for line in lines if line.startswith('"Sign-in')] == ['"Sign-in: Failure"']


def test_a_message_of_a_drill_says_so_first() -> None:
    event = bus_event(api_call("iam", "CreateUser", iam_user("mallory"))) | {"source": DRILL_SOURCE}
    first, *_ = render(text_message(_detection()), event).split("\n")
    assert first == '"[trailbell.drill] HIGH: A user was created"'
    chat = json.loads(render(chat_message(_detection()), event))
    assert chat["content"]["title"] == "[trailbell.drill] HIGH: A user was created"


def test_json_has_the_detection_and_the_whole_event() -> None:
    event = bus_event(api_call("iam", "CreateUser", iam_user("mallory")))
    assert json.loads(render(json_message(_detection()), event, rule_arn=_RULE)) == {
        "detection": "own",
        "severity": "high",
        "title": "A user was created",
        "rule": _RULE,
        "event": event,
    }


def test_a_chat_message_is_a_custom_notification() -> None:
    """https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html"""
    event = api_call("iam", "CreateUser", iam_user("mallory"))
    assert json.loads(render(chat_message(_detection()), bus_event(event))) == {
        "version": "1.0",
        "source": "custom",
        "content": {
            "textType": "client-markdown",
            "title": "[aws.iam] HIGH: A user was created",
            "description": (
                "*Account* 111122223333, *Region* us-east-1\n"
                "*Who* IAMUser  of account 111122223333, key "
                f"{event['userIdentity']['accessKeyId']}, *from* 192.0.2.44\n"
                "*Call* CreateUser, *refused* (empty or null: no) \n"
                "https://us-east-1.${ConsoleDomain}/cloudtrailv2/home?region=us-east-1#/events/"
                f"{event['eventID']}"
            ),
            "nextSteps": ["Ask the caller."],
            "keywords": ["own"],
        },
        "metadata": {"threadId": "own 111122223333"},
    }


@pytest.mark.parametrize(
    ("title", "line"),
    [
        pytest.param(
            "Who <name> is", '"[aws.iam] HIGH: Who (name) is"', id="looks like a variable"
        ),
        pytest.param('Say "hi" once', "\"[aws.iam] HIGH: Say 'hi' once\"", id="quotes"),
        pytest.param("A\\B was used", '"[aws.iam] HIGH: A/B was used"', id="a backslash"),
        pytest.param(
            "The ${LogGroupName}", '"[aws.iam] HIGH: The (LogGroupName)"', id="a placeholder"
        ),
        pytest.param(
            "Costs ${x} less", '"[aws.iam] HIGH: Costs $(x} less"', id="looks like a reference"
        ),
    ],
)
def test_a_text_of_a_detection_has_no_meaning_in_a_template(title: str, line: str) -> None:
    assert _text(api_call("iam", "CreateUser", iam_user("m")), title=title)[0] == line


def test_every_message_of_the_catalog_is_accepted_by_eventbridge(catalog: Catalog) -> None:
    problems = [
        (detection.id, *faults(message.paths, message.template))
        for detection in catalog
        for message in (text_message(detection), json_message(detection), chat_message(detection))
        if faults(message.paths, message.template)
        or unsafe_variables(message.paths, message.template)
    ]
    assert problems == []


def test_every_chat_message_is_within_the_limits_of_the_service(catalog: Catalog) -> None:
    """https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html"""
    for detection in catalog:
        template = json.loads(chat_message(detection).template)
        content = template["content"]
        assert len(content["title"]) <= 250 - len(DRILL_SOURCE), detection.id
        assert len(content["description"]) <= 8_000, detection.id
        assert [len(step) <= 350 for step in content["nextSteps"]] == [True], detection.id
        assert [len(word) <= 75 for word in content["keywords"]] == [True], detection.id


# ---------------------------------------------------------------------------- hostile callers

_TEXT = st.text(max_size=40) | st.sampled_from(
    ['"', "\\", "\n", '"\n"Refused: yes', "<arn>", "${x}", "\u2028", "Ωmega 山田", "</b>", "'" * 4]
)
_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def _hostile_events(draw: st.DrawFn) -> Event:
    """Records in which everything that a caller can choose is any text or value.

    A user agent is an HTTP header, which has no line break: RFC 9110, section 5.5.
    """
    agent = draw(_TEXT).replace("\n", " ").replace("\r", " ")
    event = api_call("iam", "CreateUser", iam_user("mallory"))
    path = draw(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=9))
    event["userIdentity"]["userName"] = draw(_TEXT)
    event["userIdentity"]["principalId"] = draw(_TEXT)
    event["userIdentity"]["arn"] = f"arn:aws:iam::111122223333:user/{path}/mallory"
    return event | {
        "userAgent": agent,
        "errorMessage": draw(_TEXT),
        "requestParameters": draw(st.none() | st.dictionaries(_TEXT, _VALUE, max_size=4)),
        "responseElements": draw(st.none() | st.dictionaries(_TEXT, _VALUE, max_size=2)),
    }


@given(_hostile_events())
def test_json_for_programs_and_chat_stays_json(event: Event) -> None:
    detection, on_bus = _detection(), bus_event(event)
    assert json.loads(render(json_message(detection), on_bus))["event"] == on_bus
    assert json.loads(render(chat_message(detection), on_bus))["source"] == "custom"


@given(_hostile_events())
def test_no_caller_forges_a_line(event: Event) -> None:
    """There are as many lines as in the template, and the caller's texts are in the last ones."""
    lines = _text(event)
    begins = [line.partition(":")[0] for line in text_message(_detection()).template.split("\n")]
    assert len(lines) == len(begins)
    harmless = _text(api_call("iam", "CreateUser", iam_user("mallory")))
    above = lines.index('"Texts of the caller:"')
    assert [line for line in lines[:above] if not line.startswith('"Who:')] == [
        line for line in harmless[:above] if not line.startswith('"Who:')
    ]


def test_a_request_of_4_kb_is_delivered_as_it_is() -> None:
    document = "x" * 4_096
    event = api_call("iam", "CreateUser", iam_user("m"), request={"policyDocument": document})
    assert _text(event)[-1] == f'"Request: {{policyDocument: {document}}}"'


def test_members_that_are_missing_leave_nothing_behind() -> None:
    event = {"eventName": "CreateUser", "eventSource": "iam.amazonaws.com"}
    assert [line for line in _text(event) if "<" in line] == []
