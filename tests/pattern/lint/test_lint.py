"""Every issue: first patterns that must not have it, then those that must, with the range."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pattern.strategies import patterns
from trailbell.pattern import FilterPattern, field, parse
from trailbell.pattern.lint import PatternIssue, lint
from trailbell.pattern.printer import pattern_text


class TwoServices:
    """Two services with a few event names each; no others are known."""

    def event_names(self, source: str) -> frozenset[str] | None:
        return {
            "iam.amazonaws.com": frozenset({"CreateUser", "DeleteUser"}),
            "kms.amazonaws.com": frozenset({"DisableKey", "RotateKey"}),
        }.get(source)

    def service_events(self, source: str) -> frozenset[str]:
        return frozenset({"RotateKey"} if source == "kms.amazonaws.com" else ())

    def sources_of(self, name: str) -> tuple[str, ...]:
        return ("iam.amazonaws.com",) if name == "CreateUser" else ()

    def is_event_name(self, name: str) -> bool:
        return name in ("CreateUser", "DisableKey")

    def meant_event_name(self, name: str) -> str:
        return "CreateUser" if name == "CreateUsr" else ""


IAM = '$.eventSource = "iam.amazonaws.com"'


def issues(text: str) -> list[tuple[str, str]]:
    return [(found.id, text[found.start : found.end]) for found in lint(text, TwoServices())]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="everything"),
        pytest.param("ERROR -WARN", id="terms that can both be"),
        pytest.param("?ERROR ?WARN", id="optional terms alone"),
        pytest.param("[a = 1* && a != 12, b = x || b = y, ...]", id="fields"),
        pytest.param('{ $.a = "x" }', id="one comparison"),
        pytest.param("{ $.eventSource = s3.amazonaws.com }", id="a dotted name without quotes"),
        pytest.param('{ ($.a NOT EXISTS) || ($.a != "x") }', id="a guard"),
        pytest.param(
            '{ ($.a NOT EXISTS) || ($.a IS NULL) || (($.a != "x") && ($.a != "y*")) }',
            id="a full guard of two",
        ),
        pytest.param('{ ($.a NOT EXISTS) || ($.a.b != "x") }', id="a guard on what it is in"),
        pytest.param('{ ($.a = "x*") && ($.a != "xy") }', id="another condition requires it"),
        pytest.param('{ ($.a = "*") && ($.a != "x") && ($.a != "y") }', id="presence is required"),
        pytest.param(
            '{ (($.a = "x") || ($.a = "y*")) && ($.a != "yz") }',
            id="required in either alternative",
        ),
        pytest.param('{ $.eventName != "x" }', id="a member that is always there"),
        pytest.param('{ ($.a = "x") || (($.b = "y") && ($.c = "z")) }', id="parentheses"),
        pytest.param('{ $.a = "x" && $.b = "y" && $.c = "z" }', id="one operator"),
        pytest.param('{ $.a = "x*" && $.a = "*y" && $.a = "*z*" }', id="stars that can all hold"),
        pytest.param("{ $.a > 5 && $.a < 7 && $.a != 6 }", id="numbers between numbers"),
        pytest.param('{ $.a = 404 && $.a != "404" }', id="a number that may be written 404.0"),
        pytest.param('{ $.a = %x% && $.a = "y*" }', id="an expression is left open"),
        pytest.param('{ $.a[*] = "x" && $.a[*] = "y" }', id="two elements"),
        pytest.param('{ $.a = "x" || $.b = "y" }', id="two members"),
        pytest.param('{ $.userIdentity.type = "Root" }', id="an identity type"),
        pytest.param('{ $.userIdentity.type = "*User" }', id="several identity types"),
        pytest.param(f'{{ {IAM} && $.eventName = "CreateUser" }}', id="a call of that service"),
        pytest.param(f'{{ {IAM} && $.eventName = "Create*" }}', id="a starred call"),
        pytest.param(
            '{ ($.eventSource = "iam.amazonaws.com" || $.eventSource = "kms.amazonaws.com")'
            ' && ($.eventName = "CreateUser" || $.eventName = "DisableKey") }',
            id="a call of either service",
        ),
        pytest.param(
            '{ $.eventSource = "sns.amazonaws.com" && $.eventName = "X" }', id="an unknown service"
        ),
        pytest.param('{ $.eventName = "X" }', id="no service"),
        pytest.param(
            '{ $.eventName = "CreateUsr" }', id="a name in what may be the log of an application"
        ),
        pytest.param(
            '{ $.eventName = "CreateUsr" && $.level = "error" }', id="fields of an application"
        ),
        pytest.param(
            '{ $.eventName = "CreateUser" || $.eventName = "CreateUs*" }', id="a star in a name"
        ),
        pytest.param(
            '{ $.eventName = "CreateUser" || $.eventName = "MakeUser" }', id="a name unlike others"
        ),
        pytest.param('{ $.eventSource = "iam.*" && $.eventName = "X" }', id="a starred service"),
        pytest.param("{ $.readOnly IS FALSE }", id="a boolean as boolean"),
        pytest.param(
            '{ $.userIdentity.sessionContext.attributes.mfaAuthenticated = "true" }',
            id="text as text",
        ),
        pytest.param('{ $.recipientAccountId = "111122223333" }', id="an account in quotes"),
    ],
)
def test_no_issues(text: str) -> None:
    assert issues(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            '{ $.a != "x" && $.a != "y" }',
            [("unguarded-not-equal", '$.a != "x"')],
            id="two exclusions do not guard each other",
        ),
        pytest.param(
            '{ ($.b NOT EXISTS) || ($.a != "x") }',
            [("unguarded-not-equal", '$.a != "x"')],
            id="a guard of another member",
        ),
        pytest.param(
            '{ ($.a = "z") && ($.b != %x%) }',
            [("unguarded-not-equal", "$.b != %x%")],
            id="an excluded expression",
        ),
        pytest.param(
            '{ ($.a = "x") || ($.a = "y") && ($.b NOT EXISTS) }',
            [("guard-on-one-alternative", '$.a = "y") && ($.b NOT EXISTS')],
            id="a guard that binds to the last alternative",
        ),
        pytest.param(
            '{ ($.b IS NULL) && ($.a = "x") || ($.a = "y") }',
            [("guard-on-one-alternative", '$.b IS NULL) && ($.a = "x"')],
            id="a guard that binds to the first alternative",
        ),
        pytest.param(
            '{ $.a = "x" || $.b = "y" && $.c = "z" }',
            [("and-or-without-parentheses", '$.b = "y" && $.c = "z"')],
            id="both operators without parentheses",
        ),
        pytest.param(
            '{ $.a = "x" && $.a = "y" }',
            [("never-true", '$.a = "x" && $.a = "y"')],
            id="two texts at once",
        ),
        pytest.param(
            '{ ($.a = "x" && $.a = "y*") || $.b = 1 }',
            [("never-true", '$.a = "x" && $.a = "y*"')],
            id="one alternative",
        ),
        pytest.param(
            '{ ($.a = "x" || $.a = "y") && $.a = "x" }',
            [("never-true", '$.a = "y"')],
            id="an alternative that another condition excludes",
        ),
        pytest.param(
            "{ $.a > 5 && $.a < 3 }", [("never-true", "$.a > 5 && $.a < 3")], id="no such number"
        ),
        pytest.param(
            "{ $.a NOT EXISTS && $.a.b = 1 }",
            [("never-true", "$.a NOT EXISTS && $.a.b = 1")],
            id="a member of nothing",
        ),
        pytest.param(
            '{ $.a = "x" && $.a.b = 1 }',
            [("never-true", '$.a = "x" && $.a.b = 1')],
            id="a member of text",
        ),
        pytest.param(
            '{ $.a = "*" && ($.a != "x" || $.a != "y") }',
            [("always-true", '$.a != "x" || $.a != "y"')],
            id="exclusions joined by ||",
        ),
        pytest.param(
            '{ $.a = 1 || $.sourceIPAddress != "x" || $.eventName != "y" }',
            [("almost-always-true", '$.a = 1 || $.sourceIPAddress != "x" || $.eventName != "y"')],
            id="exclusions of two members joined by ||",
        ),
        pytest.param(
            '{ $.userIdentity.type = "AssumeRole" }',
            [("unknown-identity-type", '$.userIdentity.type = "AssumeRole"')],
            id="no such identity type",
        ),
        pytest.param(
            f'{{ {IAM} && ($.eventName = "CreateUser" || $.eventName = "DeletUser") }}',
            [("unknown-event-name", '$.eventName = "DeletUser"')],
            id="no such call",
        ),
        pytest.param(
            f'{{ {IAM} && $.eventName = "Put*" }}',
            [("unknown-event-name", '$.eventName = "Put*"')],
            id="no call with that start",
        ),
        pytest.param(
            f'{{ ({IAM} && $.eventName = "DisableKey") || $.a = 1 }}',
            [("unknown-event-name", '$.eventName = "DisableKey"')],
            id="the call of another service, in an alternative",
        ),
        pytest.param(
            '{ $.eventName = "CreateUser" || $.eventName = "CreateUsr" }',
            [("unknown-event-name", '$.eventName = "CreateUsr"')],
            id="a name that no service has, next to one of a service",
        ),
        pytest.param(
            '{ $.eventName = "CreateUsr" && $.userIdentity.type = "Root" }',
            [("unknown-event-name", '$.eventName = "CreateUsr"')],
            id="a name that no service has, next to a field of CloudTrail",
        ),
        pytest.param(
            '{ $.a = "x*y" }', [("star-in-the-middle", '$.a = "x*y"')], id="a star in the middle"
        ),
        pytest.param(
            "{ $.a = us-east-1 }", [("unquoted-special-character", "us-east-1")], id="no quotes"
        ),
        pytest.param("{ $.a is null }", [("doubtful-spelling", "is null")], id="lower case"),
        pytest.param(
            "{ $.readOnly = false }",
            [("boolean-compared-as-text", "$.readOnly = false")],
            id="a boolean as text",
        ),
        pytest.param(
            "{ $.userIdentity.sessionContext.attributes.mfaAuthenticated IS TRUE }",
            [
                (
                    "text-compared-as-boolean",
                    "$.userIdentity.sessionContext.attributes.mfaAuthenticated IS TRUE",
                )
            ],
            id="text as a boolean",
        ),
        pytest.param(
            "{ $.recipientAccountId = 111122223333 }",
            [("number-for-text-of-digits", "$.recipientAccountId = 111122223333")],
            id="an account without quotes",
        ),
        pytest.param(
            '{ $.a[*] != "x" }', [("not-equal-behind-wildcard", '$.a[*] != "x"')], id="wildcard"
        ),
        pytest.param(
            "{ $.a.* NOT EXISTS }",
            [("not-exists-behind-wildcard", "$.a.* NOT EXISTS")],
            id="absence behind a wildcard",
        ),
        pytest.param("?a b", [("optional-terms-mixed", "?a b")], id="mixed terms"),
        pytest.param("ab -a", [("never-true", "ab -a")], id="a term that contains an excluded one"),
        pytest.param("[a = 1*2]", [("star-in-the-middle", "[a = 1*2]")], id="a star in a field"),
        pytest.param(
            "[a = x && a = y]", [("never-true", "[a = x && a = y]")], id="a field of two texts"
        ),
        pytest.param(
            "[a != x || a != y, b]",
            [("always-true", "[a != x || a != y, b]")],
            id="exclusions of a field joined by ||",
        ),
        pytest.param("{ $.a & }", [("not-a-pattern", "&")], id="no pattern"),
        pytest.param(
            "{ $.a = %a% || $.b = %b% || $.c = %c% }",
            [("too-many-regexes", "%")],
            id="three expressions",
        ),
        pytest.param("x" * 1_030, [("too-long", "xxxxxx")], id="too long"),
    ],
)
def test_issues(text: str, expected: list[tuple[str, str]]) -> None:
    assert issues(text) == expected


def test_issue_has_a_reason_and_a_fix() -> None:
    assert lint("{ $.userIdentity.type = Assumedrole }") == (
        PatternIssue(
            2,
            35,
            "unknown-identity-type",
            'CloudTrail has no userIdentity.type "Assumedrole", so this is never true',
            'did you mean "AssumedRole"?',
        ),
    )


def test_parsed_and_built_patterns_are_linted_too() -> None:
    assert lint(parse("{ $.a = x*y }")) == lint("{ $.a = x*y }")
    assert lint(FilterPattern.of(field("a").differs("x", "y"))) == ()


@given(st.one_of(patterns().map(pattern_text), st.text(), st.text().map("{{ {} }}".format)))
def test_every_issue_of_any_text_has_a_range_and_texts(text: str) -> None:
    for found in lint(text, TwoServices()):
        assert 0 <= found.start <= found.end <= len(text) + 1
        assert "" not in (found.id, found.reason, found.fix)
