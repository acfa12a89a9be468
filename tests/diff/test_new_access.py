"""What exactly a changed policy newly allows, with z3 and without it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.deploy.conftest import source
from trailbell.deploy.plan_file import as_json
from trailbell.diff.broadened_access import broadened_access
from trailbell.diff.installed_solver import MOST_SECONDS, installed_solver, limited
from trailbell.diff.markdown_report import to_markdown
from trailbell.diff.model import DeployPlan, Impact, Risk
from trailbell.diff.report import to_text
from trailbell.diff.templates import plan_from_templates
from trailbell.proof.classes import UndecidableError
from trailbell.proof.decide import FindRequest
from trailbell.proof.formula import TRUE
from trailbell.proof.request import Request
from trailbell.proof.solver import find_request

_LOGS = "arn:aws:s3:::logs/*"
_SECURE = {"Bool": {"aws:SecureTransport": "false"}}
_ROOT = "arn:aws:iam::111122223333:root"
_OWN = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
_ROLE = "arn:aws:iam::111122223333:role/Reader"
_OF_ROLE = {"ArnEquals": {"aws:PrincipalArn": _ROLE}}
_HOLDER = "a user or role with this policy"
_EXAMPLE = "arn:aws:s3:::logs/example"
_AT_DEPLOYMENT = "the values of intrinsic functions are known at deployment only"


def _allow(action: Any, target: Any = _LOGS, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": target, **more}


def _deny(action: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": _LOGS, **more}


def _if(condition: str, statement: Any) -> dict[str, Any]:
    return {"Fn::If": [condition, statement, {"Ref": "AWS::NoValue"}]}


def _template(*statements: Any, transform: str = "", **more: Any) -> dict[str, Any]:
    document = {"Statement": list(statements)}
    properties = {"Bucket": more.pop("bucket", "logs"), "PolicyDocument": document}
    resource = {"Type": "AWS::S3::BucketPolicy", "Properties": properties, **more}
    return {"Resources": {"R": resource}} | ({"Transform": transform} if transform else {})


def _text_template(text: Any) -> dict[str, Any]:
    properties = {"Bucket": "logs", "PolicyDocument": text}
    return {"Resources": {"R": {"Type": "AWS::S3::BucketPolicy", "Properties": properties}}}


def _with_z3() -> FindRequest:
    return find_request


def _without_z3() -> None:
    return None


Template = Mapping[str, Any]

_TWO = (_allow("s3:Get*"), _allow("s3:Put*"))
_ONE = _allow(["s3:Get*", "s3:Put*"])


def _found(before: Template, after: Template) -> list[tuple[str, Any]]:
    return [(i.sentence, i.example) for i in broadened_access(before, after, _with_z3)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            _template(_allow("s3:Get*"), _allow("s3:Put*")),
            _template(_allow(["s3:Get*", "s3:Put*"])),
            id="two statements become one",
        ),
        pytest.param(
            _template(_allow("*"), _deny(["s3:Put*", "s3:Get*"])),
            _template(_allow("*"), _deny("s3:Put*"), _deny("s3:Get*")),
            id="a Deny statement becomes two",
        ),
        pytest.param(
            _template(_allow("s3:GetObject", Principal={"AWS": "111122223333"})),
            _template(_allow("s3:GetObject", Principal={"AWS": _ROOT})),
            id="an account in another spelling",
        ),
        pytest.param(
            _template(_allow("*")),
            _template({"Effect": "Allow", "NotAction": "sns:*", "Resource": _LOGS}),
            id="all becomes all but one service",
        ),
        pytest.param(
            _template(_allow("s3:Get*")),
            _template(_allow("s3:*"), {"Effect": "Deny", "NotAction": "s3:Get*", "Resource": "*"}),
            id="more is allowed and as much is denied",
        ),
        pytest.param(
            _text_template(json.dumps({"Statement": list(_TWO)})),
            _template(_allow("s3:GetObject")),
            id="the old policy is a text",
        ),
    ],
)
def test_what_is_proven_to_be_the_same_is_not_reported(before: Template, after: Template) -> None:
    without = [impact.risk for impact in broadened_access(before, after, _without_z3)]
    assert (set(without), _found(before, after)) == ({Risk.BROADEN}, [])


_SAME = "PolicyDocument allows more: s3:Get*, s3:Put*; undecided whether that is new: "
_P, _Q = {"Ref": "P"}, {"Ref": "Q"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            _template(_allow("s3:Get*", _P), _allow("s3:Put*", _P)),
            _template(_allow(["s3:Get*", "s3:Put*"], _P)),
            _SAME + _AT_DEPLOYMENT,
            id="the value of a parameter may change",
        ),
        pytest.param(
            _template(*(_if("C", statement) for statement in _TWO)),
            _template(_if("C", _ONE)),
            _SAME + _AT_DEPLOYMENT,
            id="a condition may change",
        ),
        pytest.param(
            _template(*(_allow(action, "{{resolve:ssm:a}}") for action in ("s3:Get*", "s3:Put*"))),
            _template(_allow(["s3:Get*", "s3:Put*"], "{{resolve:ssm:a}}")),
            _SAME + _AT_DEPLOYMENT,
            id="a dynamic reference may have another value",
        ),
        pytest.param(
            _template(_allow("s3:*", Condition={"StringNotEquals": {"a:b": _P}})),
            _template(_allow("s3:*", Condition={"StringEquals": {"a:b": "x"}})),
            "PolicyDocument allows more: s3:* (with conditions); undecided whether that is new: "
            + _AT_DEPLOYMENT,
            id="a value may be what the other policy compares with",
        ),
        pytest.param(
            _template(_allow("s3:Get*", Principal={"AWS": _ROOT})),
            _template(_allow("s3:Get*", Principal={"AWS": _OWN})),
            f"PolicyDocument allows more: s3:Get* for AWS:{json.dumps(_OWN)}; "
            f"undecided whether that is new: {_AT_DEPLOYMENT}",
            id="the own account, which may be another one than the example",
        ),
        pytest.param(
            _template(*_TWO, bucket="other"),
            _template(_ONE),
            _SAME + "the resource changes elsewhere, too",
            id="the policy of another bucket",
        ),
        pytest.param(
            _template(*_TWO, Condition="C"),
            _template(_ONE, Condition="C"),
            _SAME + "the resource depends on a condition",
            id="a policy that did not exist with some conditions",
        ),
        pytest.param(
            _template(*_TWO, transform="Macro"),
            _template(_ONE, transform="Macro"),
            _SAME + "a macro changes the template",
            id="a macro",
        ),
        pytest.param(
            _template(_allow("s3:Get*")),
            _template(_allow("s3:*", "arn:aws:s3:::${aws:username}/*")),
            "PolicyDocument allows more: s3:*; undecided what exactly is new: "
            "Resource has a policy variable",
            id="a policy variable",
        ),
        pytest.param(
            _text_template({"Fn::Sub": json.dumps({"Statement": _ONE})}),
            _template(_allow("s3:Get*")),
            "PolicyDocument allows more: s3:Get*; undecided what exactly is new: "
            "a statement is not known",
            id="an old policy that only the deployment knows",
        ),
        pytest.param(
            _template(_allow("s3:Get*"), _P),
            _template(_allow("s3:*")),
            "PolicyDocument allows more: s3:*; undecided what exactly is new: "
            "a statement is not known",
            id="an old statement that only the deployment knows",
        ),
        pytest.param(
            _template(_allow("s3:Get*")),
            _template(_allow("s3:*"), *(_if(f"C{n}", _deny("s3:Put*")) for n in range(9))),
            "PolicyDocument allows more: s3:*; undecided what exactly is new: "
            "the policies depend on too many conditions",
            id="too many conditions",
        ),
    ],
)
def test_what_is_not_proven_is_reported_as_undecided(
    before: Template, after: Template, expected: str
) -> None:
    assert _found(before, after) == [(expected, None)]


def _request(action: str, resource: str = "arn:aws:s3:::logs/example", **context: Any) -> Any:
    return {"action": action, "resource": resource, "context": context}


@pytest.mark.parametrize(
    ("before", "after", "detail", "example"),
    [
        pytest.param(
            _template(_allow("s3:GetObject")),
            _template(_allow(["s3:GetObject", "s3:PutObject"])),
            f"newly allowed, for example: {_HOLDER} calls s3:PutObject on {_EXAMPLE}",
            _request("s3:PutObject"),
            id="an action more, not the one that was allowed",
        ),
        pytest.param(
            {"Resources": {}},
            _template(_allow("s3:PutObject", Principal={"Service": "sns.amazonaws.com"})),
            "newly allowed, for example: sns.amazonaws.com calls s3:PutObject on "
            "arn:aws:s3:::logs/example",
            {"principal": "Service:sns.amazonaws.com", **_request("s3:PutObject")},
            id="a new policy",
        ),
        pytest.param(
            _template(_allow("s3:GetObject", Principal={"AWS": "111122223333"})),
            _template(_allow("s3:GetObject", Principal={"AWS": _ROLE})),
            f"newly allowed, for example: {_ROLE} calls s3:GetObject on arn:aws:s3:::logs/example",
            {"principal": f"AWS:{_ROLE}", **_request("s3:GetObject")},
            id="a role of an account whose administrators decided before",
        ),
        pytest.param(
            _template(_allow("s3:GetObject", Principal={"AWS": _OWN})),
            _template(_allow("s3:GetObject", Principal={"AWS": _ROLE})),
            f"newly allowed, for example: {_ROLE} calls s3:GetObject on arn:aws:s3:::logs/example",
            {"principal": f"AWS:{_ROLE}", **_request("s3:GetObject")},
            id="a role of the own account",
        ),
        pytest.param(
            _template(_allow("s3:GetObject", Principal={"AWS": {"Ref": "AWS::AccountId"}})),
            _template(_allow("s3:GetObject", Principal={"AWS": _ROLE})),
            f"newly allowed, for example: {_ROLE} calls s3:GetObject on arn:aws:s3:::logs/example",
            {"principal": f"AWS:{_ROLE}", **_request("s3:GetObject")},
            id="a role of the own account by its ID",
        ),
        pytest.param(
            _template(_allow("s3:GetObject", Principal={"AWS": _ROOT})),
            _template(_allow("s3:GetObject", Principal="*", Condition=_OF_ROLE)),
            f"newly allowed, for example: {_ROLE} calls s3:GetObject on arn:aws:s3:::logs/example",
            {"principal": f"AWS:{_ROLE}", **_request("s3:GetObject")},
            id="the same role, by a condition",
        ),
        pytest.param(
            _template(_allow("s3:PutObject"), _deny("s3:*", Condition=_SECURE)),
            _template(_allow("s3:PutObject")),
            f"no longer denied, for example: {_HOLDER} calls s3:GetObject on "
            'arn:aws:s3:::logs/example (aws:securetransport "false")',
            _request("s3:GetObject", **{"aws:securetransport": "false"}),
            id="a Deny less, also of what this policy does not allow",
        ),
        pytest.param(
            _template(_allow("s3:GetObject", Principal={"AWS": _OWN})),
            _template(_allow(["s3:GetObject", "s3:PutObject"], Principal={"AWS": _OWN})),
            "newly allowed, for example: arn:aws:iam::111122223333:role/Example calls "
            f"s3:PutObject on arn:aws:s3:::logs/example ({_AT_DEPLOYMENT})",
            {
                "principal": "AWS:arn:aws:iam::111122223333:role/Example",
                **_request("s3:PutObject"),
            },
            id="an action more for the own account",
        ),
        pytest.param(
            _template(_if("C", _deny("s3:GetObject"))),
            _template(_if("C", _deny("s3:GetObject", Condition=_SECURE))),
            f"no longer denied, for example: {_HOLDER} calls s3:GetObject on "
            f'arn:aws:s3:::logs/example (aws:securetransport "true") ({_AT_DEPLOYMENT})',
            _request("s3:GetObject", **{"aws:securetransport": "true"}),
            id="a Deny with another condition, if the template has it",
        ),
        pytest.param(
            _template(_allow("s3:GetObject")),
            _template(_allow(["s3:GetObject", "s3:PutObject"]), _deny("s3:Get*")),
            f"newly allowed, for example: {_HOLDER} calls s3:PutObject on {_EXAMPLE}",
            _request("s3:PutObject"),
            id="an action more, and a Deny of another one",
        ),
        pytest.param(
            _template(_allow("s3:GetObject", _P)),
            _template(_allow("s3:GetObject", _Q)),
            f"newly allowed, for example: {_HOLDER} calls s3:GetObject on <Q> ({_AT_DEPLOYMENT})",
            _request("s3:GetObject", "<Q>"),
            id="another parameter, which may have the same value",
        ),
        pytest.param(
            _template(_if("C", _allow("s3:GetObject"))),
            _template(_allow("s3:GetObject"), _if("C", _allow("s3:PutObject"))),
            f"newly allowed, for example: {_HOLDER} calls s3:PutObject on {_EXAMPLE} "
            f"({_AT_DEPLOYMENT})",
            _request("s3:PutObject"),
            id="an action more with a condition of the template",
        ),
    ],
)
def test_what_is_new_is_said_with_an_example(
    before: Template, after: Template, detail: str, example: Any
) -> None:
    (without,) = broadened_access(before, after, _without_z3)
    expected = replace(without, detail=detail, example=example)
    assert list(broadened_access(before, after, _with_z3)) == [expected]
    assert expected.sentence == f"{without.text}; {detail}"


_DENIES_LESS = (
    "PolicyDocument denies less: s3:* (with conditions); no longer denied, for example: "
    f'{_HOLDER} calls s3:GetObject on {_EXAMPLE} (aws:securetransport "false")'
)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param({"Resources": {}}, [], id="the bucket is removed, too"),
        pytest.param(
            {"Resources": {"B": {"Type": "AWS::S3::Bucket"}}},
            [
                (
                    _DENIES_LESS,
                    _request("s3:GetObject", **{"aws:securetransport": "false"}),
                )
            ],
            id="the bucket stays, and what its policy denied is possible",
        ),
    ],
)
def test_a_policy_that_is_removed(after: Template, expected: Any) -> None:
    policy = _template(
        _allow("s3:GetObject"), _deny("s3:*", Condition=_SECURE), bucket={"Ref": "B"}
    )
    before = {"Resources": {**policy["Resources"], "B": {"Type": "AWS::S3::Bucket"}}}
    assert _found(before, after) == expected


@pytest.mark.parametrize(
    ("principal", "caller"),
    [
        pytest.param("*", "anyone", id="everyone"),
        pytest.param({"AWS": "*"}, "anyone", id="everyone, as AWS"),
        pytest.param({"AWS": _ROLE}, _ROLE, id="a role"),
        pytest.param({"Service": "sns.amazonaws.com"}, "sns.amazonaws.com", id="a service"),
    ],
)
def test_who_calls_in_an_example(principal: Any, caller: str) -> None:
    after = _template(_allow("s3:GetObject", Principal=principal))
    ((sentence, _),) = _found({"Resources": {}}, after)
    expected = f"newly allowed, for example: {caller} calls s3:GetObject on {_EXAMPLE}"
    assert sentence.partition("; ")[2] == expected


def test_an_example_has_no_key_that_does_not_matter() -> None:
    of_topic = {"StringEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:topic"}}
    tls = _deny("s3:*", Condition=_SECURE)
    before = _template(_allow("s3:PutObject", Condition=of_topic), tls)
    after = _template(_allow("s3:PutObject", Condition=of_topic), _allow("s3:GetObject"), tls)
    ((_, example),) = _found(before, after)
    assert example == _request("s3:GetObject", **{"aws:securetransport": "true"})


def test_without_z3_it_says_what_it_said() -> None:
    found = broadened_access(_template(*_TWO), _template(_ONE), _without_z3)
    text = "PolicyDocument allows more: s3:Get*, s3:Put*"
    assert list(found) == [Impact(risk=Risk.BROADEN, logical_id="R", text=text)]


def test_a_statement_that_is_the_same_does_not_hide_another_one() -> None:
    after = _template(_ONE, _allow("s3:DeleteObject"))
    (found,) = broadened_access(_template(*_TWO), after, _with_z3)
    assert (found.text, found.example) == (
        "PolicyDocument allows more: s3:DeleteObject",
        _request("s3:DeleteObject"),
    )


def test_policies_of_a_role_are_judged_together() -> None:
    def role(*statements: Any) -> dict[str, Any]:
        policies = [
            {"PolicyName": f"P{number}", "PolicyDocument": {"Statement": statement}}
            for number, statement in enumerate(statements)
        ]
        return {
            "Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"Policies": policies}}}
        }

    assert _found(role(*_TWO), role(_ONE)) == []


def test_z3_is_not_asked_for_if_nothing_may_be_broader() -> None:
    asked: list[str] = []

    def solver() -> None:
        asked.append("asked")

    assert list(broadened_access(_template(*_TWO), _template(_TWO[0]), solver)) == []
    assert asked == []


def test_what_takes_too_long_is_undecided() -> None:
    times = iter([0.0, MOST_SECONDS, MOST_SECONDS + 1])
    find = limited(find_request, lambda: next(times))
    assert find(TRUE) == Request()
    with pytest.raises(UndecidableError, match="it takes too long"):
        find(TRUE)


def test_the_installed_z3_is_found() -> None:
    find = installed_solver()
    assert find is not None
    assert find(TRUE) == Request()


def test_a_plan_has_the_example_in_text_markdown_and_json() -> None:
    before = _template(_allow("s3:GetObject"))
    after = _template(_allow(["s3:GetObject", "s3:PutObject"]))
    plan = DeployPlan((plan_from_templates(source("s", after), before, "before"),))
    request = f"newly allowed, for example: {_HOLDER} calls s3:PutObject on {_EXAMPLE}"
    (impact,) = json.loads(as_json(plan))["stacks"][0]["impacts"]
    shown = f"PolicyDocument allows more: s3:GetObject, s3:PutObject; {request}"
    assert f"    broaden        R: {shown}" in to_text(plan).splitlines()
    assert f"- **broaden** `R`: {shown}" in to_markdown(plan).splitlines()
    assert impact == {
        "risk": "broaden",
        "logical_id": "R",
        "text": "PolicyDocument allows more: s3:GetObject, s3:PutObject",
        "detection": "",
        "severity": "",
        "detail": request,
        "example": _request("s3:PutObject"),
    }
