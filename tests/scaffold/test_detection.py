"""A new detection: its pattern, and that its module defines what was tested."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.scaffold.generated_records import RECORDS, tokens
from tests.scaffold.records import (
    ALL,
    DELETE_SECRET,
    DENIED,
    INSIGHT,
    OPEN_SSH,
    ROOT_KEY,
    ROTATION,
    SHARED_SNAPSHOT,
    SIGN_IN,
    record,
    user_caller,
)
from trailbell.catalog.detection import Catalog, Detection, Severity
from trailbell.catalog.self_test import check_catalog
from trailbell.errors import ContentError
from trailbell.scaffold.create import DetectionOptions, create_detection, event_of
from trailbell.scaffold.detection import draft_detection
from trailbell.scaffold.existing import Existing
from trailbell.scaffold.new_files import write_new
from trailbell.scaffold.python_source import render
from trailbell.scaffold.scrub import scrub

_NOTHING = Existing((), (), ())
_OPTIONS = DetectionOptions("new-one", "own", Severity.MEDIUM)
_MODULE = "detections/new_one.py"


def _module(event: dict[str, Any], options: DetectionOptions = _OPTIONS) -> str:
    return create_detection(options, event, _NOTHING, place="record.json").texts[_MODULE]


def _defined(source: str) -> Detection:
    """The detection that a module defines."""
    names: dict[str, Any] = {}
    exec(compile(source, "new_one.py", "exec"), names)  # noqa: S102 - it is what the build does
    detection = names["NEW_ONE"]
    assert isinstance(detection, Detection)
    return detection


_EACH = pytest.mark.parametrize(
    "event",
    [
        *(pytest.param(event, id=name) for name, event in ALL.items()),
        pytest.param(event_of("iam:CreateUser"), id="a call without a record"),
        pytest.param(event_of("ec2:RunInstances"), id="a call with numbers, without a record"),
        pytest.param(event_of("lambda:AddPermission20150331v2"), id="a name with a version"),
        pytest.param(record("zz-unknown", "DoThings", {"a": 1}), id="an unknown service"),
        pytest.param(record("iam", "CreateMartian"), id="a call that is newer than the models"),
    ],
)


@_EACH
def test_the_module_passes_the_tests_of_the_build(event: dict[str, Any]) -> None:
    detection = _defined(_module(event))
    assert check_catalog(Catalog((detection,), ()), use_cache=False) == ()


@_EACH
def test_the_pattern_matches_the_record_with_its_names_and_without(event: dict[str, Any]) -> None:
    pattern = _defined(_module(event)).filter_pattern
    outcomes = [pattern.test_record(each).name for each in (event, scrub(event).record)]
    assert outcomes == ["MATCH", "MATCH"]


@_EACH
def test_the_modules_are_formatted_and_have_no_finding(
    event: dict[str, Any], tmp_path: Path
) -> None:
    new = create_detection(_OPTIONS, event, _NOTHING, place="record.json")
    write_new(tmp_path, new.texts)
    config = str(Path(__file__).parents[2] / "pyproject.toml")
    for command in (["format", "--check"], ["check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "--config", config]
        done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


_OPEN_TO_THE_WORLD = (
    "any_of("
    'field("requestParameters.ipPermissions.items[*].ipRanges.items[0].cidrIp")'
    '.equals("0.0.0.0/0"), '
    'field("requestParameters.ipPermissions.items[0].ipRanges.items[*].cidrIp")'
    '.equals("0.0.0.0/0"))'
)
_SOURCE = 'field("eventSource").equals("secretsmanager.amazonaws.com")'


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(
            DELETE_SECRET,
            [
                _SOURCE,
                'field("eventName").equals("DeleteSecret")',
                'field("errorCode").missing_or_null()',
                'field("requestParameters.forceDeleteWithoutRecovery").is_true()',
            ],
            id="a boolean that is dangerous",
        ),
        pytest.param(
            OPEN_SSH,
            [
                'field("eventSource").equals("ec2.amazonaws.com")',
                'field("eventName").equals("AuthorizeSecurityGroupIngress")',
                'field("errorCode").missing_or_null()',
                _OPEN_TO_THE_WORLD,
                'field("requestParameters.ipPermissions.items[*].fromPort").equals(22)',
            ],
            id="text of any account, and a number",
        ),
        pytest.param(
            DENIED,
            [
                'field("eventSource").equals("kms.amazonaws.com")',
                'field("eventName").equals("PutKeyPolicy")',
                'field("errorCode").equals("AccessDenied")',
            ],
            id="a call that failed",
        ),
        pytest.param(
            SIGN_IN,
            [
                'field("eventSource").equals("signin.amazonaws.com")',
                'field("eventName").equals("ConsoleLogin")',
                'field("eventType").equals("AwsConsoleSignIn")',
                'field("responseElements.ConsoleLogin").equals("Success")',
                'field("additionalEventData.MFAUsed").equals("No")',
            ],
            id="a sign-in",
        ),
        pytest.param(
            ROOT_KEY,
            [
                'field("eventSource").equals("iam.amazonaws.com")',
                'field("eventName").equals("CreateAccessKey")',
                'field("userIdentity.type").equals("Root")',
                'field("errorCode").missing_or_null()',
            ],
            id="the root user",
        ),
        pytest.param(
            ROTATION,
            [
                'field("eventSource").equals("kms.amazonaws.com")',
                'field("eventName").equals("RotateKey")',
                'field("eventType").equals("AwsServiceEvent")',
            ],
            id="an event of a service",
        ),
        pytest.param(
            INSIGHT,
            [
                'field("insightDetails.eventSource").equals("iam.amazonaws.com")',
                'field("insightDetails.eventName").equals("CreateAccessKey")',
                'field("insightDetails.insightType").equals("ApiErrorRateInsight")',
                'field("insightDetails.state").equals("Start")',
            ],
            id="an unusual rate",
        ),
        pytest.param(
            SHARED_SNAPSHOT,
            [
                'field("eventSource").equals("ec2.amazonaws.com")',
                'field("eventName").equals("ModifySnapshotAttribute")',
                'field("errorCode").missing_or_null()',
                'field("requestParameters.createVolumePermission.add.items[*].userId").present()',
            ],
            id="an account, of which only the presence counts",
        ),
    ],
)
def test_the_pattern_has_what_is_dangerous_in_any_account(
    event: dict[str, Any], expected: list[str]
) -> None:
    assert [
        _line(clause) for clause in draft_detection(scrub(event).record, ()).clauses
    ] == expected


def _line(clause: Any) -> str:
    """A clause on one line, as it would be if it were short enough."""
    lines = [line.strip() for line in render(clause).splitlines()]
    return " ".join(lines).replace("( ", "(").replace(", )", ")")


def _with_rules(*ranges: list[str]) -> dict[str, Any]:
    """A call that adds a rule for each list of address ranges."""
    rules = [
        {"fromPort": 443, "ipRanges": {"items": [{"cidrIp": cidr} for cidr in rule]}}
        for rule in ranges
    ]
    request = {"ipPermissions": {"items": rules}}
    return record("ec2", "AuthorizeSecurityGroupIngress", request)


_PRIVATE, _PUBLIC = "192.0.2.0/24", "0.0.0.0/0"


@pytest.mark.parametrize(
    ("event", "same"),
    [
        pytest.param(
            _with_rules([_PRIVATE], [_PUBLIC]), _with_rules([_PUBLIC], [_PRIVATE]), id="first"
        ),
        pytest.param(_with_rules([_PRIVATE], [_PUBLIC]), _with_rules([_PUBLIC]), id="alone"),
        pytest.param(
            _with_rules([_PUBLIC]), _with_rules([_PRIVATE], [_PRIVATE], [_PUBLIC]), id="third"
        ),
        pytest.param(
            _with_rules([_PRIVATE], [_PRIVATE, _PUBLIC]),
            _with_rules([_PUBLIC, _PRIVATE], [_PRIVATE]),
            id="first in both lists, for a record that has it in neither",
        ),
    ],
)
def test_a_call_is_detected_wherever_the_record_has_the_rule(
    event: dict[str, Any], same: dict[str, Any]
) -> None:
    pattern = _defined(_module(event)).filter_pattern
    assert [pattern.test_record(each).name for each in (event, same)] == ["MATCH", "MATCH"]


def test_the_call_in_another_order_is_a_sample_that_fires() -> None:
    detection = _defined(_module(_with_rules([_PRIVATE], [_PUBLIC])))
    assert [example.description for example in detection.fires] == [
        "AuthorizeSecurityGroupIngress as in the record",
        "the same call with its lists in another order",
        "the same event with an IAM user as the caller",
    ]
    other_order = detection.fires[1].event["requestParameters"]
    assert other_order == _with_rules([_PUBLIC], [_PRIVATE])["requestParameters"]


def test_a_condition_for_which_a_pattern_has_no_room_is_left_out() -> None:
    rule = {"ipRanges": {"items": [{"cidrIp": _PUBLIC}]}}
    both = rule | {"ipv6Ranges": {"items": [{"cidrIpv6": "::/0"}]}}
    event = record(
        "ec2", "AuthorizeSecurityGroupIngress", {"ipPermissions": {"items": [rule, both]}}
    )
    draft = draft_detection(event, ())
    assert [_line(clause) for clause in draft.clauses[3:]] == [_OPEN_TO_THE_WORLD]
    assert draft.why.endswith("with cidrIp 0.0.0.0/0.")


def test_the_module_says_what_one_wildcard_cannot_see() -> None:
    comment = (
        "    # Review: a field has one [*]: a value that is first in neither list is not seen."
    )
    assert comment in _module(_with_rules([_PRIVATE], [_PUBLIC])).splitlines()


@pytest.mark.parametrize(
    ("event", "title", "why", "false_positives"),
    [
        pytest.param(
            DELETE_SECRET,
            "The call secretsmanager:DeleteSecret succeeded",
            (
                "This project watches secretsmanager:DeleteSecret with forceDeleteWithoutRecovery "
                "true."
            ),
            "Planned calls by administrators and deployments. Exclude them by role name. Failed "
            "calls are not detected.",
            id="a call that succeeded",
        ),
        pytest.param(
            DENIED,
            "The call kms:PutKeyPolicy failed with AccessDenied",
            "This project watches kms:PutKeyPolicy.",
            "Planned calls by administrators and deployments. Exclude them by role name. "
            "Successful calls are not detected.",
            id="a call that failed",
        ),
        pytest.param(
            ROOT_KEY,
            "The call iam:CreateAccessKey by the root user succeeded",
            "This project watches iam:CreateAccessKey.",
            "Planned calls by administrators and deployments. Exclude them by role name. Failed "
            "calls are not detected.",
            id="the root user",
        ),
        pytest.param(
            SIGN_IN,
            "A console sign-in without MFA succeeded",
            "This project watches signin:ConsoleLogin.",
            "Sign-ins that were planned.",
            id="a sign-in",
        ),
        pytest.param(
            ROTATION,
            "The service event kms:RotateKey was recorded",
            "This project watches kms:RotateKey.",
            "Planned changes by administrators.",
            id="an event of a service",
        ),
        pytest.param(
            INSIGHT,
            "Unusual rate of iam:CreateAccessKey",
            "CloudTrail Insights reports a rate of this call that is unusual for the account.",
            "Planned changes that call the API more often than before.",
            id="an unusual rate",
        ),
    ],
)
def test_the_texts_are_true_of_every_event_that_matches(
    event: dict[str, Any], title: str, why: str, false_positives: str
) -> None:
    draft = draft_detection(scrub(event).record, ())
    assert (draft.title, draft.why, draft.false_positives) == (title, why, false_positives)


def test_the_near_misses_differ_in_what_the_pattern_requires() -> None:
    draft = draft_detection(scrub(DELETE_SECRET).record, ())
    assert [sample.description for sample in draft.silent] == [
        "the call with forceDeleteWithoutRecovery false",
        "the call is denied",
        "another call: CreateSecret",
        "another call: DescribeSecret",
    ]


def test_the_technique_is_that_of_a_detection_of_the_same_event() -> None:
    first = _defined(_module(DELETE_SECRET, DetectionOptions("new-one", "own", Severity.LOW)))
    known = first.with_changes(controls=type(first.controls)(mitre_attack=("T1485",)))
    assert draft_detection(scrub(DELETE_SECRET).record, (known,)).techniques == ("T1485",)
    assert draft_detection(scrub(DENIED).record, (known,)).techniques == ("T1078.004",)


_HOSTILE = '"""\nimport os # ${AWS::Region} {0} \' \\'


@pytest.mark.parametrize("place", ["name", "request", "member", "message"])
def test_text_of_an_attacker_is_in_no_file(place: str) -> None:
    caller = user_caller(_HOSTILE if place == "name" else "jroe")
    request = {
        "userName": _HOSTILE if place == "request" else "x",
        (_HOSTILE if place == "member" else "path"): "/",
    }
    more = {"errorCode": "AccessDenied", "errorMessage": _HOSTILE} if place == "message" else {}
    event = record("iam", "CreateUser", request, caller, **more)
    texts = create_detection(_OPTIONS, event, _NOTHING, place="record.json").texts
    assert [name for name, text in texts.items() if "import os" in text or "AWS::Reg" in text] == []
    assert _defined(texts[_MODULE]).id == "new-one"


@settings(max_examples=40)
@given(RECORDS)
def test_no_name_of_the_record_is_in_any_file(event: dict[str, Any]) -> None:
    texts = create_detection(_OPTIONS, event, _NOTHING, place="record.json").texts
    whole = "".join(texts.values())
    assert {token for token in tokens(event) if token in whole} == set()
    numbers = {*re.findall(r"(?<![0-9a-z.])\d{12}(?![0-9.])", whole)}
    assert numbers <= {"111122223333", "123456789012"}
    assert _defined(texts[_MODULE]).id == "new-one"


def test_a_title_cannot_end_the_docstring() -> None:
    options = DetectionOptions("new-one", "own", Severity.LOW, title='Users """ \\ + exit() + "')
    assert _defined(_module(DELETE_SECRET, options)).title == 'Users """ \\ + exit() + "'


def test_a_title_that_the_build_refuses_is_an_error() -> None:
    options = DetectionOptions("new-one", "own", Severity.LOW, title="short.")
    with pytest.raises(ContentError) as error:
        _module(DELETE_SECRET, options)
    assert str(error.value) == (
        'detections/new_one.py: detection new-one has the title "short."; use one line of 7 to 92 '
        "characters, a capital letter first, and no punctuation last"
    )


def test_a_member_that_is_replaced_is_in_no_clause() -> None:
    event = record("ec2", "CreateVpc", {"zqzqzq": [{"cidrIp": "0.0.0.0/0"}]})
    clauses = [render(clause) for clause in draft_detection(scrub(event).record, ()).clauses]
    assert clauses == [
        'field("eventSource").equals("ec2.amazonaws.com")',
        'field("eventName").equals("CreateVpc")',
        'field("errorCode").missing_or_null()',
    ]


def test_a_record_that_only_a_pattern_with_its_names_matches_is_an_error() -> None:
    event = {**INSIGHT, "insightDetails": {**INSIGHT["insightDetails"], "state": "jroe"}}
    with pytest.raises(ContentError) as error:
        _module(event)
    assert str(error.value) == (
        "record.json: no pattern can be written that matches the record and names no account in "
        "it; write the detection by hand"
    )
