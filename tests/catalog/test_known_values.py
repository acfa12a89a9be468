"""Own accounts, trusted addresses and instance types: what does not count because it is known."""

import json
from dataclasses import replace

import pytest

from tests.packs import PACKS
from trailbell.catalog.detection import Catalog, Detection, Example, Severity
from trailbell.catalog.forwarding import forward_rules
from trailbell.catalog.known_values import of_any_account, with_own_accounts
from trailbell.catalog.selection import apply_selection, read_selection
from trailbell.errors import SettingsError, UnknownNameError
from trailbell.pattern import FilterPattern, Outcome, parse
from trailbell.pattern.ast import JsonPattern
from trailbell.samples import OTHER_ACCOUNT, api_call, iam_user
from trailbell.settings import parse as parse_settings

SHARED = Detection(
    id="shared",
    title="A table was exported to another account",
    packs=("exposure",),
    severity=Severity.MEDIUM,
    pattern=(
        '{ ($.eventSource = "dynamodb.amazonaws.com") && ($.requestParameters.s3BucketOwner = "*")'
        ' && ($.requestParameters.s3BucketOwner != "${OwnAccountId}") }'
    ),
    why="It matters.",
    runbook=("Look.",),
    fires=(Example("it happens", api_call("dynamodb", "ExportTableToPointInTime", iam_user("a"))),),
    silent=(Example("it does not", api_call("dynamodb", "ListTables", iam_user("a"))),),
    known_values={
        "trusted_addresses": ("sourceIPAddress",),
        "instance_types": ("requestParameters.instanceType",),
    },
)


def deployed(settings: str, detection: Detection = SHARED) -> Detection:
    written = Catalog((detection,), PACKS)
    return apply_selection(written, read_selection(parse_settings(settings), written)).get("shared")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        pytest.param(
            'own_accounts = ["1234"]',
            'invalid value "1234"; write the 12 digits of an account ID',
            id="too few digits",
        ),
        pytest.param(
            'trusted_addresses = ["10.0.0.0/8"]',
            "filter patterns do not support address ranges; write the beginning, such as 192.0.2.*",
            id="an address range",
        ),
        pytest.param(
            'instance_types = ["g5"]',
            'write an instance type, or a family and an asterisk ("g5.xlarge", "g5.*")',
            id="a family alone",
        ),
        pytest.param('instance_types = ["*"]', 'invalid value "*"', id="all instance types"),
    ],
)
def test_a_value_that_no_record_can_hold_is_an_error(setting: str, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        deployed(f"[catalog]\n{setting}")
    assert message in str(error.value)


def test_a_detection_cannot_name_a_setting_that_does_not_exist() -> None:
    with pytest.raises(UnknownNameError) as error:
        replace(SHARED, known_values={"trusted_adresses": ("sourceIPAddress",)})
    assert "trusted_addresses" in str(error.value)


@pytest.mark.parametrize(
    ("settings", "request_parameters", "address", "outcome"),
    [
        pytest.param("", {}, "192.0.2.7", Outcome.NO_MATCH, id="no account"),
        pytest.param(
            "", {"s3BucketOwner": "111122223333"}, "192.0.2.7", Outcome.NO_MATCH, id="ours"
        ),
        pytest.param(
            "", {"s3BucketOwner": OTHER_ACCOUNT}, "192.0.2.7", Outcome.MATCH, id="another account"
        ),
        pytest.param(
            f'own_accounts = ["{OTHER_ACCOUNT}"]',
            {"s3BucketOwner": OTHER_ACCOUNT},
            "192.0.2.7",
            Outcome.NO_MATCH,
            id="another account of the organization",
        ),
        pytest.param(
            f'own_accounts = ["{OTHER_ACCOUNT}"]',
            {"s3BucketOwner": "111122223333"},
            "192.0.2.7",
            Outcome.NO_MATCH,
            id="ours, with another account of the organization",
        ),
        pytest.param(
            'trusted_addresses = ["192.0.2.*"]',
            {"s3BucketOwner": OTHER_ACCOUNT},
            "192.0.2.7",
            Outcome.NO_MATCH,
            id="a trusted address",
        ),
        pytest.param(
            'trusted_addresses = ["192.0.2.*"]',
            {"s3BucketOwner": OTHER_ACCOUNT},
            "198.51.100.7",
            Outcome.MATCH,
            id="not a trusted address",
        ),
        pytest.param(
            'instance_types = ["g5.*"]',
            {"s3BucketOwner": OTHER_ACCOUNT, "instanceType": "g5.xlarge"},
            "192.0.2.7",
            Outcome.NO_MATCH,
            id="an instance type used on purpose",
        ),
    ],
)
def test_known_values_do_not_count(
    settings: str, request_parameters: dict[str, str], address: str, outcome: Outcome
) -> None:
    event = api_call(
        "dynamodb", "ExportTableToPointInTime", iam_user("alice"), request=request_parameters
    ) | {"sourceIPAddress": address}
    detection = deployed(f"[catalog]\n{settings}")
    assert detection.filter_pattern.test(json.dumps(event)) is outcome


def _condition(text: str) -> JsonPattern:
    tree = parse(text, max_length=None).tree
    assert isinstance(tree, JsonPattern)
    return tree


@pytest.mark.parametrize(
    ("text", "result"),
    [
        pytest.param(
            '{ $.a = "${OwnAccountId}" }',
            '{ ($.a = "${OwnAccountId}") || ($.a = "123456789012") }',
            id="one of them",
        ),
        pytest.param(
            '{ $.a != "*:${OwnAccountId}:*" }',
            '{ ($.a != "*:${OwnAccountId}:*") && ($.a != "*:123456789012:*") }',
            id="none of them",
        ),
        pytest.param('{ $.a = "b" }', '{ $.a = "b" }', id="no account"),
    ],
)
def test_own_accounts_become_clauses(text: str, result: str) -> None:
    condition = with_own_accounts(_condition(text).condition, ("123456789012",))
    assert str(FilterPattern.of(condition)) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        pytest.param('{ $.a != "${OwnAccountId}" }', None, id="only another account"),
        pytest.param(
            '{ ($.a != "${OwnAccountId}") || ($.b = "c") }', None, id="another account or more"
        ),
        pytest.param(
            '{ ($.a != "${OwnAccountId}") && ($.b = "c") }',
            '{ $.b = "c" }',
            id="another account of what else is required",
        ),
        pytest.param(
            '{ $.a = "${OwnAccountId}" }', '{ $.a = "${OwnAccountId}" }', id="own account"
        ),
    ],
)
def test_no_account_is_excluded_where_events_of_several_arrive(
    text: str, result: str | None
) -> None:
    condition = of_any_account(_condition(text).condition)
    assert (None if condition is None else str(FilterPattern.of(condition))) == result


def test_events_about_the_own_account_are_forwarded_because_the_hub_has_another() -> None:
    (rule,) = forward_rules([SHARED])
    assert "111122223333" not in str(rule.pattern)
    assert "OwnAccountId" not in str(rule.pattern)
