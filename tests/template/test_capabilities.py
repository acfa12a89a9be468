"""What CloudFormation wants acknowledged."""

from typing import Any

import pytest

from trailbell.template.capabilities import required_capabilities


def _document(**resources: Any) -> dict[str, Any]:
    return {"Resources": resources}


def _resource(kind: str, **properties: str) -> dict[str, Any]:
    return {"Type": kind} | ({"Properties": properties} if properties else {})


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param(_document(T=_resource("AWS::SNS::Topic", TopicName="x")), {}, id="a topic"),
        pytest.param(
            _document(P=_resource("AWS::IAM::OIDCProvider")),
            {},
            id="IAM resources that grant no permissions",
        ),
        pytest.param(
            _document(R=_resource("AWS::IAM::Role")),
            {"CAPABILITY_IAM": ("R is an AWS::IAM::Role",)},
            id="a role",
        ),
        pytest.param(
            _document(
                Z=_resource("AWS::IAM::Policy", PolicyName="x"), A=_resource("AWS::IAM::User")
            ),
            {"CAPABILITY_IAM": ("Z is an AWS::IAM::Policy", "A is an AWS::IAM::User")},
            id="a policy has to have a name, which is not its own",
        ),
        pytest.param(
            _document(A=_resource("AWS::IAM::Role"), B=_resource("AWS::IAM::Role", RoleName="x")),
            {
                "CAPABILITY_NAMED_IAM": (
                    "B is an AWS::IAM::Role with a RoleName",
                    "A is an AWS::IAM::Role",
                )
            },
            id="a name covers what has none",
        ),
        pytest.param(
            _document(T=_resource("AWS::SNS::Topic")) | {"Transform": "AWS::LanguageExtensions"},
            {"CAPABILITY_AUTO_EXPAND": ("the template uses AWS::LanguageExtensions",)},
            id="a transform",
        ),
        pytest.param(
            _document(R=_resource("AWS::IAM::Group")) | {"Transform": ["A", "B"]},
            {
                "CAPABILITY_AUTO_EXPAND": ("the template uses A, B",),
                "CAPABILITY_IAM": ("R is an AWS::IAM::Group",),
            },
            id="several transforms, and a group",
        ),
    ],
)
def test_capabilities(document: dict[str, Any], expected: dict[str, tuple[str, ...]]) -> None:
    assert required_capabilities(document) == expected
