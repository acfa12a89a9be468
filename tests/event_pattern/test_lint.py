"""Every issue of valid patterns: first patterns that must not have it."""

from types import MappingProxyType
from typing import Any

import pytest

from tests.event_pattern.documented import DOCUMENTED, Pattern, calls, detail, of
from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.cloudtrail.field_types import BotocoreFieldTypes
from trailbell.event_pattern import UNKNOWN, EventPatternIssue, lint
from trailbell.event_pattern.issue import PatternPath


class TwoServices:
    """Two services with a few event names each; no others are known."""

    names = MappingProxyType(
        {
            "iam.amazonaws.com": frozenset({"CreateUser", "DeleteUser", "GetUser"}),
            "kms.amazonaws.com": frozenset({"DisableKey", "RotateKey"}),
        }
    )

    def event_names(self, source: str) -> frozenset[str] | None:
        return self.names.get(source)

    def service_events(self, source: str) -> frozenset[str]:
        return frozenset({"RotateKey"} if source == "kms.amazonaws.com" else ())

    def sources_of(self, name: str) -> tuple[str, ...]:
        return tuple(source for source, names in self.names.items() if name in names)

    def is_event_name(self, name: str) -> bool:
        return name in ("CreateUser", "DisableKey")

    def meant_event_name(self, name: str) -> str:
        return "CreateUser" if name == "CreateUsr" else ""


CALL = {"detail-type": ["AWS API Call via CloudTrail"]}


def identity(**members: Any) -> Pattern:
    return calls("iam", userIdentity=members)


@pytest.mark.parametrize("pattern", DOCUMENTED)
def test_documented_patterns_have_no_issues(pattern: Pattern) -> None:
    assert lint(pattern, BotocoreEventNames(), state="ENABLED") == ()


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(calls("iam", "CreateUser") | {"detail-type": UNKNOWN}, id="an unknown type"),
        pytest.param(
            {"source": UNKNOWN, **CALL, "detail": {"eventSource": ["iam.amazonaws.com"]}},
            id="an unknown source",
        ),
        pytest.param(calls("iam") | {"source": ["aws.kms", UNKNOWN]}, id="one of two sources"),
        pytest.param({"source": ["aws.iam"], **CALL, "detail": UNKNOWN}, id="an unknown detail"),
        pytest.param(calls(UNKNOWN.value, "AnyCall"), id="an unknown service"),
        pytest.param(
            {"source": ["aws.iam"], "$or": UNKNOWN, "detail": {"eventName": ["CreateUser"]}},
            id="a type that may be in unknown alternatives",
        ),
        pytest.param(
            {
                "source": ["aws.iam"],
                "$or": [{**CALL}, UNKNOWN],
                "detail": {"eventName": ["CreateUser"]},
            },
            id="an unknown alternative",
        ),
        pytest.param(
            detail(**{"a": [UNKNOWN], "$or": [{"a": UNKNOWN}, {"b": ["x"]}]}) | {"a": [UNKNOWN]},
            id="unknown values",
        ),
        pytest.param(calls("iam", "CreateUser", UNKNOWN), id="an unknown name"),
        pytest.param(identity(userName=[{"anything-but": ["x"]}, UNKNOWN]), id="an unknown guard"),
    ],
)
def test_unknown_values_have_no_issues(pattern: Pattern) -> None:
    found = lint(pattern, TwoServices(), state="ENABLED")
    assert [one for one in found if one.id != "replaces"] == []


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(of("example", "x", eventName=["CreateUser"]), id="an unknown service"),
        pytest.param(
            {"source": ["com.example"], "detail": {"eventName": ["GetUser"], "readOnly": ["no"]}},
            id="a source of one's own",
        ),
        pytest.param(
            {"source": ["aws.partner/example.com/x"], "detail": {"eventName": ["GetUser"]}},
            id="a partner's source",
        ),
        pytest.param(
            calls("iam") | {"detail-type": [{"suffix": " via CloudTrail"}]}, id="a suffix as type"
        ),
        pytest.param(
            calls("iam") | {"detail-type": [{"prefix": "AWS API"}]}, id="a prefix as type"
        ),
        pytest.param(
            of("iam", "AWS API Call via CloudTrail", eventName=[{"prefix": "Create"}]),
            id="a prefix that a name has",
        ),
        pytest.param(
            of("iam", "AWS API Call via CloudTrail", eventName=[{"wildcard": "*User"}]),
            id="a wildcard that a name is like",
        ),
        pytest.param(
            of("iam", "AWS API Call via CloudTrail", eventName=[{"anything-but": "X"}]),
            id="a name that is excluded",
        ),
        pytest.param(
            of("signin", "AWS Console Sign In via CloudTrail"),
            id="a sign-in, spelled as in rules that work",
        ),
        pytest.param(
            of("kms", "AWS Service Event via CloudTrail", eventName=["RotateKey"]),
            id="an event that a service reports",
        ),
        pytest.param(
            of("kms", "AWS API Call via CloudTrail", eventName=["DisableKey", "RotateKey"])
            | {
                "detail-type": ["AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"],
            },
            id="an API call and an event that a service reports",
        ),
        pytest.param(
            of("kms", "AWS API Call via CloudTrail", eventName=[{"prefix": "Rotate"}]),
            id="names by prefix, which API calls may have",
        ),
        pytest.param(calls("s3", "GetBucket", managementEvent=[False]), id="data events"),
        pytest.param(
            calls("s3", "GetBucket", eventCategory=["Data"]), id="data events by category"
        ),
        pytest.param(identity(type=[{"anything-but": {"prefix": "AWS"}}]), id="types by prefix"),
        pytest.param(
            identity(invokedBy=[{"anything-but": "x.amazonaws.com"}, {"exists": False}]),
            id="an exclusion that keeps what lacks the member",
        ),
        pytest.param(
            calls("ec2", requestParameters={"a": [{"anything-but": "x"}]}),
            id="an exclusion of what a call may always have",
        ),
        pytest.param(detail(wildcard=[{"wildcard": "x*"}]), id="a member called wildcard"),
        pytest.param(detail(eventname=["x"]), id="another case in one's own events"),
    ],
)
def test_no_issues(pattern: Pattern) -> None:
    assert lint(pattern, TwoServices(), state="ENABLED") == ()


@pytest.mark.parametrize(
    ("pattern", "state"),
    [
        pytest.param(calls("iam", "GetUser"), "DISABLED", id="a rule that is off"),
        pytest.param(calls("iam", "GetUser"), None, id="a state that is not known"),
        pytest.param(
            calls("iam", "GetUser"),
            "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
            id="a rule that is given everything",
        ),
    ],
)
def test_no_issues_with_read_only_events(pattern: Pattern, state: str | None) -> None:
    assert lint(pattern, TwoServices(), state=state) == ()


def test_names_are_not_checked_without_services() -> None:
    assert lint(calls("iam", "CreateUsr"), state="ENABLED") == ()


_ALL = "set the State of the rule to ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
_ONCE = "write the field once in each alternative, with all its values"
_KEEP = 'add {"exists": false} to the list if they should match'


def case(what: str, pattern: Pattern, *found: EventPatternIssue) -> Any:
    return pytest.param(pattern, found, id=what)


def star(at: PatternPath, text: str, fix: str) -> EventPatternIssue:
    reason = f'the star in "{text}" is matched literally, not as a wildcard'
    return EventPatternIssue(at, "star-without-wildcard", reason, fix)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        case(
            "a star in a value",
            {**CALL, "detail": {"errorCode": ["AccessDenied*"]}},
            star(
                ("detail", "errorCode", 0), "AccessDenied*", 'write {"wildcard": "AccessDenied*"}'
            ),
        ),
        case(
            "stars in operators",
            detail(key=[{"prefix": "in/*"}, {"anything-but": ["x*"]}, {"wildcard": "*"}]),
            star(("detail", "key", 0, "prefix"), "in/*", 'write {"wildcard": "in/*"}'),
            star(
                ("detail", "key", 1, "anything-but", 0),
                "x*",
                'write {"anything-but": {"wildcard": "x*"}}',
            ),
        ),
        case(
            "a lone star",
            calls("iam", "*") | {"detail": {"eventName": ["*"]}, "source": ["aws.other"]},
            star(
                ("detail", "eventName", 0),
                "*",
                'to match any value of detail.eventName, write {"exists": true}, or remove the '
                "field",
            ),
        ),
        case(
            "a member outside and inside $or",
            detail(**{"a": ["x"], "$or": [{"a": ["y"]}, {"b": ["z"]}]}),
            EventPatternIssue(
                ("detail", "$or", 0, "a"),
                "replaces",
                "this overwrites the list at detail.a, since only the last list for detail.a "
                "counts",
                _ONCE,
            ),
        ),
        case(
            "a member inside $or and then outside",
            detail(**{"$or": [{"a": ["y"]}, {"a": ["z"]}], "a": ["x"]}),
            EventPatternIssue(
                ("detail", "a"),
                "replaces",
                "this overwrites the list at detail.$or[0].a, since only the last list for "
                "detail.a counts",
                _ONCE,
            ),
            EventPatternIssue(
                ("detail", "a"),
                "replaces",
                "this overwrites the list at detail.$or[1].a, since only the last list for "
                "detail.a counts",
                _ONCE,
            ),
        ),
        case(
            "$or that is a name",
            {"$or": {"a": ["x"]}},
            EventPatternIssue(
                ("$or",),
                "or-read-as-a-name",
                "$or is interpreted as the name of a field, since $or is not a list of at least "
                "two objects",
                "give it a list of at least two objects that match fields",
            ),
        ),
        case(
            "a sign-in, spelled as in the AWS guide",
            {"detail-type": ["AWS API Call via CloudTrail", "AWS Console Signin via CloudTrail"]},
            EventPatternIssue(
                ("detail-type", 1),
                "one-spelling-of-sign-in",
                'rules that work have "AWS Console Sign In via CloudTrail", which AWS spells in '
                "another way here",
                "list both spellings",
            ),
        ),
        case(
            "an event that a service reports, among API calls",
            calls("kms", "RotateKey"),
            EventPatternIssue(
                ("detail-type",),
                "service-event-is-no-api-call",
                '"RotateKey" is reported by the service, and such events do not have the '
                'detail-type "AWS API Call via CloudTrail"',
                'write ["AWS Service Event via CloudTrail"]',
            ),
        ),
        case(
            "an event that a service reports, next to an API call",
            of("kms", "AWS API Call via CloudTrail", eventName=["DisableKey", "RotateKey"]),
            EventPatternIssue(
                ("detail-type",),
                "service-event-is-no-api-call",
                '"RotateKey" is reported by the service, and such events do not have the '
                'detail-type "AWS API Call via CloudTrail"',
                'write ["AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"]',
            ),
        ),
        case(
            "names of other services",
            calls("kms", "CreateUser", "ConsoleLogin", "DeleteUser"),
            EventPatternIssue(
                ("detail", "eventName", 0),
                "unknown-event-name",
                'kms.amazonaws.com has no event with the eventName "CreateUser" or 1 more of the '
                "list",
                "it is an event of iam.amazonaws.com",
            ),
            EventPatternIssue(
                ("detail", "eventName", 1),
                "unknown-event-name",
                'kms.amazonaws.com has no event with the eventName "ConsoleLogin"',
                "it is an event of signin.amazonaws.com",
            ),
        ),
        case(
            "an object that is compared as text",
            calls("iam", userIdentity=["Root"]),
            EventPatternIssue(
                ("detail", "userIdentity", 0),
                "object-compared-as-text",
                'detail.userIdentity is an object, and an object never equals "Root"',
                "compare a field inside it",
            ),
        ),
        case(
            "a sign-in among API calls",
            of("signin", "AWS API Call via CloudTrail")
            | {"detail": {"eventName": ["ConsoleLogin"]}},
            EventPatternIssue(
                ("detail-type",),
                "sign-in-is-no-api-call",
                'sign-ins such as "ConsoleLogin" do not have the detail-type "AWS API Call via '
                'CloudTrail"',
                'write ["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"]',
            ),
        ),
        case(
            "a type in other letters",
            calls("iam") | {"detail-type": ["AWS API call via Cloudtrail"]},
            EventPatternIssue(
                ("detail-type", 0),
                "unknown-detail-type",
                'no event has the detail-type "AWS API call via Cloudtrail"',
                'write "AWS API Call via CloudTrail"',
            ),
        ),
        case(
            "a type of one's own for calls",
            of("iam", "IAM is changed", eventName=["CreateUser", "DeleteUser"]),
            EventPatternIssue(
                ("detail-type",),
                "not-cloudtrails-type",
                'events with the detail-type "IAM is changed" do not have the fields of '
                "CloudTrail events",
                'write ["AWS API Call via CloudTrail"]',
            ),
        ),
        case(
            "calls without a type",
            {"source": ["aws.iam"], "detail": {"eventName": ["CreateUser"]}},
            EventPatternIssue(
                ("detail", "eventName"),
                "detail-type-missing",
                "detail.eventName is a field of CloudTrail events, but no detail-type requires "
                "them",
                'add "detail-type": ["AWS API Call via CloudTrail"] next to "detail"',
            ),
        ),
        case(
            "a service of CloudTrail's without a type",
            {"detail": {"eventSource": ["example.amazonaws.com"]}},
            EventPatternIssue(
                ("detail", "eventSource"),
                "detail-type-missing",
                "detail.eventSource is a field of CloudTrail events, but no detail-type requires "
                "them",
                'add "detail-type": ["AWS API Call via CloudTrail"] next to "detail"',
            ),
        ),
        case(
            "eventSource as source",
            {"source": ["iam.amazonaws.com"], **CALL},
            EventPatternIssue(
                ("source", 0),
                "misspelled-source",
                '"iam.amazonaws.com" is an eventSource, and no event has it as its source',
                'write "aws.iam"',
            ),
        ),
        case(
            "source as eventSource",
            {**CALL, "detail": {"eventSource": ["aws.iam"]}},
            EventPatternIssue(
                ("detail", "eventSource", 0),
                "misspelled-source",
                '"aws.iam" is a source, and no CloudTrail record has it as its eventSource',
                'write "iam.amazonaws.com"',
            ),
        ),
        case(
            "source against eventSource",
            calls("iam", "CreateUser") | {"source": ["aws.cloudtrail"]},
            EventPatternIssue(
                ("detail", "eventSource"),
                "source-contradicts",
                'events with the eventSource "iam.amazonaws.com" do not have the source '
                '"aws.cloudtrail", so this never matches',
                "use the same service in source and in eventSource",
            ),
        ),
        case(
            "names that no event has",
            of(
                "iam",
                "AWS API Call via CloudTrail",
                eventName=["CreateUsr", {"prefix": "Make"}, {"wildcard": "*Role"}],
            ),
            EventPatternIssue(
                ("detail", "eventName", 0),
                "unknown-event-name",
                'iam.amazonaws.com has no event with the eventName "CreateUsr"',
                'did you mean "CreateUser"?',
            ),
            EventPatternIssue(
                ("detail", "eventName", 1, "prefix"),
                "unknown-event-name",
                'iam.amazonaws.com has no event with an eventName that starts with "Make"',
                "look up the name in the AWS documentation",
            ),
            EventPatternIssue(
                ("detail", "eventName", 2, "wildcard"),
                "unknown-event-name",
                'iam.amazonaws.com has no event with an eventName that matches "*Role"',
                "look up the name in the AWS documentation",
            ),
        ),
        case(
            "reads by name",
            calls("other", "GetThing", "PutThing", "DescribeThings"),
            EventPatternIssue(
                ("detail", "eventName", 0),
                "read-only-not-delivered",
                'a rule in the state ENABLED does not receive read-only events such as "GetThing"',
                _ALL,
            ),
            EventPatternIssue(
                ("detail", "eventName", 2),
                "read-only-not-delivered",
                "a rule in the state ENABLED does not receive read-only events such as "
                '"DescribeThings"',
                _ALL,
            ),
        ),
        case(
            "reads by the beginning of their names",
            {**CALL, "detail": {"eventName": [{"prefix": "List"}]}},
            EventPatternIssue(
                ("detail", "eventName", 0, "prefix"),
                "read-only-not-delivered",
                'a rule in the state ENABLED does not receive read-only events such as "List"',
                _ALL,
            ),
        ),
        case(
            "reads by their mark",
            {**CALL, "detail": {"readOnly": [True]}},
            EventPatternIssue(
                ("detail", "readOnly"),
                "read-only-not-delivered",
                "a rule in the state ENABLED does not receive read-only management events",
                _ALL,
            ),
        ),
        case(
            "text for a boolean",
            calls("iam", readOnly=["false"]),
            EventPatternIssue(
                ("detail", "readOnly", 0),
                "boolean-compared-as-text",
                "detail.readOnly is a boolean, and a boolean never equals text",
                "write [false] without quotes",
            ),
        ),
        case(
            "a boolean for text",
            identity(sessionContext={"attributes": {"mfaAuthenticated": [False]}}),
            EventPatternIssue(
                ("detail", "userIdentity", "sessionContext", "attributes", "mfaAuthenticated", 0),
                "text-compared-as-boolean",
                "CloudTrail records "
                "detail.userIdentity.sessionContext.attributes.mfaAuthenticated as text, so false "
                "never matches",
                'write ["false"] with quotes',
            ),
        ),
        case(
            "types of identity that there are not",
            identity(type=["root", {"anything-but": ["AssumeRole", "AWSService"]}]),
            EventPatternIssue(
                ("detail", "userIdentity", "type", 0),
                "unknown-identity-type",
                'CloudTrail has no userIdentity.type "root", so this is never true',
                'did you mean "Root"?',
            ),
            EventPatternIssue(
                ("detail", "userIdentity", "type", 1, "anything-but", 0),
                "unknown-identity-type",
                'CloudTrail has no userIdentity.type "AssumeRole", so this is always true',
                'did you mean "AssumedRole"?',
            ),
        ),
        case(
            "accounts as numbers",
            {"account": [111122223333], **CALL, "detail": {"recipientAccountId": [123456789012]}},
            EventPatternIssue(
                ("account", 0),
                "number-for-text-of-digits",
                "account is text, and text never equals a number",
                'write "111122223333"',
            ),
            EventPatternIssue(
                ("detail", "recipientAccountId", 0),
                "number-for-text-of-digits",
                "detail.recipientAccountId is text, and text never equals a number",
                'write "123456789012"',
            ),
        ),
        case(
            "objects that exist",
            calls("iam", userIdentity=[{"exists": True}], requestParameters=[{"exists": False}]),
            EventPatternIssue(
                ("detail", "userIdentity", 0, "exists"),
                "exists-of-an-object",
                "detail.userIdentity is an object, and exists does not recognize objects, so this "
                "matches at most null",
                "use a field inside it that always exists",
            ),
            EventPatternIssue(
                ("detail", "requestParameters", 0, "exists"),
                "exists-of-an-object",
                "detail.requestParameters is an object, and exists does not recognize objects, so "
                "this matches whatever the object contains",
                "use a field inside it that always exists",
            ),
        ),
        case(
            "exclusions that lose what lacks the member",
            calls(
                "ec2",
                errorCode=[{"anything-but": {"suffix": "DryRunOperation"}}],
                userIdentity={"invokedBy": [{"anything-but": "x.amazonaws.com"}]},
            ),
            EventPatternIssue(
                ("detail", "errorCode", 0),
                "anything-but-needs-a-value",
                "events without detail.errorCode do not match, since anything-but requires a value",
                _KEEP,
            ),
            EventPatternIssue(
                ("detail", "userIdentity", "invokedBy", 0),
                "anything-but-needs-a-value",
                "events without detail.userIdentity.invokedBy do not match, since anything-but "
                "requires a value",
                _KEEP,
            ),
        ),
        case(
            "members in other letters",
            calls("iam", EventName=["CreateUser"]) | {"detailType": ["x"]},
            EventPatternIssue(
                ("detail", "EventName"),
                "misspelled-member",
                'CloudTrail records have no field "EventName"',
                'write "eventName"',
            ),
            EventPatternIssue(
                ("detailType",),
                "misspelled-member",
                'an event has no field "detailType"',
                'write "detail-type"',
            ),
        ),
        case(
            "fields of the record next to detail",
            {**CALL, "$or": [{"eventName": ["CreateUser"]}, {"region": ["us-east-1"]}]},
            EventPatternIssue(
                ("$or", 0, "eventName"),
                "record-outside-detail",
                '"eventName" is a field of the CloudTrail record, which is in "detail"',
                'move it into "detail"',
            ),
        ),
        case(
            "a number that is too large",
            detail(size=[{"numeric": [">", 6_000_000_000]}]),
            EventPatternIssue(
                ("detail", "size", 0, "numeric", 1),
                "number-out-of-range",
                "6000000000 is outside ±5,000,000,000, the range for comparisons of numbers",
                "use a number within the range",
            ),
        ),
        case(
            "members of objects that all records have",
            calls("iam", userIdentity={"typ": ["Root"]}),
            EventPatternIssue(
                ("detail", "userIdentity", "typ"),
                "misspelled-member",
                'CloudTrail records have no field "userIdentity.typ"',
                'write "userIdentity.type"',
            ),
        ),
        case(
            "values that fields never have",
            calls(
                "signin",
                eventType=["AwsConsoleSignin"],
                responseElements={"ConsoleLogin": [{"anything-but": ["success"]}]},
                sourceIPAddress=["10.0.0.0/8"],
            ),
            EventPatternIssue(
                ("detail", "eventType", 0),
                "misspelled-value",
                'detail.eventType is never "AwsConsoleSignin", so this is never true',
                'write "AwsConsoleSignIn"',
            ),
            EventPatternIssue(
                ("detail", "responseElements", "ConsoleLogin", 0, "anything-but", 0),
                "misspelled-value",
                'detail.responseElements.ConsoleLogin is never "success", so this is always true',
                'write "Success"',
            ),
            EventPatternIssue(
                ("detail", "sourceIPAddress", 0),
                "address-range",
                'detail.sourceIPAddress is one address, and never "10.0.0.0/8", so this is never '
                "true",
                'write {"cidr": "10.0.0.0/8"}',
            ),
        ),
    ],
)
def test_issues(pattern: Pattern, found: tuple[EventPatternIssue, ...]) -> None:
    assert lint(pattern, TwoServices(), state="ENABLED") == found


def _call(name: str, **parameters: Any) -> Pattern:
    return calls("lambda", eventName=[name], requestParameters=parameters)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(_call("CreateFunction20150331", packageType=["Zip"]), id="a value"),
        pytest.param(_call("CreateFunction20150331", packageType=["Wasm"]), id="a new value"),
        pytest.param(_call("CreateFunction20150331", layers=["arn"]), id="an element of a list"),
        pytest.param(_call("SomethingNew", zzz=["a"]), id="an event that no model has"),
        pytest.param(calls("lambda", requestParameters={"zzz": ["a"]}), id="any event"),
        pytest.param(
            {"source": ["example"], "detail": {"requestParameters": {"zzz": ["a"]}}},
            id="no event of CloudTrail",
        ),
    ],
)
def test_parameters_that_operations_may_have(pattern: Pattern) -> None:
    assert lint(pattern, fields=BotocoreFieldTypes()) == ()


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        case(
            "a misspelled parameter",
            _call("CreateFunction20150331", functionname=["a"]),
            EventPatternIssue(
                ("detail", "requestParameters", "functionname"),
                "unknown-field",
                "CreateFunction20150331 of lambda.amazonaws.com has no "
                "requestParameters.functionname",
                "did you mean requestParameters.functionName?",
            ),
        ),
        case(
            "a parameter like no other",
            _call("DeleteFunction20150331", zzz=["a"]),
            EventPatternIssue(
                ("detail", "requestParameters", "zzz"),
                "unknown-field",
                "DeleteFunction20150331 of lambda.amazonaws.com has no requestParameters.zzz",
                "look up the field in the API reference",
            ),
        ),
        case(
            "a value in other letters",
            _call("CreateFunction20150331", packageType=["zip"]),
            EventPatternIssue(
                ("detail", "requestParameters", "packageType", 0),
                "misspelled-value",
                'detail.requestParameters.packageType is never "zip", so this is never true',
                'write "Zip"',
            ),
        ),
    ],
)
def test_parameters_that_operations_do_not_have(
    pattern: Pattern, found: tuple[EventPatternIssue, ...]
) -> None:
    assert lint(pattern, fields=BotocoreFieldTypes()) == found


def test_an_issue_as_text() -> None:
    (found,) = lint({**CALL, "detail": {"errorCode": ["AccessDenied*"]}})
    assert str(found) == (
        'detail.errorCode[0]: star-without-wildcard: the star in "AccessDenied*" is matched '
        'literally, not as a wildcard; write {"wildcard": "AccessDenied*"}'
    )
