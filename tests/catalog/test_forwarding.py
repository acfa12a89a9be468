"""Forwarding rules send each event that a detection matches once, and their patterns agree."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import eventbridge as referee

from tests.catalog.test_event_message import _detection
from trailbell import (
    Catalog,
    Detection,
    Event,
    Example,
    all_of,
    any_of,
    api_call,
    field,
    iam_user,
    load_catalog,
    service_event,
)
from trailbell.catalog.event_message import bus_event
from trailbell.catalog.event_rule import (
    ENABLED,
    ENABLED_WITH_READS,
    reason_without_rule,
    rule_state,
)
from trailbell.catalog.forwarding import ForwardRule, forward_rules
from trailbell.pattern import Outcome

_MAX_LENGTH = 2_048
_OF_ANY_CALL = {"root-account-use", "write-without-mfa"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def rules(catalog: Catalog) -> tuple[ForwardRule, ...]:
    return forward_rules(catalog.detections)


def _matching(rules: tuple[ForwardRule, ...], event: Event) -> list[str]:
    """The names of the rules that match, by the emulator."""
    found = []
    for rule in rules:
        pattern = json.dumps(rule.pattern).replace("${AlarmPrefix}", "security-alerts")
        status, _, body = referee._test_event_pattern(
            {"EventPattern": pattern, "Event": json.dumps(bus_event(event))}
        )
        answer = json.loads(body)
        assert status == 200, answer
        if answer["Result"]:
            found.append(rule.name)
    return found


def _events(catalog: Catalog) -> Iterator[tuple[Detection, str, Event]]:
    for detection in catalog:
        for example in (*detection.fires, *detection.silent):
            yield detection, example.description, example.event


@pytest.mark.slow
def test_every_event_that_a_detection_matches_is_sent_once(
    catalog: Catalog, rules: tuple[ForwardRule, ...]
) -> None:
    """And no event is sent twice, also none that no detection matches.

    A rule receives a read-only event only in the state for them. Reads that only a detection of any
    API call matches are too many to be sent.
    """
    with_rule = [detection for detection in catalog if not reason_without_rule(detection)]
    states = {rule.name: rule.state for rule in rules}
    wrong = []
    for detection, description, event in _events(catalog):
        is_read = event.get("readOnly") is True
        matched = any(
            d.filter_pattern.test_record(event) is Outcome.MATCH
            for d in with_rule
            if not is_read or (rule_state(d) == ENABLED_WITH_READS and d.id not in _OF_ANY_CALL)
        )
        names = _matching(rules, event)
        sent = [n for n in names if not is_read or states[n] == ENABLED_WITH_READS]
        if len(names) > 1 or (matched and not sent):
            wrong.append((detection.id, description, names, sent))
    assert wrong == []


def test_every_detection_with_a_rule_is_in_a_forwarding_rule(
    catalog: Catalog, rules: tuple[ForwardRule, ...]
) -> None:
    forwarded = {name for rule in rules for name in rule.detections}
    assert forwarded == {d.id for d in catalog if not reason_without_rule(d)}


def test_the_rules_have_unique_names_and_patterns_within_the_quota(
    rules: tuple[ForwardRule, ...],
) -> None:
    assert len({rule.name for rule in rules}) == len(rules)
    lengths = {r.name: len(json.dumps(r.pattern, separators=(",", ":"))) for r in rules}
    assert {name: length for name, length in lengths.items() if length > _MAX_LENGTH} == {}


def _of(identifier: str, condition: Any, **changes: Any) -> Detection:
    return _detection(id=identifier, pattern=condition, **changes)


_NAME, _SOURCE = field("eventName"), field("eventSource")
_OWN = _SOURCE.equals("own.amazonaws.com")
_ROOT = field("userIdentity.type").equals("Root")


@pytest.mark.parametrize(
    ("detections", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(
            [_of("one", all_of(_SOURCE.equals("iam.amazonaws.com"), _NAME.equals("CreateUser")))],
            [("iam", ("one",), False)],
            id="one call",
        ),
        pytest.param(
            [
                _of("one", all_of(_SOURCE.equals("s3.amazonaws.com"), _NAME.equals("A"))),
                _of("two", all_of(_SOURCE.equals("ec2.amazonaws.com"), _NAME.equals("A"))),
            ],
            [("ec2-to-s3", ("one", "two"), False)],
            id="two sources",
        ),
        pytest.param(
            [
                _of("one", all_of(_SOURCE.equals("s3.amazonaws.com"), _NAME.equals("A"))),
                _of("any", _NAME.equals("A")),
            ],
            [("other", ("one", "any"), False)],
            id="a name of any source is not repeated for one source",
        ),
        pytest.param(
            [_of("wide", _ROOT), _of("one", _NAME.equals("A"))],
            [("wide", ("wide",), False), ("other", ("one",), False)],
            id="a detection of any call first",
        ),
        pytest.param(
            [_of("iam", _SOURCE.equals("iam.amazonaws.com")), _of("one", _NAME.equals("A"))],
            [("iam", ("iam", "one"), False), ("other", ("iam", "one"), False)],
            id="a detection of any call of a source",
        ),
        pytest.param(
            [
                _of(word, any_of(*(_NAME.equals(f"{word.title()}{n:08}") for n in range(75))))
                for word in ("first", "second")
            ],
            [("other", ("first",), False), ("other-2", ("second",), False)],
            id="two rules where one would be too long",
        ),
        pytest.param(
            [
                _of("star", all_of(_SOURCE.equals("logs.amazonaws.com"), _NAME.starts_with("Put"))),
                _of("one", all_of(_SOURCE.equals("logs.amazonaws.com"), _NAME.equals("PutA"))),
                _of("two", all_of(_SOURCE.equals("logs.amazonaws.com"), _NAME.equals("DeleteA"))),
            ],
            [("logs", ("star", "one", "two"), False)],
            id="names that begin alike",
        ),
        pytest.param(
            [
                _of("star", all_of(_OWN, _NAME.starts_with("Put"))),
                *(
                    _of(
                        word,
                        all_of(
                            _OWN,
                            any_of(*(_NAME.equals(f"Put{word}{n:08}") for n in range(75))),
                            field("errorCode").missing(),
                        ),
                    )
                    for word in ("first", "second")
                ),
            ],
            [("own", ("star", "first", "second"), False)],
            id="names that a star covers are not repeated",
        ),
        pytest.param(
            [_of("wide", field("errorCode").present()), _of("one", _NAME.equals("A"))],
            [("everything", ("wide", "one"), False)],
            id="a detection whose events no rule can exclude",
        ),
        pytest.param(
            [
                _of("first", _ROOT),
                _of("second", field("userIdentity.accountId").equals("123456789012")),
                _of("one", _NAME.equals("A")),
            ],
            [
                ("first", ("first",), False),
                ("second", ("second",), False),
                ("other", ("one",), False),
            ],
            id="two detections of any call",
        ),
        pytest.param(
            [_of("off", _NAME.equals("A"), alarm_only="another one sends it")],
            [],
            id="a detection without a rule",
        ),
    ],
)
def test_rules(detections: list[Detection], expected: list[Any]) -> None:
    rules = forward_rules(detections)
    assert [(rule.name, rule.detections, rule.is_exact) for rule in rules] == expected


def test_what_one_rule_sends_no_other_does() -> None:
    rules = forward_rules(
        [
            _of("wide", _ROOT),
            _of("iam", _SOURCE.equals("iam.amazonaws.com")),
            _of("one", _NAME.equals("CreateUser")),
        ]
    )
    event: Event = {
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateUser",
        "userIdentity": {"type": "Root"},
    }
    assert _matching(rules, event) == ["wide"]
    assert _matching(rules, event | {"userIdentity": {"type": "IAMUser"}}) == ["iam"]
    assert (
        _matching(
            rules, event | {"eventName": "x", "eventSource": "x", "userIdentity": {"type": "x"}}
        )
        == []
    )


def test_sources_share_a_rule_while_its_pattern_is_not_too_long() -> None:
    names = {source: [f"Put{source}{n:08}" for n in range(55)] for source in ("a", "b", "c")}
    detections = [
        _of(source, all_of(_SOURCE.equals(f"{source}.amazonaws.com"), _NAME.one_of(*names[source])))
        for source in names
    ]
    rules = forward_rules(detections)
    assert [(rule.name, rule.detections, rule.is_exact) for rule in rules] == [
        ("a-to-b", ("a", "b"), False),
        ("c", ("c",), False),
    ]
    other: Event = {"eventSource": "a.amazonaws.com", "eventName": "Putb00000000"}
    assert _matching(rules, other) == []
    assert _matching(rules, other | {"eventSource": "b.amazonaws.com"}) == ["a-to-b"]


def test_sources_with_reads_do_not_share_a_rule_with_others() -> None:
    read = api_call("sts", "AssumeRole", iam_user("alice"), read_only=True)
    rules = forward_rules(
        [
            _of("keys", all_of(_SOURCE.equals("kms.amazonaws.com"), _NAME.equals("DisableKey"))),
            _of(
                "role",
                all_of(_SOURCE.equals("sts.amazonaws.com"), _NAME.equals("AssumeRole")),
                fires=(Example("a read", read),),
            ),
            _of("topic", all_of(_SOURCE.equals("sns.amazonaws.com"), _NAME.equals("DeleteTopic"))),
        ]
    )
    assert [(rule.name, rule.state) for rule in rules] == [
        ("sts-reads", ENABLED_WITH_READS),
        ("kms-to-sns", ENABLED),
    ]


def test_reads_that_a_wide_rule_does_not_receive_are_sent_by_another_one() -> None:
    read = api_call("sts", "AssumeRole", iam_user("alice"), read_only=True)
    rules = forward_rules(
        [
            _of("wide", field("userIdentity.type").equals("IAMUser")),
            _of("role", _NAME.equals("AssumeRole"), fires=(Example("a read", read),)),
        ]
    )
    write = read | {"readOnly": False}
    assert [(rule.name, rule.state) for rule in rules] == [
        ("wide", ENABLED),
        ("other-reads", ENABLED_WITH_READS),
    ]
    assert (_matching(rules, read), _matching(rules, write)) == (["other-reads"], ["wide"])


def test_an_event_without_a_type_of_identity_is_sent() -> None:
    rules = forward_rules([_of("wide", _ROOT), _of("one", _NAME.equals("RotateKey"))])
    event = service_event("kms", "RotateKey", {"accountId": "111122223333"})
    assert _matching(rules, event) == ["other"]


def test_a_call_that_is_no_read_is_sent_whatever_its_parameters_are() -> None:
    condition = all_of(
        _NAME.equals("DeleteLogGroup"),
        field("requestParameters.logGroupName").equals("${LogGroupName}"),
    )
    (rule,) = forward_rules([_of("one", condition)])
    assert rule.pattern["detail"] == {"eventName": ["DeleteLogGroup"]}


def test_a_read_of_a_resource_of_another_account_is_sent_by_any_name() -> None:
    condition = all_of(
        _SOURCE.equals("logs.amazonaws.com"),
        _NAME.equals("GetLogEvents"),
        field("requestParameters.logGroupName").equals("${LogGroupName}"),
    )
    read = api_call("logs", "GetLogEvents", iam_user("alice"), read_only=True)
    (rule,) = forward_rules([_of("one", condition, fires=(Example("a read", read),))])
    assert rule.pattern["detail"] == {
        "eventSource": ["logs.amazonaws.com"],
        "eventName": ["GetLogEvents"],
        "requestParameters": {"logGroupName": [{"prefix": ""}]},
    }


def test_a_rule_receives_reads_if_a_detection_in_it_does() -> None:
    read = _detection().fires[0].event | {"readOnly": True}
    fires = (Example("a read", read),)
    (rule,) = forward_rules([_of("one", _NAME.equals("CreateUser"), fires=fires)])
    assert (rule.state, forward_rules([_of("one", _NAME.equals("A"))])[0].state) == (
        ENABLED_WITH_READS,
        ENABLED,
    )


def test_a_rule_for_reads_sends_only_what_detections_match(rules: tuple[ForwardRule, ...]) -> None:
    assert [r.name for r in rules if r.state == ENABLED_WITH_READS and not r.is_exact] == []
