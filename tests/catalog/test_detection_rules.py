"""The rules for detections: a violation for each thing that is missing or wrong."""

from typing import Any

import pytest

from trailbell.catalog.detection import Controls, Detection, Example, Severity, Timing
from trailbell.catalog.detection_rules import description_violations, rule_violations
from trailbell.samples import api_call, console_sign_in, iam_user, insight_event, service_event

_ALICE, _BOB = iam_user("alice"), iam_user("bob")


def _event(name: str, by: dict[str, Any] = _ALICE, **members: Any) -> dict[str, Any]:
    return api_call("kms", name, by) | members


def _detection(**fields: Any) -> Detection:
    values: dict[str, Any] = {
        "id": "keys",
        "title": "A key was disabled",
        "packs": ("essentials",),
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
    return Detection(**(values | fields))


_FIRES = _detection().fires
_SILENT = _detection().silent


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            {"title": "a key was disabled."},
            [
                (
                    'has the title "a key was disabled."',
                    (
                        "use one line of 7 to 92 characters, a capital letter first, and no "
                        "punctuation last"
                    ),
                )
            ],
            id="a title like a sentence",
        ),
        pytest.param(
            {"why": "It matters", "false_positives": "Cleaning  up."},
            [
                (
                    'does not have full sentences in why: "It matters"',
                    "use one line with single spaces that ends with a full stop",
                ),
                (
                    'does not have full sentences in false_positives: "Cleaning  up."',
                    "use one line with single spaces that ends with a full stop",
                ),
            ],
            id="a reason without a full stop, and two spaces",
        ),
        pytest.param(
            {"runbook": ("Look.", "Ask\nthem.")},
            [
                (
                    r'does not have full sentences in runbook[1]: "Ask\nthem."',
                    "use one line with single spaces that ends with a full stop",
                ),
                ("has 2 steps in runbook", "write 3 steps, in their order"),
            ],
            id="two steps, one of them on two lines",
        ),
        pytest.param(
            {"controls": Controls()},
            [
                (
                    "has no MITRE ATT&CK technique",
                    (
                        "add one of https://attack.mitre.org, like "
                        'Controls(mitre_attack=("T1098.001",))'
                    ),
                )
            ],
            id="no technique",
        ),
        pytest.param(
            {"controls": Controls(mitre_attack=("1098", "T1485", "T1485", "T1098.01"))},
            [
                (
                    'has the technique "1098"',
                    "use an ID of MITRE ATT&CK, like T1098 or T1098.001",
                ),
                (
                    'has the technique "T1098.01"',
                    "use an ID of MITRE ATT&CK, like T1098 or T1098.001",
                ),
                ("has the technique T1485 twice", "remove one of them"),
            ],
            id="techniques of another form, and one twice",
        ),
        pytest.param(
            {"timing": Timing(threshold=3, period=60)},
            [
                (
                    "counts 3 events in 60 seconds",
                    (
                        "use a period of at least 300 seconds: CloudTrail delivers events after "
                        "about five minutes and in no order"
                    ),
                ),
                (
                    "has a threshold of 3, but its timing has no reason for it",
                    "explain in Timing(reason=...) how the threshold was chosen",
                ),
            ],
            id="a count in a minute, without a reason",
        ),
        pytest.param(
            {"fires": _FIRES[:1], "silent": _SILENT[1:]},
            [
                ("has 1 sample event in fires", "add different ones, at least 2"),
                (
                    "has 2 sample events in silent",
                    "add different ones, at least 3, near misses first",
                ),
            ],
            id="too few events",
        ),
        pytest.param(
            {"fires": (*_FIRES, Example("again", _event("DisableKey")))},
            [
                (
                    'has the same sample event twice in fires, "alice disables it" and "again"',
                    "remove one of them, or change it in what matters",
                )
            ],
            id="an event twice",
        ),
        pytest.param(
            {"silent": (*_SILENT, Example("alice disables it", _event("ListAliases")))},
            [
                (
                    'has several sample events with the description "alice disables it"',
                    "say what is different in each of them",
                )
            ],
            id="two events with the same description",
        ),
        pytest.param(
            {"silent": (*_SILENT, Example("x" * 101, _event("ListAliases")))},
            [
                (
                    f'has a sample event with a description of 101 characters: "{"x" * 101}"',
                    "use at most 100",
                )
            ],
            id="a long description",
        ),
        pytest.param(
            {"silent": (*_SILENT, Example("a set", _event("ListAliases", requestParameters={1})))},
            [
                (
                    'has the sample event "a set", which is not valid JSON',
                    "use a CloudTrail record",
                )
            ],
            id="an event that is not JSON",
        ),
        pytest.param(
            {"silent": (*_SILENT, Example("bare", {"eventName": "ListAliases"}))},
            [
                (
                    (
                        'has the sample event "bare" without awsRegion, eventID, eventSource, '
                        "eventTime, eventType, eventVersion, sourceIPAddress, userIdentity"
                    ),
                    "use a complete record, like api_call(...) of trailbell.samples",
                )
            ],
            id="an event that is not a record",
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
                    'has the sample event "odd" with the eventSource "kms"',
                    "use the name of a service, like iam.amazonaws.com",
                ),
                (
                    """has the sample event "odd" in which readOnly is 'true'""",
                    "use True or False, as CloudTrail does",
                ),
            ],
            id="a source without its domain, and text for a boolean",
        ),
        pytest.param({}, [], id="nothing is missing"),
        pytest.param({"false_positives": ""}, [], id="no text about false positives"),
        pytest.param(
            {
                "title": "${HOME} was read",
                "why": "${HOME} costs $5.",
                "timing": Timing(threshold=3, reason="Two can be a mistake."),
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
            id="records that are not API calls",
        ),
    ],
)
def test_violations(fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [*rule_violations(_detection(**fields))] == expected


def test_an_alarm_description_that_is_too_long() -> None:
    long = _detection(why=f"{'x' * 900}.")
    assert [*description_violations(_detection())] == []
    assert [*description_violations(long)] == [
        (
            "has an alarm description of 1,070 characters",
            "shorten title, why and runbook; CloudWatch accepts 1,024",
        )
    ]
