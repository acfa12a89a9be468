"""The condition of a rule as a filter pattern."""

import pytest
import yaml

from tests.sigma.rules import roots_of, roots_of_text
from trailbell.pattern import FilterPattern
from trailbell.sigma.convert import convert
from trailbell.sigma.glob import AS_WRITTEN, Style
from trailbell.sigma.refused import RefusedError

_IGNORE_CASE = Style(ignore_case=True)


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        pytest.param(
            "a: [mimikatz]",
            "a filter pattern compares fields, and cannot search records for keywords",
            'name the field, like "requestParameters.policyDocument|contains"',
            id="keywords",
        ),
        pytest.param(
            "a: {type: AssumedRole}",
            'records of CloudTrail have no member "type"',
            'did you mean "userIdentity.type"?',
            id="a member that no record has, with the one that is meant",
        ),
        pytest.param(
            "a: {src_ip: 10.0.0.1}",
            'records of CloudTrail have no member "src_ip"',
            'did you mean "sourceIPAddress"?',
            id="a field of another taxonomy",
        ),
        pytest.param(
            "a: {userAgent|expand: '%agents%'}",
            'the value has the placeholder "%agents%"',
            "list the values in the rule",
            id="a placeholder",
        ),
        pytest.param(
            "a: {userIdentity.arn|fieldref: requestParameters.userName}",
            "a filter pattern cannot compare two fields",
            "list the values in the rule",
            id="two fields",
        ),
        pytest.param(
            "a: {eventTime|hour: 3}",
            "a filter pattern cannot compare parts of a time",
            "list the values in the rule",
            id="a part of a time",
        ),
        pytest.param(
            "a: {readOnly: sometimes}",
            "$.readOnly is true or false in records, and never other text",
            "compare it with true or false",
            id="text for a boolean",
        ),
        pytest.param(
            "a: {userIdentity.type: Service}",
            'no record can meet the condition. No record has the userIdentity.type "Service"',
            "correct the values; for a call that succeeds, errorCode is null",
            id="a value that no record has",
        ),
        pytest.param(
            "a: {sourceIPAddress|cidr: 10.0.0.0/9}",
            "the range 10.0.0.0/9 takes more than 64 comparisons",
            "write ranges with a prefix length that is a multiple of 8, or nearly",
            id="a range between two dots",
        ),
        pytest.param(
            "a: {'sourceIPAddress|cidr': '64:ff9b:0::/48'}",
            "records have several spellings of the addresses in 64:ff9b::/48",
            "write a range whose first groups are not zero",
            id="a range whose addresses are spelled with two colons",
        ),
        pytest.param(
            "a: {'requestParameters|exists': true, eventName: CreateUser}",
            "a filter pattern cannot say that $.requestParameters.*, which is an object or a list, "
            "exists",
            "name one of its members",
            id="the existence of an object",
        ),
        pytest.param(
            "a: {'userAgent|re': '(ab)+'}",
            'the regular expression "(ab)+" repeats a group, which CloudWatch Logs does not have',
            "write it without, or list the values with |contains, |startswith or |endswith",
            id="a regular expression that CloudWatch Logs does not have",
        ),
    ],
)
def test_what_a_pattern_cannot_say_is_refused(text: str, problem: str, hint: str) -> None:
    with pytest.raises(RefusedError) as refused:
        convert(roots_of_text(text))
    assert (refused.value.problem, refused.value.hint) == (problem, hint)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        pytest.param(
            "a: {eventSource: IAM.amazonaws.com, eventName: [createuser, DELETEUSER]}",
            '{ ($.eventSource = "iam.amazonaws.com") && (($.eventName = "CreateUser") || '
            '($.eventName = "DeleteUser")) }',
            id="names have the spelling of CloudTrail",
        ),
        pytest.param(
            "a: {eventSource: iam.amazonaws.com, 'eventName|contains': accesskey}",
            '{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "*AccessKey*") }',
            id="parts of names, too",
        ),
        pytest.param(
            "a: {additionalEventData.MFAUsed: 'NO', awsRegion: US-EAST-1}",
            '{ ($.additionalEventData.MFAUsed = "No") && ($.awsRegion = "us-east-1") }',
            id="and values that CloudTrail defines",
        ),
        pytest.param(
            "a: {readOnly: false, userIdentity.sessionContext.attributes.mfaAuthenticated: false}",
            "{ ($.readOnly IS FALSE) && "
            '($.userIdentity.sessionContext.attributes.mfaAuthenticated = "false") }',
            id="a boolean, and text that reads like one",
        ),
        pytest.param(
            "a: {eventSource: rds.amazonaws.com, eventName: RestoreDBInstanceFromDBSnapshot, "
            "responseElements.publiclyAccessible: 'true'}",
            '{ ($.eventSource = "rds.amazonaws.com") && '
            '($.eventName = "RestoreDBInstanceFromDBSnapshot") && '
            "($.responseElements.publiclyAccessible IS TRUE) }",
            id="text for a boolean of the API",
        ),
        pytest.param(
            "a: {requestParameters.flag: true}",
            '{ ($.requestParameters.flag IS TRUE) || ($.requestParameters.flag = "true") }',
            id="a field whose type is not known can be both",
        ),
        pytest.param(
            "a: {requestParameters.port: 22}",
            '{ $.requestParameters.port = "22" }',
            id="a number equals its text, and a number",
        ),
        pytest.param(
            "a: {'requestParameters.maxItems|gte': 100}",
            "{ $.requestParameters.maxItems >= 100 }",
            id="an order of numbers",
        ),
        pytest.param(
            "a: {errorCode: null}",
            "{ ($.errorCode NOT EXISTS) || ($.errorCode IS NULL) }",
            id="null is also a missing field",
        ),
        pytest.param(
            "a: {'errorCode|exists': false, 'errorMessage|exists': true}",
            '{ ($.errorCode NOT EXISTS) && (($.errorMessage = "*") || ($.errorMessage IS NULL)) }',
            id="a field that exists can be null",
        ),
        pytest.param(
            "a: {eventSource: ec2.amazonaws.com, eventName: AuthorizeSecurityGroupIngress, "
            "requestParameters.ipPermissions.items.ipRanges.items.cidrIp: 0.0.0.0/0}",
            '{ ($.eventSource = "ec2.amazonaws.com") && '
            '($.eventName = "AuthorizeSecurityGroupIngress") && '
            '(($.requestParameters.ipPermissions.items[*].ipRanges.items[0].cidrIp = "0.0.0.0/0") '
            "|| ($.requestParameters.ipPermissions.items[0].ipRanges.items[*].cidrIp = "
            '"0.0.0.0/0")) }',
            id="lists are searched",
        ),
        pytest.param(
            "a: {eventSource: s3.amazonaws.com, eventName: PutBucketVersioning, "
            "'requestParameters|contains': Suspended}",
            '{ ($.eventSource = "s3.amazonaws.com") && ($.eventName = "PutBucketVersioning") && '
            '($.requestParameters.* = "*Suspended*") }',
            id="the members of an object are searched",
        ),
        pytest.param(
            "a: {'sourceIPAddress|cidr': [10.0.0.0/8, 192.168.0.0/15]}",
            '{ ($.sourceIPAddress = "10.*") || ($.sourceIPAddress = "192.168.*") || '
            '($.sourceIPAddress = "192.169.*") }',
            id="ranges of addresses",
        ),
        pytest.param(
            "a: {'userAgent|contains|all': [aws, cli]}",
            '{ ($.userAgent = "*aws*") && ($.userAgent = "*cli*") }',
            id="all of several texts",
        ),
        pytest.param(
            "a: {'userAgent|re': 'kali|parrot'}",
            '{ ($.userAgent = "*kali*") || ($.userAgent = "*parrot*") }',
            id="a regular expression of texts needs none",
        ),
        pytest.param(
            r"a: {'userAgent|re': ['^a\d', '^b\d']}",
            r"{ $.userAgent = %^a\d|^b\d% }",
            id="several regular expressions on one field are one",
        ),
    ],
)
def test_the_pattern_of_a_rule(text: str, pattern: str) -> None:
    assert str(FilterPattern.of(convert(roots_of_text(text)).condition)) == pattern


_ABSENT = "($.userAgent NOT EXISTS) || ($.userAgent IS NULL)"


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        pytest.param(
            "{userAgent: [x, y]}",
            f'{_ABSENT} || (($.userAgent != "x") && ($.userAgent != "y"))',
            id="one guard for several values",
        ),
        pytest.param("{userAgent: '*'}", _ABSENT, id="not any text is no text"),
        pytest.param(
            "{userAgent: null}",
            '($.userAgent = "*")',
            id="not null is any text where the field is text",
        ),
        pytest.param("{eventType: awsapicall}", '($.eventType != "AwsApiCall")', id="always there"),
        pytest.param(
            "{userAgent: x, eventType: AwsApiCall}",
            f'{_ABSENT} || ($.userAgent != "x") || ($.eventType != "AwsApiCall")',
            id="not both is not one or not the other",
        ),
        pytest.param(
            "{'requestParameters.size|lt': 5}",
            "($.requestParameters.size NOT EXISTS) || ($.requestParameters.size IS NULL) || "
            "($.requestParameters.size >= 5)",
            id="the opposite order",
        ),
        pytest.param(
            "{readOnly: true}",
            "($.readOnly NOT EXISTS) || ($.readOnly IS NULL) || ($.readOnly IS FALSE)",
            id="the other boolean",
        ),
    ],
)
def test_the_pattern_of_an_exclusion(text: str, pattern: str) -> None:
    roots = roots_of({"a": yaml.safe_load(text), "condition": "not a"})
    inner = pattern[1:-1] if pattern.count("(") == 1 else pattern
    assert str(FilterPattern.of(convert(roots).condition)) == f"{{ {inner} }}"


def test_guards_of_several_exclusions_of_one_field_are_joined() -> None:
    selections = {"a": {"userAgent": "x"}, "b": {"userAgent|contains": "y"}}
    roots = roots_of({**selections, "condition": "not a and not b"})
    assert str(FilterPattern.of(convert(roots).condition)) == (
        f'{{ {_ABSENT} || (($.userAgent != "x") && ($.userAgent != "*y*")) }}'
    )


@pytest.mark.parametrize(
    ("exclusion", "left_out"),
    [
        pytest.param(
            "{'responseElements|contains': Failure}",
            (
                "responseElements",
                "a filter pattern cannot say that nothing in an object or a list has a value",
            ),
            id="of an object",
        ),
        pytest.param(
            "{requestParameters.ipPermissions.items.fromPort: 22}",
            (
                "requestParameters.ipPermissions.items.fromPort",
                "a filter pattern cannot say that nothing in an object or a list has a value",
            ),
            id="of an element of a list",
        ),
        pytest.param(
            "{userIdentity.arn|fieldref: requestParameters.groupName}",
            ("userIdentity.arn", "a filter pattern cannot compare two fields"),
            id="of a field that equals another one",
        ),
    ],
)
def test_an_exclusion_that_no_pattern_can_express_is_left_out(
    exclusion: str, left_out: tuple[str, str]
) -> None:
    event = {"eventSource": "ec2.amazonaws.com", "eventName": "AuthorizeSecurityGroupIngress"}
    selections = {"a": event, "b": yaml.safe_load(exclusion)}
    conversion = convert(roots_of({**selections, "condition": "a and not b"}))
    assert conversion.left_out == (left_out,)
    assert str(FilterPattern.of(conversion.condition)) == (
        '{ ($.eventSource = "ec2.amazonaws.com") && '
        '($.eventName = "AuthorizeSecurityGroupIngress") }'
    )


@pytest.mark.parametrize(
    ("text", "style", "fields", "pattern"),
    [
        pytest.param(
            "a: {errorCode: AccessDenied, userAgent|cased: Go}",
            AS_WRITTEN,
            (),
            '{ ($.errorCode = "AccessDenied") && ($.userAgent = "Go") }',
            id="text of AWS, and text that the rule compares with case",
        ),
        pytest.param(
            "a: {userAgent: '12.3'}",
            AS_WRITTEN,
            (),
            '{ $.userAgent = "12.3" }',
            id="text without letters",
        ),
        pytest.param(
            "a: {userAgent|contains: Kali}",
            AS_WRITTEN,
            ("userAgent",),
            '{ $.userAgent = "*Kali*" }',
            id="text that people choose is compared with case, which is said",
        ),
        pytest.param(
            "a: {userAgent|contains: [Kali, Parrot]}",
            _IGNORE_CASE,
            (),
            "{ $.userAgent = %[Kk][Aa][Ll][Ii]|[Pp][Aa][Rr][Rr][Oo][Tt]% }",
            id="or without case, on request",
        ),
    ],
)
def test_the_case_of_text(text: str, style: Style, fields: tuple[str, ...], pattern: str) -> None:
    conversion = convert(roots_of_text(text), style)
    assert (conversion.case, str(FilterPattern.of(conversion.condition))) == (fields, pattern)


def test_another_spelling_is_said() -> None:
    conversion = convert(
        roots_of_text("a: {eventSource: iam.amazonaws.com, eventName: createuser}")
    )
    assert conversion.notes == ('CloudTrail spells "createuser" of eventName as "CreateUser".',)


def test_a_value_that_no_record_has_is_left_out_of_several() -> None:
    succeeded = "a: {eventName: CreateUser}\nb: [{errorCode: Success}, {errorCode: null}]"
    conversion = convert(roots_of_text(succeeded))
    assert conversion.notes == (
        'No record has the errorCode "Success": calls that succeed have none.',
    )
    assert str(FilterPattern.of(conversion.condition)) == (
        '{ ($.eventName = "CreateUser") && (($.errorCode NOT EXISTS) || ($.errorCode IS NULL)) }'
    )


def test_an_exclusion_of_a_value_that_no_record_has_is_left_out() -> None:
    selections = {"a": {"eventName": "CreateUser"}, "b": {"userIdentity.type": "Service"}}
    conversion = convert(roots_of({**selections, "condition": "a and not b"}))
    assert (conversion.left_out, conversion.notes) == (
        (),
        ('No record has the userIdentity.type "Service".',),
    )
    assert str(FilterPattern.of(conversion.condition)) == '{ $.eventName = "CreateUser" }'


def test_a_condition_that_every_record_meets_is_refused() -> None:
    roots = roots_of({"a": {"userIdentity.type": "Service"}, "condition": "not a"})
    with pytest.raises(RefusedError) as refused:
        convert(roots)
    assert refused.value.problem == "every record meets the condition"
