"""Values of parameters that a template refuses, alone or together, and values that it accepts."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests import PROJECT
from trailbell.deploy.parameters import validate_parameters
from trailbell.errors import SettingsError
from trailbell.template.contradictions import find_contradictions
from trailbell.template.evaluate import Scope

_STACKS = sorted(path.stem for path in (PROJECT / "dist").glob("*.yaml"))
_PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
}
_FUNCTIONS = {
    *("Fn::And", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::Equals"),
    *("Fn::Not", "Fn::Or"),
}
_ORGANIZATION, _MANAGEMENT = "o-abcde12345", "123456789012"
_EMAIL, _QUEUE = "a@example.com", "arn:aws:sqs:eu-central-1:111122223333:alerts"
_LOCAL_KEY = "arn:aws:kms:eu-central-1:111122223333:key/1"
_KEY_OF_ANOTHER_ACCOUNT = "arn:aws:kms:eu-central-1:123456789012:key/1"
_KEY_OF_ANOTHER_REGION = "arn:aws:kms:eu-west-1:111122223333:key/1"
_KEY_OF_ANOTHER_PARTITION = "arn:aws-cn:kms:cn-north-1:111122223333:key/1"


def _template(stack: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads((PROJECT / "dist" / f"{stack}.json").read_bytes())
    return document


def _problems(stack: str, **values: str) -> tuple[str, ...]:
    """What `deploy` and `rollout plan` refuse."""
    template = _template(stack)
    declared = template["Parameters"]
    try:
        validate_parameters(values, template, declared, "settings")
    except SettingsError as error:
        return (f"{error.key} {error.problem}",)
    return find_contradictions(template, Scope(parameters=values, pseudo=_PSEUDO)).problems


_TWICE = (
    "the parameters violate rule EmailOnce: HighEndpoint and MediumEndpoint must differ from "
    "NotificationEmail. "
)


@pytest.mark.parametrize(
    ("stack", "values", "problem"),
    [
        pytest.param(
            "security-alerts",
            {"ManagementAccountId": _MANAGEMENT},
            "the parameters violate rule NeedsOrganization: ManagementAccountId needs "
            f'OrganizationId. (ManagementAccountId "{_MANAGEMENT}", OrganizationId "")',
            id="a management account without an organization",
        ),
        pytest.param(
            "trail",
            {"ManagementAccountId": _PSEUDO["AWS::AccountId"]},
            "the parameters violate rule NeedsOrganization: ManagementAccountId needs "
            'OrganizationId. (ManagementAccountId "111122223333", OrganizationId "")',
            id="this account as the management account, without an organization",
        ),
        pytest.param(
            "security-alerts",
            {"NotificationEmail": _EMAIL, "HighEndpoint": _EMAIL},
            f'{_TWICE}(NotificationEmail "{_EMAIL}", HighEndpoint "{_EMAIL}", MediumEndpoint "")',
            id="an address that is given twice for high severity",
        ),
        pytest.param(
            "alerts",
            {"NotificationEmail": _EMAIL, "MediumEndpoint": _EMAIL},
            f'{_TWICE}(NotificationEmail "{_EMAIL}", HighEndpoint "", MediumEndpoint "{_EMAIL}")',
            id="an address that is given twice for medium severity",
        ),
        pytest.param(
            "trail",
            {"BucketName": "logs", "AccessLogBucket": "logs"},
            "the parameters violate rule AccessLogs: AccessLogBucket must differ from BucketName. "
            '(BucketName "logs", AccessLogBucket "logs")',
            id="a bucket that receives its own access logs",
        ),
        pytest.param(
            "stackset-roles",
            {"AdministrationRoleName": "role", "ExecutionRoleName": "role"},
            "the parameters violate rule TwoRoles: AdministrationRoleName and ExecutionRoleName "
            'must differ. (AdministrationRoleName "role", ExecutionRoleName "role")',
            id="two roles with one name",
        ),
        pytest.param(
            "log-archive",
            {"Archive": "GLACIER:400", "LogFileRetentionInDays": "365"},
            "LogBucket would move objects after 400 days, but deletes them after 365",
            id="an archive of files that are deleted before",
        ),
        pytest.param(
            "security-alerts",
            {"HighEndpoint": "arn:aws:sqs:eu-central-1:111122223333:alerts.fifo"},
            'HighEndpoint "arn:aws:sqs:eu-central-1:111122223333:alerts.fifo" is not valid',
            id="a FIFO queue",
        ),
        pytest.param(
            "security-alerts",
            {"HighEndpoint": "http://example.com"},
            'HighEndpoint "http://example.com" is not valid',
            id="an endpoint whose protocol is not known",
        ),
        pytest.param(
            "security-alerts",
            {"MetricNamespace": "AWS/Logs"},
            'MetricNamespace "AWS/Logs" is not valid',
            id="a namespace of AWS",
        ),
        pytest.param(
            "alerts",
            {"MetricNamespace": "AWS"},
            'MetricNamespace "AWS" is not valid',
            id="the namespace AWS, to which a slash is appended",
        ),
    ],
)
def test_values_that_are_refused(stack: str, values: dict[str, str], problem: str) -> None:
    assert _problems(stack, **values) == (problem,)


@pytest.mark.parametrize(
    ("stack", "users"),
    [
        pytest.param(
            "security-alerts", "HighTopic, MediumTopic, LowTopic, Trail, LogGroup", id="all"
        ),
        pytest.param("trail", "Trail, LogGroup", id="a trail"),
        pytest.param("alerts", "HighTopic, MediumTopic, LowTopic", id="topics"),
        pytest.param("organization-trail", "LogGroup", id="a log group"),
    ],
)
@pytest.mark.parametrize(
    ("key", "places"),
    [
        pytest.param(
            _KEY_OF_ANOTHER_REGION,
            "is in Region eu-west-1, and must be in Region eu-central-1",
            id="another Region",
        ),
        pytest.param(
            _KEY_OF_ANOTHER_PARTITION,
            "is in partition aws-cn, and must be in partition aws",
            id="another partition",
        ),
    ],
)
def test_a_key_that_the_stack_cannot_use(stack: str, users: str, key: str, places: str) -> None:
    text = f'the KMS key (EncryptionKey "{key}") of {users} {places}'
    assert _problems(stack, EncryptionKey=key) == (text,)


@pytest.mark.parametrize(
    ("stack", "values"),
    [
        *(pytest.param(stack, {}, id=f"the defaults of {stack}") for stack in _STACKS),
        pytest.param("security-alerts", {"OrganizationId": _ORGANIZATION}, id="an organization"),
        pytest.param(
            "security-alerts",
            {"OrganizationId": _ORGANIZATION, "ManagementAccountId": _MANAGEMENT},
            id="an organization of another account",
        ),
        pytest.param(
            "organization-trail",
            {
                "OrganizationId": _ORGANIZATION,
                "ManagementAccountId": _PSEUDO["AWS::AccountId"],
            },
            id="this account is the management account",
        ),
        pytest.param(
            "log-archive",
            {"ManagementAccountId": _MANAGEMENT, "TrailRegion": _PSEUDO["AWS::Region"]},
            id="a trail in the Region of the stack, which is the default",
        ),
        pytest.param(
            "organization-trail",
            {"ArchiveKeyArn": _KEY_OF_ANOTHER_REGION},
            id="the key of a log archive in another Region",
        ),
        pytest.param(
            "security-alerts",
            {"NotificationEmail": _EMAIL, "HighEndpoint": "b@example.com", "LowEndpoint": _EMAIL},
            id="an address that has low severity too",
        ),
        pytest.param(
            "security-alerts",
            {"HighEndpoint": _EMAIL, "MediumEndpoint": _EMAIL},
            id="an address for two topics",
        ),
        pytest.param("security-alerts", {"HighEndpoint": _QUEUE}, id="a queue"),
        pytest.param("trail", {"AccessLogBucket": "create"}, id="a bucket for access logs"),
        pytest.param(
            "trail", {"BucketName": "logs", "AccessLogBucket": "access-logs"}, id="two buckets"
        ),
        pytest.param("trail", {"Archive": "GLACIER_IR:90"}, id="an archive"),
        pytest.param("security-alerts", {"EncryptionKey": _LOCAL_KEY}, id="a local key"),
        pytest.param(
            "security-alerts",
            {"EncryptionKey": _KEY_OF_ANOTHER_ACCOUNT},
            id="a key of another account, whose policy can allow the services",
        ),
        pytest.param("security-alerts", {"EncryptionKey": "none"}, id="no key"),
        pytest.param("security-alerts", {"MetricNamespace": "AWSLogs"}, id="a namespace like AWS"),
    ],
)
def test_values_that_are_accepted(stack: str, values: dict[str, str]) -> None:
    assert _problems(stack, **values) == ()


@pytest.mark.parametrize("stack", _STACKS)
def test_rules_use_only_functions_that_cloudformation_accepts_there(stack: str) -> None:
    """Any other function makes the template invalid.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
    """
    assert set(_functions(_template(stack).get("Rules", {}))) <= _FUNCTIONS


def _functions(value: Any) -> list[str]:
    match value:
        case dict():
            own = [name for name in value if name.startswith("Fn::") or name == "Condition"]
            return own + [name for member in value.values() for name in _functions(member)]
        case list():
            return [name for member in value for name in _functions(member)]
        case _:
            return []
