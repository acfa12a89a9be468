"""Plans of templates as others publish them: a comparison or one error, never a traceback."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deploy.conftest import source as source_of
from trailbell.deploy import plan_file
from trailbell.diff import markdown_report, report, templates
from trailbell.diff.model import DeployPlan
from trailbell.dist.built_templates import parse_document
from trailbell.errors import ContentError

_NAMES = st.sampled_from(["A", "B", "C", "Fn::ForEach::A", "Fn::Transform", "AWS::NoValue"])
_TYPES = st.sampled_from(
    [
        *("AWS::SNS::Topic", "AWS::Lambda::Permission", "AWS::Lambda::Function", "Custom::A"),
        *("AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Stack", "AWS::IAM::Role"),
        *("AWS::Logs::MetricFilter", "AWS::CloudWatch::Alarm", "AWS::CloudTrail::Trail"),
        *("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::S3::StorageLens", "AWS::KMS::Key"),
        *("AWS::Serverless::Function", "Own::Thing::Here", "Own::Thing::Here::MODULE", "", "A"),
        *("AWS::CloudFormation::WaitCondition", "AWS::RDS::DBInstance", "AWS::Logs::LogGroup"),
    ]
)
_KEYS = st.sampled_from(
    [
        *("Ref", "Fn::GetAtt", "Fn::If", "Fn::Sub", "Fn::Join", "Fn::FindInMap", "Condition"),
        *("Fn::ForEach::A", "Fn::Transform", "Statement", "Effect", "Action", "Principal"),
        *("NotAction", "ServiceToken", "TopicName", "FilterName", "AlarmActions", "Default"),
        *("PublicAccessBlockConfiguration", "ManagedPolicyArns", "PolicyDocument", "Value"),
        *("MetricTransformations", "StorageLensConfiguration", "Id", "IsLogging", "NoEcho"),
    ]
)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | _NAMES | st.sampled_from(["Allow", "${A.B}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=8,
)
_RESOURCE = st.fixed_dictionaries(
    {"Type": _TYPES | _ANY, "Properties": st.dictionaries(_KEYS, _ANY, max_size=4) | _ANY},
    optional={
        "Condition": _ANY,
        "DeletionPolicy": _ANY,
        "UpdateReplacePolicy": _ANY,
        "DependsOn": _ANY,
        "Metadata": _ANY,
    },
)
_WELL_SHAPED = st.fixed_dictionaries(
    {"Type": _TYPES, "Properties": st.dictionaries(_KEYS, _ANY, max_size=4)}
)
_SECTION = st.dictionaries(_NAMES, _ANY, max_size=3)
_TEMPLATE = st.fixed_dictionaries(
    {
        "Resources": st.dictionaries(_NAMES, _WELL_SHAPED, max_size=3)
        | st.dictionaries(_NAMES, _RESOURCE | _ANY, max_size=3)
    },
    optional={
        "Parameters": _SECTION | _ANY,
        "Mappings": _SECTION | _ANY,
        "Conditions": _SECTION | _ANY,
        "Outputs": _SECTION | _ANY,
        "Transform": _ANY,
        "Globals": _ANY,
    },
)


def planned(before: Any, after: Any) -> str:
    """Return a plan in its three output formats. Raises `ContentError`."""
    old, new = (parse_document(json.dumps(template), "a.json") for template in (before, after))
    plan = DeployPlan((templates.plan_from_templates(source_of("s", new), old, "before"),))
    return report.to_text(plan) + markdown_report.to_markdown(plan) + plan_file.as_json(plan)


@given(_TEMPLATE, _TEMPLATE)
@settings(max_examples=500)
def test_any_two_templates_are_compared_or_an_error(before: Any, after: Any) -> None:
    try:
        output = planned(before, after)
    except ContentError as error:
        output = str(error)
    assert output.encode()


@given(_TEMPLATE)
@settings(max_examples=100)
def test_no_template_differs_from_itself(template: Any) -> None:
    try:
        output = planned(template, template)
    except ContentError:
        return
    assert output.startswith("s, against before\n  no changes")


_SAM = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 3}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Policies:
      - Version: 2012-10-17
        Statement: [{Effect: Allow, Action: s3:GetObject, Resource: !Sub "${B.Arn}/*"}]
"""
_NESTED = """
Resources:
  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a, Parameters: {P: 012345}}}
Outputs:
  O: {Value: !GetAtt S.Outputs.A}
"""
_LOOP = """
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Topics:
  - Name
  - [a, b]
  - T${Name}: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Name}}
Outputs:
  Fn::ForEach::Out: [Name, [a, b], {}]
"""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            _SAM,
            _SAM.replace("2012-10-17", '"2012-10-17"'),
            ["  no changes"],
            id="a date with and without quotes",
        ),
        pytest.param(
            _SAM,
            _SAM.replace("a.b", "c.d"),
            [
                "  1 to replace",
                "  ± F  AWS::Serverless::Function  may be replaced; the old resource is deleted",
                "      Handler: a.b → c.d  (may require replacement)",
                "  risks",
                "    replace        F: may be replaced; the old resource is deleted",
                "",
                "costs: not known (resources that a macro creates)",
            ],
            id="a type that only a macro knows",
        ),
        pytest.param(
            _NESTED,
            _NESTED.replace("!GetAtt S.Outputs.A", "{Fn::GetAtt: S.Outputs.A}"),
            ["  no changes"],
            id="an output of a nested stack, in short and in long form",
        ),
        pytest.param(
            _LOOP,
            _LOOP.replace("[a, b]", "[a, c]"),
            [
                "  1 to replace",
                (
                    "  unknown: Fn::ForEach::Topics: What the macro or loop creates could not be "
                    "judged."
                ),
                (
                    "  ± Fn::ForEach::Topics  Fn::ForEach  may be replaced; the old resource is "
                    "deleted"
                ),
                "      [1][1]: b → c  (may require replacement)",
                '  output Fn::ForEach::Out: ["Name", ["a", "b"], {}] → ["Name", ["a", "c"], {}]',
                "  risks",
                (
                    "    replace        Fn::ForEach::Topics: may be replaced; the old resource is "
                    "deleted"
                ),
                "",
                "costs: not known (resources that a macro creates)",
            ],
            id="another iteration of a loop",
        ),
    ],
)
def test_two_versions(before: str, after: str, expected: list[str]) -> None:
    old, new = parse_document(before, "a.yaml"), parse_document(after, "b.yaml")
    plan = DeployPlan((templates.plan_from_templates(source_of("s", new), old, "before"),))
    assert report.to_text(plan).splitlines()[1:] == expected
