"""Fields and values that CloudTrail records do not have: first what must have no issue."""

import pytest

from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.pattern.lint import PatternIssue, lint

_CALL = '($.eventSource = "iam.amazonaws.com")'


def _issues(text: str) -> list[PatternIssue]:
    return list(lint(text, BotocoreEventNames()))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{ $.eventname = "x" }', id="a field of another log"),
        pytest.param(
            '{ ($.eventname = "x") && ($.level = "error") }',
            id="two fields of another log",
        ),
        pytest.param('{ $.source.typ = "x" }', id="members of another log"),
        pytest.param('{ $.clientIp = "10.0.0.0/8" }', id="a range in another log"),
        pytest.param(f'{{ {_CALL} && ($.detail = "x") }}', id="a field that is not similar"),
        pytest.param(f'{{ {_CALL} && ($.requestParameters.username = "x") }}', id="a parameter"),
        pytest.param(f'{{ {_CALL} && ($.userIdentity.inScopeOf.sourceArn = "x") }}', id="new"),
        pytest.param('{ $.eventSource = "s3*" }', id="a star for the rest of the source"),
        pytest.param('{ $.eventSource = "sso.example" }', id="a source with another suffix"),
        pytest.param(
            '{ ($.eventName = "ConsoleLogin") && ($.sourceIPAddress = "10.*") }', id="an address"
        ),
        pytest.param(
            '{ ($.eventName = "x") && ($.sourceIPAddress = "a/b") }', id="no range of addresses"
        ),
        pytest.param('{ $.responseElements.ConsoleLogin = "Success" }', id="a value"),
        pytest.param(
            '{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }',
            id="a message",
        ),
        pytest.param(
            '{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "failed*") }',
            id="the beginning of a message",
        ),
        pytest.param(
            '{ ($.eventName = "ConsoleLogin") && ($.eventType = "AwsConsoleSignIn") }',
            id="the type of a sign-in",
        ),
        pytest.param(
            '{ ($.eventName = "ConsoleLogin") && ($.eventType != "AwsServiceEvent") }',
            id="a type that the event never has, excluded",
        ),
        pytest.param(
            '{ ($.eventName = "ConsoleLogin") && ($.eventType = "Aws*") }',
            id="the beginning of a type",
        ),
        pytest.param(
            '{ (($.eventName = "ConsoleLogin") || ($.eventName = "x")) && '
            '($.eventType = "AwsApiCall") }',
            id="a type that another event has",
        ),
        pytest.param(
            '{ ($.eventName = "*Login") && ($.eventType = "AwsApiCall") }', id="names with a star"
        ),
        pytest.param(
            '{ ($.eventSource = "kms.amazonaws.com") && ($.eventName = "RotateKey") && '
            '($.eventType = "AwsServiceEvent") }',
            id="the type of an event that a service reports",
        ),
        pytest.param(
            '{ ($.eventSource = "kms.amazonaws.com") && ($.eventName = "DisableKey") && '
            '($.eventType = "AwsApiCall") }',
            id="the type of an API call",
        ),
    ],
)
def test_no_issue(text: str) -> None:
    assert _issues(text) == []


@pytest.mark.parametrize(
    ("text", "clause", "id_", "reason", "fix"),
    [
        pytest.param(
            f'{{ {_CALL} && ($.eventname = "CreateUser") }}',
            '$.eventname = "CreateUser"',
            "misspelled-member",
            "CloudTrail records have no field $.eventname",
            "write $.eventName",
            id="a field in other letters",
        ),
        pytest.param(
            '{ ($.eventname = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }',
            '$.eventname = "ConsoleLogin"',
            "misspelled-member",
            "CloudTrail records have no field $.eventname",
            "write $.eventName",
            id="a field in other letters, next to another field of records",
        ),
        pytest.param(
            f'{{ {_CALL} && ($.userIdentity.typ = "Root") }}',
            '$.userIdentity.typ = "Root"',
            "misspelled-member",
            "CloudTrail records have no field $.userIdentity.typ",
            "write $.userIdentity.type",
            id="a member that is misspelled",
        ),
        pytest.param(
            '{ $.eventSource = "iam" }',
            '$.eventSource = "iam"',
            "unknown-event-source",
            'no event has the eventSource "iam", so this is never true',
            'write "iam.amazonaws.com"',
            id="a source without its suffix",
        ),
        pytest.param(
            '{ $.eventSource != "aws.iam" }',
            '$.eventSource != "aws.iam"',
            "unknown-event-source",
            'no event has the eventSource "aws.iam", so this is always true',
            'write "iam.amazonaws.com"',
            id="the source of EventBridge",
        ),
        pytest.param(
            '{ ($.eventName = "ConsoleLogin") && ($.sourceIPAddress = "10.0.0.0/8") }',
            '$.sourceIPAddress = "10.0.0.0/8"',
            "address-range",
            '$.sourceIPAddress is one address, and never "10.0.0.0/8", so this is never true',
            "write the beginning and a star, such as 192.0.2.*",
            id="a range of addresses",
        ),
        pytest.param(
            '{ $.responseElements.ConsoleLogin = "success" }',
            '$.responseElements.ConsoleLogin = "success"',
            "misspelled-value",
            '$.responseElements.ConsoleLogin is never "success", so this is never true',
            'write "Success"',
            id="a value in other letters",
        ),
        pytest.param(
            '{ ($.tlsDetails.tlsVersion = "TLSV1.2") && ($.eventSource = "s3*") }',
            '$.tlsDetails.tlsVersion = "TLSV1.2"',
            "misspelled-value",
            '$.tlsDetails.tlsVersion is never "TLSV1.2", so this is never true',
            'write "TLSv1.2"',
            id="a version in other letters",
        ),
        pytest.param(
            '{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failedauthentication") }',
            '$.errorMessage = "Failedauthentication"',
            "misspelled-value",
            '$.errorMessage is never "Failedauthentication", so this is never true',
            'write "Failed authentication"',
            id="a message without its space",
        ),
        pytest.param(
            '{ ($.eventName = "ConsoleLogin") && ($.eventType = "AwsApiCall") }',
            '$.eventType = "AwsApiCall"',
            "wrong-event-type",
            '"ConsoleLogin" never has the eventType "AwsApiCall", so this is never true',
            'write "AwsConsoleSignIn"',
            id="a sign-in as an API call",
        ),
        pytest.param(
            '{ (($.eventName = "ConsoleLogin") || (($.eventName = "RotateKey") && '
            '($.eventSource = "kms.amazonaws.com"))) && ($.eventType = "AwsApiCall") }',
            '$.eventType = "AwsApiCall"',
            "wrong-event-type",
            '"ConsoleLogin" never has the eventType "AwsApiCall", so this is never true',
            "split the pattern by type",
            id="events of two other types",
        ),
        pytest.param(
            '{ ($.eventSource = "kms.amazonaws.com") && ($.eventName = "RotateKey") && '
            '($.eventType = "AwsApiCall") }',
            '$.eventType = "AwsApiCall"',
            "wrong-event-type",
            '"RotateKey" never has the eventType "AwsApiCall", so this is never true',
            'write "AwsServiceEvent"',
            id="an event that a service reports, as an API call",
        ),
    ],
)
def test_issue(text: str, clause: str, id_: str, reason: str, fix: str) -> None:
    start = text.index(clause)
    assert _issues(text) == [PatternIssue(start, start + len(clause), id_, reason, fix)]
