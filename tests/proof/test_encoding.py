"""The encoding of policies: against other evaluators, and what it does not know."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.iam.access_control import IAMPolicyStatement, PermissionResult

from trailbell.proof.encoding import allowed
from trailbell.proof.formula import And, Formula, Match, Not, Present, every
from trailbell.proof.matcher import literal
from trailbell.proof.slots import ACTION, RESOURCE, is_kind, key_slot, principal_slot
from trailbell.proof.solver import find_request
from trailbell.template.evaluate import UNKNOWN
from trailbell.template.policy_evaluation import PolicyRequest, refusal

_ACTIONS = ("s3:GetObject", "s3:PutObject", "sns:Publish")
_RESOURCES = ("arn:aws:s3:::logs/a", "arn:aws:s3:::logs/b", "arn:aws:s3:::other/a")
_PRINCIPALS = (
    *("Service:events.amazonaws.com", "Service:sns.amazonaws.com"),
    *("AWS:arn:aws:iam::111122223333:role/One", "AWS:arn:aws:iam::123456789012:role/One"),
)
_KEYS: Mapping[str, tuple[str, ...]] = {
    "s3:prefix": ("", "home/", "HOME/", "home/x"),
    "aws:sourcearn": (
        "arn:aws:sns:us-east-1:111122223333:topic",
        "arn:aws:sns:us-east-1:123456789012:topic",
    ),
    "s3:tlsversion": ("1", "1.1", "1.2", "1.3"),
    "aws:securetransport": ("true", "false"),
}


def _one_or_more(*values: str) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.sampled_from(values), st.lists(st.sampled_from(values), min_size=1, max_size=2)
    )


_TESTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("StringEquals", "s3:prefix", ("home/", "HOME/")),
    ("StringNotEquals", "s3:prefix", ("home/", "")),
    ("StringEqualsIgnoreCase", "s3:prefix", ("home/",)),
    ("StringLike", "s3:prefix", ("home*", "*", "h?me/", "?*")),
    ("StringNotLikeIfExists", "s3:prefix", ("home*", "*x")),
    ("StringEqualsIfExists", "s3:prefix", ("home/",)),
    ("ArnLike", "aws:SourceArn", ("arn:aws:sns:*:111122223333:*", "arn:aws:sns:*:*:topic")),
    ("ArnNotLike", "aws:SourceArn", ("arn:aws:sns:us-east-1:123456789012:*",)),
    ("NumericLessThan", "s3:TlsVersion", ("1.2", "1.15")),
    ("NumericGreaterThanEqualsIfExists", "s3:TlsVersion", ("1.2",)),
    ("NumericNotEquals", "s3:TlsVersion", ("1.2", "1")),
    ("Bool", "aws:SecureTransport", ("true", "false")),
    ("Null", "s3:prefix", ("true", "false")),
    ("Null", "aws:SourceArn", ("true", "false")),
)
_conditions = st.lists(
    st.sampled_from(_TESTS).flatmap(
        lambda test: st.tuples(
            st.just(test[0]),
            st.just(test[1]),
            st.sampled_from(test[2]) if test[0] == "Null" else _one_or_more(*test[2]),
        )
    ),
    max_size=2,
).map(lambda tests: {operator: {key: value} for operator, key, value in tests})
_named = st.one_of(
    st.just("*"),
    st.fixed_dictionaries({"Service": _one_or_more("events.amazonaws.com")}),
    st.fixed_dictionaries(
        {"AWS": _one_or_more("arn:aws:iam::111122223333:role/One", "*")},
    ),
)
_statements = st.lists(
    st.builds(
        lambda effect, action, resource, principal, condition: {
            "Effect": effect,
            **action,
            **resource,
            **principal,
            "Condition": condition,
        },
        st.sampled_from(["Allow", "Allow", "Deny"]),
        st.dictionaries(
            st.sampled_from(["Action", "NotAction"]),
            _one_or_more("s3:*", "S3:getobject", "sns:Publish", "s3:?etObject", "*"),
            min_size=1,
            max_size=1,
        ),
        st.dictionaries(
            st.sampled_from(["Resource", "NotResource"]),
            _one_or_more("*", "arn:aws:s3:::logs/*", "arn:aws:s3:::*/a", "arn:aws:s3:::logs/?"),
            min_size=1,
            max_size=1,
        ),
        st.dictionaries(
            st.sampled_from(["Principal", "Principal", "NotPrincipal"]),
            _named,
            min_size=1,
            max_size=1,
        ),
        _conditions,
    ),
    min_size=1,
    max_size=3,
)
_requests = st.builds(
    PolicyRequest,
    principal=st.sampled_from(_PRINCIPALS),
    action=st.sampled_from(_ACTIONS),
    resource=st.sampled_from(_RESOURCES),
    context=st.fixed_dictionaries(
        {
            key: st.sampled_from(values if key == "aws:securetransport" else (None, *values))
            for key, values in _KEYS.items()
        }
    ),
)


def _exactly(request: PolicyRequest) -> Formula:
    """That a request is this one."""
    kind, _, name = request.principal.partition(":")
    return And(
        (
            is_kind(kind),
            Match(principal_slot(kind), literal(name)),
            Match(ACTION, literal(request.action)),
            Match(RESOURCE, literal(request.resource)),
            *(
                Not(Present(key_slot(key)))
                if value is None
                else Match(key_slot(key), literal(value))
                for key, value in request.context.items()
                if value is None or key != "s3:tlsversion"
            ),
        )
    )


def _allows(statements: list[Any], request: PolicyRequest) -> bool:
    bounds = allowed([*statements, *_numbers(request)])
    return find_request(And((bounds.must, _exactly(request)))) is not None


def _numbers(request: PolicyRequest) -> list[Any]:
    """Deny any other number, because a number is no text to compare with."""
    version = request.context["s3:tlsversion"]
    if version is None:
        return []
    other = {"NumericNotEquals": {"s3:TlsVersion": version}}
    return [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": other}]


@settings(max_examples=60, deadline=None)
@given(_statements, _requests)
def test_it_agrees_with_the_evaluation_of_single_requests(
    statements: list[Any], request: PolicyRequest
) -> None:
    assert _allows(statements, request) is (refusal(statements, request) == "")


@settings(max_examples=30, deadline=None)
@given(_statements, _requests)
def test_it_agrees_with_the_evaluation_of_an_emulator(
    statements: list[Any], request: PolicyRequest
) -> None:
    """moto evaluates actions and resources by case, and neither ``?`` nor most conditions.

    https://docs.getmoto.org/en/latest/docs/iam.html
    """
    plain = [
        {name: s[name] for name in ("Effect", "Action", "NotAction", "Resource") if name in s}
        for s in statements
    ]
    spelled = json.dumps(plain).replace("S3:getobject", "s3:GetObject")
    spelled = spelled.replace("s3:?etObject", "s3:GetObject").replace("logs/?", "logs/a")
    plain = [{"Resource": "*", **statement} for statement in json.loads(spelled)]
    results = {
        IAMPolicyStatement(statement).is_action_permitted(request.action, request.resource)
        for statement in plain
    }
    permitted = PermissionResult.PERMITTED in results and PermissionResult.DENIED not in results
    assert _allows(plain, request) is permitted


@settings(max_examples=25, deadline=None)
@given(_statements)
def test_an_example_is_allowed_as_it_says(statements: list[Any]) -> None:
    example = find_request(allowed(statements).must)
    if example is None or ":" not in example.principal:
        return
    context = {k: v for k, v in example.context.items() if not isinstance(v, tuple)}
    request = PolicyRequest(
        principal=example.principal,
        action=example.action,
        resource=example.resource,
        context=context,
    )
    assert refusal(statements, request) == ""


def _statement(**members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **members}


def _when(operator: str, key: str, value: Any) -> dict[str, Any]:
    return _statement(Condition={operator: {key: value}})


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        pytest.param(UNKNOWN, "a statement is not known", id="a statement of an intrinsic"),
        pytest.param(
            _statement(Resource=UNKNOWN), "a value of Resource is not known", id="a resource"
        ),
        pytest.param(_statement(Effect="allow"), "an effect is not known", id="a wrong effect"),
        pytest.param(
            _statement(Principal={"AWS": "AROAEXAMPLE"}),
            '"AROAEXAMPLE" is no account, user or role',
            id="a unique id as the principal",
        ),
        pytest.param(
            _when("StringMatches", "s3:prefix", "a"),
            'the operator "StringMatches" is not known',
            id="an operator that does not exist",
        ),
        pytest.param(
            _when("StringLike", "s3:prefix", "${aws:username}/*"),
            "s3:prefix is compared with a policy variable",
            id="a policy variable",
        ),
        pytest.param(
            _when("ArnLike", "aws:SourceArn", "topic"),
            'aws:SourceArn: "topic" is no value of ArnLike',
            id="a text that is no ARN",
        ),
        pytest.param(
            _statement(Resource="arn:aws:s3:::home/${aws:username}"),
            "Resource has a policy variable",
            id="a policy variable in a resource",
        ),
    ],
)
def test_what_is_not_known_may_be_allowed_and_need_not(statement: Any, reason: str) -> None:
    bounds = allowed([statement])
    found = [find_request(bounds.may) is not None, find_request(bounds.must), bounds.reasons]
    assert found == [True, None, frozenset({reason})]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param(
            _when("ForAnyValue:StringEquals", "aws:TagKeys", ["a"]), ("a",), id="one of several"
        ),
        pytest.param(
            _when("ForAnyValue:StringNotEquals", "aws:TagKeys", ["example", "", "x"]),
            ("e",),
            id="one that is no other",
        ),
        pytest.param(
            _statement(
                Condition={
                    "ForAllValues:StringEquals": {"aws:TagKeys": ["a"]},
                    "Null": {"aws:TagKeys": "false"},
                }
            ),
            ("a",),
            id="all of several, if there is one",
        ),
        pytest.param(
            _statement(
                Condition={
                    "ForAllValues:StringEquals": {"aws:TagKeys": ["a"]},
                    "Null": {"aws:TagKeys": "true"},
                }
            ),
            None,
            id="all of none",
        ),
    ],
)
def test_keys_with_several_values(condition: Any, expected: Any) -> None:
    example = find_request(allowed([condition]).must)
    assert example is not None
    assert example.context["aws:tagkeys"] == expected


def test_one_of_several_needs_the_key() -> None:
    absent = {"Null": {"aws:TagKeys": "true"}}
    condition = {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}, **absent}
    assert find_request(allowed([_statement(Condition=condition)]).may) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
            {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/23"}},
            id="networks",
        ),
        pytest.param(
            {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}},
            {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}},
            id="times",
        ),
        pytest.param(
            {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/One"}},
            {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}},
            id="the account of a principal is in its ARN",
        ),
        pytest.param(
            {"Bool": {"aws:PrincipalIsAWSService": "true"}},
            {"StringLike": {"aws:PrincipalOrgID": "*"}},
            id="a service is in no organization",
        ),
        pytest.param(
            {"StringLike": {"s3:prefix": "a*"}},
            {"StringLike": {"s3:prefix": "?b*"}, "StringNotLike": {"s3:prefix": "*b*"}},
            id="patterns",
        ),
    ],
)
def test_conditions_that_exclude_each_other(first: Any, second: Any) -> None:
    both = And(
        (
            allowed([_statement(Condition=first)]).may,
            allowed([_statement(Condition=second)]).may,
        )
    )
    assert find_request(both) is None


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        pytest.param("StringEquals", False, id="a comparison needs the key"),
        pytest.param("ForAnyValue:StringEquals", False, id="so does one of several values"),
        pytest.param("StringEqualsIfExists", True, id="IfExists does not"),
        pytest.param("StringNotEquals", True, id="nor does the opposite"),
        pytest.param("ForAllValues:StringEquals", True, id="nor do all values"),
    ],
)
def test_a_condition_without_its_key(operator: str, *, expected: bool) -> None:
    condition = {operator: {"s3:prefix": "a"}, "Null": {"s3:prefix": "true"}}
    assert (find_request(allowed([_statement(Condition=condition)]).may) is not None) is expected


_OPERATORS = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
    "reference_policies_elements_condition_operators.html"
)
_VARIABLES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"


@pytest.mark.parametrize(
    ("condition", "request_", "holds", "source"),
    [
        pytest.param(
            {"DateGreaterThanEquals": {"aws:CurrentTime": "1767225600"}},
            {"DateEquals": {"aws:CurrentTime": "2025-12-31T23:59:59Z"}},
            False,
            f"{_OPERATORS}#Conditions_Date",
            id="a time in seconds since 1970, after the request",
        ),
        pytest.param(
            {"DateGreaterThanEquals": {"aws:CurrentTime": "1767225600"}},
            {"DateEquals": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}},
            True,
            f"{_OPERATORS}#Conditions_Date",
            id="a time in seconds since 1970, that of the request",
        ),
        pytest.param(
            {"StringEquals": {"s3:prefix": "a${*}b"}},
            {"StringEquals": {"s3:prefix": "a*b"}},
            True,
            f"{_VARIABLES}#policy-vars-specialchars",
            id="an asterisk itself, without wildcards",
        ),
        pytest.param(
            {"StringLike": {"s3:prefix": "a${*}b"}},
            {"StringEquals": {"s3:prefix": "axb"}},
            False,
            f"{_VARIABLES}#policy-vars-specialchars",
            id="an asterisk itself is no wildcard",
        ),
    ],
)
def test_where_evaluators_disagree_the_documentation_counts(
    condition: Any, request_: Any, *, holds: bool, source: str
) -> None:
    """Each is a disagreement that `benchmarks.policy_comparison` found. Whether one exists."""
    both = every([allowed([_statement(Condition=c)]) for c in (condition, request_)])
    assert (find_request(both.must) is not None, both.reasons) == (holds, frozenset()), source


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "*"}},
            'aws:SourceArn: "*" is no value of ArnLike',
            id="no page says what an asterisk matches that is no ARN",
        ),
        pytest.param(
            {
                "ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "a"},
                "Null": {"aws:TagKeys": "true"},
            },
            "ForAnyValue:StringEqualsIfExists without aws:TagKeys is documented both as true and "
            "as false",
            id="two pages say the opposite",
        ),
    ],
)
def test_what_the_documentation_leaves_open_is_not_known(condition: Any, reason: str) -> None:
    """Pages: ``Conditions_IfExists`` of the operators, and that of keys with several values:

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    bounds = allowed([_statement(Condition=condition)])
    found = (find_request(bounds.may) is not None, find_request(bounds.must), bounds.reasons)
    assert found == (True, None, frozenset({reason}))


def test_any_value_with_if_exists_counts_where_the_key_is() -> None:
    condition = {
        "ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "a"},
        "Null": {"aws:TagKeys": "false"},
    }
    example = find_request(allowed([_statement(Condition=condition)]).must)
    assert example is not None
    assert "a" in (example.context["aws:tagkeys"] or ())
