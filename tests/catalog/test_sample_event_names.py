"""Events are called as their service calls them."""

from typing import Any

import pytest

from trailbell.catalog.detection import Detection, Example, Pack, Severity
from trailbell.catalog.sample_event_names import faults
from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.samples import api_call, console_sign_in, iam_user, service_event

_ALICE = iam_user("alice")
_OR = "; or explain it in accepted_issues, under unknown-event-name"


def _detection(pattern: str, *fires: dict[str, Any]) -> Detection:
    return Detection(
        id="users",
        title="Something happened to a user",
        packs=(Pack.ESSENTIALS,),
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
                        'has the firing event "event 0" with the name "CreateUserr", which '
                        "iam.amazonaws.com does not have"
                    ),
                    f'did you mean "CreateUser"?{_OR}',
                )
            ],
            id="a misspelt name is told once",
        ),
        pytest.param(
            _ANY,
            [_call("iamm", "CreateUser")],
            [
                (
                    (
                        'has the firing event "event 0" of "iamm.amazonaws.com", which is not a '
                        "service of AWS"
                    ),
                    f'did you mean "iam.amazonaws.com"?{_OR}',
                )
            ],
            id="a misspelt service",
        ),
        pytest.param(
            _ANY, [_call("sso-directory", "CreateUser")], [], id="a service with no model"
        ),
        pytest.param(
            _ANY,
            [_call("iam", "createuser")],
            [
                (
                    (
                        'has the firing event "event 0" with the name "createuser", which '
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
                        'has the firing event "event 0" with the name "DisableKey", which '
                        "iam.amazonaws.com does not have"
                    ),
                    f"that is an event of kms.amazonaws.com{_OR}",
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
                        'has the firing event "event 0" with the name "Xyzzy", which '
                        "iam.amazonaws.com does not have"
                    ),
                    f"look it up in the documentation of the service{_OR}",
                )
            ],
            id="a name like no other",
        ),
        pytest.param(
            "{ $.eventName = CreateUser || $.eventName = CreateUsr }",
            [_CREATE],
            [
                (
                    "has the event name 'CreateUsr' in its pattern, which no service has",
                    f'did you mean "CreateUser"?{_OR}',
                )
            ],
            id="a misspelt name in a pattern that says no service",
        ),
        pytest.param(
            "{ $.eventSource = iam.amazonaws.com && $.eventName = CreateUsr }",
            [_CREATE],
            [],
            id="where the pattern says the service, its lint tells",
        ),
        pytest.param(
            "{ $.eventName = CreateUser || $.eventName = CreateKxUser }",
            [_CREATE],
            [],
            id="nearly another name, and one of a service that is not looked at",
        ),
        pytest.param(
            "{ $.eventName = CreateUser* || $.eventName != CreateUsr }",
            [_CREATE],
            [],
            id="a star, and what is not equal",
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
            id="nothing is said of services without a model, sign-ins, and what is no call",
        ),
    ],
)
def test_faults(
    pattern: str, events: list[dict[str, Any]], expected: list[tuple[str, str]]
) -> None:
    assert [*faults(_detection(pattern, *events), BotocoreEventNames())] == expected
