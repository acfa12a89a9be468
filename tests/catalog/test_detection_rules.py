"""What every detection has to say: a fault for each thing that is missing, and nothing else."""

from typing import Any

import pytest

from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity, Timing
from trailbell.catalog.detection_rules import description_violations, rule_violations
from trailbell.samples import api_call, console_sign_in, iam_user, insight_event, service_event

_ALICE, _BOB = iam_user("alice"), iam_user("bob")


def _event(name: str, by: dict[str, Any] = _ALICE, **members: Any) -> dict[str, Any]:
    return api_call("kms", name, by) | members


def _detection(**fields: Any) -> Detection:
    given: dict[str, Any] = {
        "id": "keys",
        "title": "A key was disabled",
        "packs": (Pack.ESSENTIALS,),
        "severity": Severity.HIGH,
        "pattern": '{ $.eventName = "DisableKey" }',
        "why": "What it encrypts cannot be read (nor written).",
        "runbook": ("Find out who did it.", "Enable it again.", "Look at what they did."),
        "false_positives": "Cleaning up.",
        "controls": Controls(mitre_attack=("T1485", "T1098.001")),
        "fires": (
            Example("alice disables it", _event("DisableKey")),
            Example("bob disables it", _event("DisableKey", _BOB)),
        ),
        "silent": (
            Example("it is enabled", _event("EnableKey")),
            Example("keys are listed", _event("ListKeys", readOnly=True)),
            Example("a key is described", _event("DescribeKey", readOnly=True)),
        ),
    }
    return Detection(**(given | fields))


_FIRES = _detection().fires
_SILENT = _detection().silent


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            {"title": "a key was disabled."},
            [
                (
                    "has the title 'a key was disabled.'",
                    (
                        "one line of 7 to 92 characters: a capital first, no full stop or the like "
                        "last"
                    ),
                )
            ],
            id="a title like a sentence",
        ),
        pytest.param(
            {"why": "It matters", "false_positives": "Cleaning  up."},
            [
                (
                    "has no whole sentences in why: 'It matters'",
                    "one line that ends with a full stop, and single spaces",
                ),
                (
                    "has no whole sentences in false_positives: 'Cleaning  up.'",
                    "one line that ends with a full stop, and single spaces",
                ),
            ],
            id="a reason without a full stop, and two spaces",
        ),
        pytest.param(
            {"runbook": ("Look.", "Ask\nthem.")},
            [
                (
                    "has no whole sentences in respond[1]: 'Ask\\nthem.'",
                    "one line that ends with a full stop, and single spaces",
                ),
                ("has 2 steps in respond", "three, in the order in which they are done"),
            ],
            id="two steps, one of them on two lines",
        ),
        pytest.param(
            {"controls": Controls()},
            [
                (
                    "names no technique of MITRE ATT&CK",
                    (
                        'Controls(mitre_attack=("T1098.001",)), as https://attack.mitre.org '
                        "numbers them"
                    ),
                )
            ],
            id="no technique",
        ),
        pytest.param(
            {"controls": Controls(mitre_attack=("1098", "T1485", "T1485", "T1098.01"))},
            [
                (
                    "names the technique '1098'",
                    "T and four digits, and a point and three more for a sub-technique: T1098.001",
                ),
                (
                    "names the technique 'T1098.01'",
                    "T and four digits, and a point and three more for a sub-technique: T1098.001",
                ),
                ("names the technique T1485 twice", "once is enough"),
            ],
            id="techniques of another form, and one twice",
        ),
        pytest.param(
            {"timing": Timing(threshold=3, period=60)},
            [
                (
                    "counts 3 events in 60 seconds",
                    "300 or more: CloudTrail delivers in about five minutes, in no order",
                ),
                (
                    "rings at 3 events and says that one is enough",
                    "say in why of its timing how this number was chosen",
                ),
            ],
            id="a count in a minute, without a reason",
        ),
        pytest.param(
            {"fires": _FIRES[:1], "silent": _SILENT[1:]},
            [
                ("has 1 firing event", "2 or more of different kinds"),
                ("has 2 silent events", "3 or more of different kinds, near misses first"),
            ],
            id="too few events",
        ),
        pytest.param(
            {"fires": (*_FIRES, Example("again", _event("DisableKey")))},
            [
                (
                    "has the same firing event twice, 'alice disables it' and 'again'",
                    "leave one out, or let it differ in what matters",
                )
            ],
            id="an event twice",
        ),
        pytest.param(
            {"silent": (*_SILENT, Example("alice disables it", _event("ListAliases")))},
            [
                (
                    "has several events called 'alice disables it'",
                    "say of each what is different in it",
                )
            ],
            id="two events of one name",
        ),
        pytest.param(
            {"silent": (*_SILENT, Example("x" * 101, _event("ListAliases")))},
            [(f"has an event with 101 characters of words: '{'x' * 101}'", "100 at most")],
            id="an event in many words",
        ),
        pytest.param(
            {"silent": (*_SILENT, Example("a set", _event("ListAliases", requestParameters={1})))},
            [("has an event 'a set' that is no JSON", "a record of CloudTrail")],
            id="an event that is no JSON",
        ),
        pytest.param(
            {"silent": (*_SILENT, Example("bare", {"eventName": "ListAliases"}))},
            [
                (
                    (
                        "has an event 'bare' without awsRegion, eventID, eventSource, eventTime, "
                        "eventType, eventVersion, sourceIPAddress, userIdentity"
                    ),
                    "a whole record; api_call(...) of trailbell.samples makes one",
                )
            ],
            id="an event that is no record",
        ),
        pytest.param(
            {
                "silent": (
                    *_SILENT,
                    Example("odd", _event("ListAliases", eventSource="kms", readOnly="true")),
                )
            },
            [
                (
                    "has an event 'odd' whose eventSource is 'kms'",
                    "the name of a service, like iam.amazonaws.com",
                ),
                (
                    "has an event 'odd' whose readOnly is 'true'",
                    "True or False, as CloudTrail writes it",
                ),
            ],
            id="a source without its domain, and text for a boolean",
        ),
        pytest.param({}, [], id="nothing is missing"),
        pytest.param({"false_positives": ""}, [], id="nothing is said of false alarms"),
        pytest.param(
            {
                "title": "${HOME} was read",
                "why": "${HOME} costs $5.",
                "timing": Timing(threshold=3, reason="Two are a slip."),
            },
            [],
            id="dollar signs, and a count with a reason",
        ),
        pytest.param(
            {
                "silent": (
                    Example("a rate", insight_event("kms", "DisableKey")),
                    Example("a sign-in", console_sign_in(_ALICE, mfa="Yes")),
                    Example("a service", service_event("kms", "RotateKey", _ALICE)),
                )
            },
            [],
            id="records that are no calls",
        ),
    ],
)
def test_faults(fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [*rule_violations(_detection(**fields))] == expected


def test_an_alarm_says_all_of_it_or_the_build_says_that_it_cannot() -> None:
    long = _detection(why=f"{'x' * 900}.")
    assert [*description_violations(_detection())] == []
    assert [*description_violations(long)] == [
        (
            "makes an alarm with 1,125 characters of description",
            "CloudWatch takes 1,024: shorten its title, why and respond",
        )
    ]
