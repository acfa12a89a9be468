"""How long policies are once they are deployed, at least."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.validate.policy_size import policy_sizes

_STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def _policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements or (_STATEMENT,))}


def _length(document: Any) -> int:
    return len(json.dumps(document, separators=(",", ":")))


_ONE = _length(_policy())


def _sizes(**resources: Any) -> list[tuple[str, int, str]]:
    """What is limited, its characters, and the resource that is named."""
    found = policy_sizes(
        {
            "Parameters": {
                "Free": {"Type": "String"},
                "Long": {"Type": "String", "MinLength": "20"},
                "Chosen": {"Type": "String", "AllowedValues": ["abc", "de"]},
            },
            "Resources": resources,
        }
    )
    return [(size.limit.noun, size.used, str(size.path[1])) for size in found]


def _resource(kind: str, condition: str = "", **properties: Any) -> dict[str, Any]:
    body = {"Type": kind, "Properties": properties}
    return body | ({"Condition": condition} if condition else {})


def _managed(value: Any) -> dict[str, Any]:
    return _resource("AWS::IAM::ManagedPolicy", PolicyDocument=_policy(value))


_BARE = _length(_policy("")) - 2


@pytest.mark.parametrize(
    ("value", "characters"),
    [
        pytest.param("a b\n", 6, id="white space is left out, its escape is not"),
        pytest.param('"', 4, id="a quotation mark is two"),
        pytest.param({"Ref": "AWS::NoValue"}, 0, id="nothing at all"),
        pytest.param({"Ref": "AWS::AccountId"}, 14, id="an account"),
        pytest.param({"Ref": "Free"}, 2, id="a parameter that may be empty"),
        pytest.param({"Ref": "Long"}, 22, id="a parameter with a least length"),
        pytest.param({"Ref": "Chosen"}, 4, id="the shortest allowed value"),
        pytest.param({"Ref": "M"}, 36, id="a resource that is referred to by its ARN"),
        pytest.param({"Ref": "Elsewhere"}, 2, id="a resource of another template"),
        pytest.param({"Fn::GetAtt": ["B", "Arn"]}, 18, id="an ARN"),
        pytest.param({"Fn::GetAtt": ["B", "Name"]}, 2, id="a name"),
        pytest.param({"Fn::Sub": "${B.Arn}/${!x}/*"}, 25, id="a text with variables"),
        pytest.param({"Fn::Sub": ["${X}y", {"X": "abc"}]}, 6, id="variables of its own"),
        pytest.param({"Fn::Join": [":", ["ab", {"Ref": "AWS::Region"}]]}, 14, id="joined"),
        pytest.param({"Fn::If": ["C", "abcdef", "a"]}, 3, id="the shorter branch"),
        pytest.param({"Fn::Select": [0, ["abc"]]}, 2, id="what only CloudFormation knows"),
        pytest.param({"Fn::If": ["C", {"a": "bcd"}, {"a": "b"}]}, 9, id="branches of objects"),
        pytest.param(["a", {"Ref": "AWS::NoValue"}, 1, True], 12, id="a list"),
    ],
)
def test_the_least_that_a_value_can_be(value: Any, characters: int) -> None:
    ((_, used, _),) = _sizes(M=_managed(value))
    assert used - _BARE == characters


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        pytest.param({"T": _resource("AWS::SNS::Topic")}, [], id="no policy"),
        pytest.param({"M": _resource("AWS::IAM::ManagedPolicy")}, [], id="none in its place"),
        pytest.param({"M": _managed(_STATEMENT)}, [("managed policy", _ONE, "M")], id="managed"),
        pytest.param(
            {
                "P": _resource(
                    "AWS::S3::BucketPolicy", PolicyDocument=json.dumps(_policy(), indent=2)
                )
            },
            [("bucket policy", _ONE, "P")],
            id="JSON text counts without its white space",
        ),
        pytest.param(
            {
                "R": _resource(
                    "AWS::IAM::Role",
                    AssumeRolePolicyDocument=_policy(),
                    Policies=[{"PolicyName": "a", "PolicyDocument": _policy()}] * 2,
                ),
                "P": _resource("AWS::IAM::Policy", Roles=[{"Ref": "R"}], PolicyDocument=_policy()),
                "Q": _resource(
                    "AWS::IAM::RolePolicy", RoleName={"Ref": "R"}, PolicyDocument=_policy()
                ),
            },
            [("trust policy", _ONE, "R"), ("inline policies of a role", 4 * _ONE, "R")],
            id="all inline policies of a role together",
        ),
        *(
            pytest.param(
                {
                    "R": _resource(
                        "AWS::IAM::Role",
                        RoleName="named",
                        Policies=[{"PolicyName": "a", "PolicyDocument": _policy()}],
                    ),
                    "P": _resource("AWS::IAM::Policy", Roles=[name], PolicyDocument=_policy()),
                },
                [("inline policies of a role", 2 * _ONE, "R")],
                id=f"a role that is called {words}",
            )
            for words, name in {
                "by its name": "named",
                "by a text with a variable": {"Fn::Sub": "${R}"},
                "only under a condition": {"Fn::If": ["C", {"Ref": "R"}, {"Ref": "AWS::NoValue"}]},
            }.items()
        ),
        pytest.param(
            {
                "P": _resource("AWS::IAM::Policy", Users=["alice"], PolicyDocument=_policy()),
                "Q": _resource(
                    "AWS::IAM::Policy", Users=["alice", "bob"], PolicyDocument=_policy()
                ),
            },
            [
                ("inline policies of a user", 2 * _ONE, "P"),
                ("inline policies of a user", _ONE, "Q"),
            ],
            id="users of another template, by name",
        ),
        pytest.param(
            {
                "G": _resource("AWS::IAM::Group"),
                **{
                    name: _resource(
                        "AWS::IAM::Policy", name, Groups=[{"Ref": "G"}], PolicyDocument=_policy()
                    )
                    for name in ("P", "Q")
                },
            },
            [("inline policies of a group", _ONE, "P")],
            id="policies under different conditions may exclude each other",
        ),
        pytest.param(
            {
                "R": _resource(
                    "AWS::IAM::Role",
                    Policies={
                        "Fn::If": ["C", [{"PolicyName": "a", "PolicyDocument": _policy()}], []]
                    },
                )
            },
            [("inline policies of a role", 0, "R")],
            id="policies that may not be there",
        ),
        pytest.param(
            {"S": _resource("AWS::Organizations::Policy", Type="TAG_POLICY", Content=_policy())},
            [("tag policy", _ONE, "S")],
            id="a policy of the organization, by its type",
        ),
        pytest.param(
            {"S": _resource("AWS::Organizations::Policy", Type={"Ref": "T"}, Content=_policy())},
            [],
            id="a policy of a type that is known later",
        ),
        pytest.param(
            {"Fn::ForEach::L": ["X", ["a"], {"M${X}": _managed(_STATEMENT)}]},
            [("managed policy", _ONE, "M${X}")],
            id="in a loop",
        ),
    ],
)
def test_policies_and_sums(resources: dict[str, Any], expected: list[tuple[str, int, str]]) -> None:
    assert _sizes(**resources) == expected


_VALUES = st.recursive(
    st.text(st.characters(exclude_characters="$")) | st.integers() | st.booleans(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
)


@given(_VALUES)
def test_what_holds_no_intrinsic_counts_as_it_is_written(value: Any) -> None:
    text = json.dumps(_policy(value), ensure_ascii=False, separators=(",", ":"))
    ((_, used, _),) = _sizes(M=_managed(value))
    assert used == len("".join(text.split()))
