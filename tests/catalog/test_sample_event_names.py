"""The names of events are those of their services."""

from typing import Any

import pytest

from trailbell.catalog.detection import Detection, Example, Severity
from trailbell.catalog.sample_event_names import event_name_violations
from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.samples import api_call, console_sign_in, iam_user, service_event

_ALICE = iam_user("alice")
_OR = "; or explain it in accepted_issues as unknown-event-name"


def _detection(pattern: str, *fires: dict[str, Any]) -> Detection:
    return Detection(
        id="users",
        title="Something happened to a user",
        packs=("essentials",),
        severity=Severity.HIGH,
        pattern=pattern,
        why="It matters.",
        runbook=("Look.",),
        fires=tuple(Example(f"event {number}", event) for number, event in enumerate(fires)),
        silent=(Example("nothing", api_call("iam", "ListUsers", _ALICE)),),
    )


def _call(source: str, name: str) -> dict[str, Any]:
    return api_call(source, name, _ALICE)


_ANY = '{ $.eventName = "*" }'
_CREATE = _call("iam", "CreateUser")


@pytest.mark.parametrize(
    ("pattern", "events", "expected"),
    [
        pytest.param(
            _ANY,
            [_call("iam", "CreateUserr"), _call("iam", "CreateUserr")],
            [
                (
                    (
                        'has the sample event "event 0" with the eventName "CreateUserr", which '
                        "iam.amazonaws.com does not have"
                    ),
                    f'did you mean "CreateUser"?{_OR}',
                )
            ],
            id="a misspelled name is reported once",
        ),
        pytest.param(
            _ANY,
            [_call("iamm", "CreateUser")],
            [
                (
                    (
                        'has the sample event "event 0" with the unknown eventSource '
                        '"iamm.amazonaws.com"'
                    ),
                    f'did you mean "iam.amazonaws.com"?{_OR}',
                )
            ],
            id="a misspelled service",
        ),
        pytest.param(
            _ANY, [_call("sso-directory", "CreateUser")], [], id="a service without a model"
        ),
        pytest.param(
            _ANY,
            [_call("iam", "createuser")],
            [
                (
                    (
                        'has the sample event "event 0" with the eventName "createuser", which '
                        "iam.amazonaws.com does not have"
                    ),
                    f'did you mean "CreateUser"?{_OR}',
                )
            ],
            id="another case",
        ),
        pytest.param(
            _ANY,
            [_call("iam", "DisableKey")],
            [
                (
                    (
                        'has the sample event "event 0" with the eventName "DisableKey", which '
                        "iam.amazonaws.com does not have"
                    ),
                    f"use the eventSource of this event, kms.amazonaws.com{_OR}",
                )
            ],
            id="a name of another service",
        ),
        pytest.param(
            _ANY,
            [_call("iam", "Xyzzy")],
            [
                (
                    (
                        'has the sample event "event 0" with the eventName "Xyzzy", which '
                        "iam.amazonaws.com does not have"
                    ),
                    f"look up the name in the AWS documentation{_OR}",
                )
            ],
            id="a name that is similar to no other",
        ),
        pytest.param(
            "{ $.eventName = CreateUser || $.eventName = CreateUsr }",
            [_CREATE],
            [],
            id="lint checks the names in a pattern",
        ),
        pytest.param(
            _ANY,
            [
                _call("ssm", "OpenDataChanel"),
                console_sign_in(_ALICE, mfa="No"),
                service_event("kms", "SomethingOfItsOwn", _ALICE),
                _call("iam", "SwitchedOff") | {"eventType": "AwsConsoleAction"},
                _call("lambda", "CreateFunction20150331"),
            ],
            [],
            id="services without a model, sign-ins, and events that are not API calls",
        ),
    ],
)
def test_violations(
    pattern: str, events: list[dict[str, Any]], expected: list[tuple[str, str]]
) -> None:
    assert [*event_name_violations(_detection(pattern, *events), BotocoreEventNames())] == expected
