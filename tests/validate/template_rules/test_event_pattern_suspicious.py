"""The rule W9818: an event pattern can match the intended events."""

import pytest

from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
)
from trailbell.validate.template_rules.EventPatternSuspicious import EventPatternSuspicious


def _rule(pattern: object, **properties: object) -> Resources:
    return {"R": resource("Events::Rule", EventPattern=pattern, **properties)}


def _calls(*names: object) -> dict[str, object]:
    return {
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventSource": ["iam.amazonaws.com"], "eventName": list(names)},
    }


_ALL = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
_READ = (
    "R.Properties.EventPattern.detail.eventName.0",
    (
        "read-only-not-delivered, at detail.eventName[0]: a rule in the state ENABLED does not "
        f'receive read-only events such as "GetUser"; set the State of the rule to {_ALL}'
    ),
)
_CASES = [
    silent("a pattern", _rule(_calls("CreateUser"))),
    silent("a pattern from a parameter", _rule(ref("Pattern"))),
    silent("a name from a parameter", _rule(_calls(ref("Name")))),
    silent("an invalid pattern, which E9817 reports", _rule({"detail": {"errorCode": "x*"}})),
    silent("read-only events with the state for them", _rule(_calls("GetUser"), State=_ALL)),
    silent("a disabled rule", _rule(_calls("GetUser"), State="DISABLED")),
    silent("a state from a parameter", _rule(_calls("GetUser"), State=ref("State"))),
    silent("a state from a condition", _rule(_calls("GetUser"), State=either(_ALL, "DISABLED"))),
    silent(
        "a star in a wildcard",
        _rule({"source": ["aws.iam"], "detail": {"errorCode": [{"wildcard": "AccessDenied*"}]}}),
    ),
    silent("an account as text", _rule({"account": ["111122223333"]})),
    silent(
        "the names and values of an application",
        _rule({"source": ["shop"], "detail": {"eventName": ["CreateUsr"], "severity": ["8"]}}),
    ),
    silent(
        "a service that is not known",
        _rule(
            {
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": {"eventSource": ["new.amazonaws.com"], "eventName": ["CreateUsr"]},
            }
        ),
    ),
    silent(
        "both spellings of a sign-in",
        _rule(
            {
                "detail-type": [
                    "AWS Console Sign In via CloudTrail",
                    "AWS Console Signin via CloudTrail",
                ],
                "detail": {"responseElements": {"ConsoleLogin": ["Failure"]}},
            }
        ),
    ),
    silent(
        "an archive, whose events may be others",
        {"A": resource("Events::Archive", EventPattern={"detail": {"errorCode": ["Denied*"]}})},
    ),
    fires(
        "a member that the request does not have",
        _rule(
            {
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": {
                    "eventSource": ["iam.amazonaws.com"],
                    "eventName": ["AttachUserPolicy"],
                    "requestParameters": {"PolicyARN": ["x"]},
                },
            }
        ),
        (
            "R.Properties.EventPattern.detail.requestParameters.PolicyARN",
            (
                "unknown-field, at detail.requestParameters.PolicyARN: AttachUserPolicy of "
                "iam.amazonaws.com has no requestParameters.PolicyARN; did you mean "
                "requestParameters.policyArn?"
            ),
        ),
    ),
    fires("read-only events without a state", _rule(_calls("GetUser")), _READ),
    fires(
        "read-only events with the state ENABLED", _rule(_calls("GetUser"), State="ENABLED"), _READ
    ),
    fires(
        "an unknown event name",
        _rule(_calls("CreateUsr")),
        (
            "R.Properties.EventPattern.detail.eventName.0",
            (
                "unknown-event-name, at detail.eventName[0]: iam.amazonaws.com has no event with "
                'the eventName "CreateUsr"; did you mean "CreateUser"?'
            ),
        ),
    ),
    fires(
        "a star in a string",
        _rule('{"detail": {"errorCode": ["AccessDenied*"]}}'),
        (
            "R.Properties.EventPattern",
            (
                'star-without-wildcard, at detail.errorCode[0]: the star in "AccessDenied*" is '
                "matched "
                'literally, not as a wildcard; write {"wildcard": "AccessDenied*"}'
            ),
        ),
    ),
    fires(
        "an account as a number",
        _rule({"account": [111122223333]}),
        (
            "R.Properties.EventPattern.account.0",
            (
                "number-for-text-of-digits, at account[0]: account is text, and text never equals "
                'a number; write "111122223333"'
            ),
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(EventPatternSuspicious(), resources) == findings
