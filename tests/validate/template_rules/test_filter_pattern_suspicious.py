"""The rule W9816: a filter pattern can match the intended events."""

import pytest

from tests.validate.rule_matches import (
    Matches,
    Resources,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.FilterPatternSuspicious import FilterPatternSuspicious


def _filter(pattern: object) -> Resources:
    return {"F": resource("Logs::MetricFilter", FilterPattern=pattern)}


_NEVER = (
    "never-true, at character 4: the pattern never matches: "
    '$.eventName = "StopLogging" and $.eventName = "StartLogging" exclude each other; '
    "correct or remove it"
)
_SIGN_IN = '{{ ($.eventName = "ConsoleLogin") && ($.responseElements.ConsoleLogin {}) }}'
_NOT_TYPES = '{{ ($.userIdentity.type != "Root") {} ($.userIdentity.type != "AWSService") }}'
_PATH = "F.Properties.FilterPattern"
_CASES = [
    silent("a pattern", _filter('{ $.eventName = "StopLogging" }')),
    silent("a pattern from a parameter", _filter(ref("Pattern"))),
    silent("an invalid pattern, which E9815 reports", _filter("{ $.eventName }")),
    silent(
        "an exclusion of fields that may be missing",
        _filter('{ ($.userIdentity.userName NOT EXISTS) || ($.userIdentity.userName != "a") }'),
    ),
    silent(
        "a name that only the deployment knows",
        _filter(sub('{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "${Name}") }')),
    ),
    silent("the log of an application", _filter('{ ($.eventname = "x") && ($.level = "error") }')),
    silent("terms", _filter("?ERROR ?WARN")),
    silent(
        "a value as CloudTrail spells it",
        _filter(_SIGN_IN.format('= "Failure"')),
    ),
    silent(
        "a control as the CIS benchmark prints it",
        _filter('{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }'),
    ),
    fires(
        "another exclusion on MFA",
        _filter('{ ($.eventName = "AssumeRole") && ($.additionalEventData.MFAUsed != "No") }'),
        (
            _PATH,
            (
                "unguarded-not-equal, at character 36: '!=' is false for every event without "
                "$.additionalEventData.MFAUsed, so those events do not match; write "
                "(($.additionalEventData.MFAUsed NOT EXISTS) || ($.additionalEventData.MFAUsed IS "
                'NULL) || ($.additionalEventData.MFAUsed != "No")), or add '
                '($.additionalEventData.MFAUsed = "*") && ... if they should not match'
            ),
        ),
    ),
    silent("exclusions that are joined by &&", _filter(_NOT_TYPES.format("&&"))),
    silent(
        "the beginning of an address",
        _filter('{ ($.eventName = "ConsoleLogin") && ($.sourceIPAddress != "10.*") }'),
    ),
    silent(
        "an event of a service that is not known",
        _filter('{ ($.eventSource = "new.amazonaws.com") && ($.eventName = "CreateUsr") }'),
    ),
    silent(
        "a beginning of names",
        _filter('{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "Create*") }'),
    ),
    fires(
        "a value in another case",
        _filter(_SIGN_IN.format('= "failure"')),
        (
            _PATH,
            (
                "misspelled-value, at character 38: $.responseElements.ConsoleLogin is never "
                '"failure", so this is never true; write "Failure"'
            ),
        ),
    ),
    fires(
        "exclusions that are joined by ||",
        _filter(_NOT_TYPES.format("||")),
        (
            _PATH,
            (
                'always-true, at character 4: $.userIdentity.type != "Root" || '
                '$.userIdentity.type != "AWSService" is true for every value of '
                "$.userIdentity.type; combine conditions with '!=' by '&&'"
            ),
        ),
    ),
    fires(
        "a range of addresses",
        _filter('{ ($.eventName = "ConsoleLogin") && ($.sourceIPAddress != "10.0.0.0/8") }'),
        (
            _PATH,
            (
                "address-range, at character 38: $.sourceIPAddress is one address, and never "
                '"10.0.0.0/8", so this is always true; write the beginning and a star, such as '
                "192.0.2.*"
            ),
        ),
    ),
    fires(
        "a misspelled member",
        _filter('{ ($.eventSource = "iam.amazonaws.com") && ($.eventname = "CreateUser") }'),
        (
            _PATH,
            (
                "misspelled-member, at character 45: CloudTrail records have no field "
                "$.eventname; write $.eventName"
            ),
        ),
    ),
    fires(
        "a pattern that never matches",
        _filter('{ ($.eventName = "StopLogging") && ($.eventName = "StartLogging") }'),
        (
            _PATH,
            _NEVER,
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(FilterPatternSuspicious(), resources) == findings
