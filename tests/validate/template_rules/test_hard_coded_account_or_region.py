"""The rule E9808: resources and outputs contain no literal partition, account ID or Region."""

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
    sub,
)
from trailbell.validate.template_rules.HardCodedAccountOrRegion import HardCodedAccountOrRegion


def _named(value: object, name: str = "TopicName") -> Resources:
    return {"T": resource("SNS::Topic", **{name: value})}


def _policy(**statement: object) -> Resources:
    return _named({"Statement": [{"Effect": "Allow", **statement}]}, "PolicyDocument")


_PATH = "T.Properties.TopicName"
_CASES = [
    silent(
        "an ARN of pseudo parameters", _named(sub("arn:${AWS::Partition}:sns:${AWS::Region}:x"))
    ),
    silent("a parameter", _named(ref("Name"))),
    silent("a service's principal", _named("cloudtrail.amazonaws.com")),
    silent("eleven digits", _named("11112222333")),
    silent("thirteen digits", _named("1111222233334")),
    silent("digits inside a word", _named("key-111122223333-x")),
    silent("a Region inside a word", _named("my-us-east-1-topic")),
    silent("a display name", _named("as in us-east-1", "DisplayName")),
    silent(
        "a filter pattern that excludes a role",
        _named("arn:aws:iam::111122223333:role/x", "FilterPattern"),
    ),
    silent(
        "a bucket of a Region", _named("https://artifacts.s3.us-east-1.amazonaws.com/template.yaml")
    ),
    silent("an image of a Region", _named("111122223333.dkr.ecr.us-east-1.amazonaws.com/app:1")),
    silent("the code of a build", _named("aws s3 cp x s3://y --region us-east-1", "BuildSpec")),
    silent(
        "a template of CDK for one account and Region",
        {
            "T": resource("SNS::Topic", TopicName="arn:aws:sns:us-east-1:111122223333:x")
            | {"Metadata": {"aws:cdk:path": "Stack/T/Resource"}}
        },
    ),
    silent("a name that resembles a Region", _named("us-east-99")),
    silent(
        "a layer that another account publishes",
        _named([sub("arn:${AWS::Partition}:lambda:eu-west-1:111122223333:layer:insights:1")]),
    ),
    fires(
        "a partition",
        _named("arn:aws:s3:::logs"),
        (_PATH, "The partition 'aws' is hard-coded. Use ${AWS::Partition} instead."),
    ),
    fires(
        "another partition",
        _named(sub("arn:aws-us-gov:s3:::${Name}")),
        (
            f"{_PATH}.Fn::Sub",
            "The partition 'aws-us-gov' is hard-coded. Use ${AWS::Partition} instead.",
        ),
    ),
    silent(
        "the event bus of another account",
        _named(sub("arn:${AWS::Partition}:events:eu-west-1:111122223333:event-bus/security")),
    ),
    silent(
        "a role of another account to assume",
        _policy(
            Action="sts:AssumeRole",
            Resource=[sub("arn:${AWS::Partition}:iam::111122223333:role/Reader")],
        ),
    ),
    silent(
        "an application that AWS publishes in one Region",
        _named("arn:aws:serverlessrepo:us-east-1:111122223333:applications/x", "ApplicationId"),
    ),
    silent(
        "a repository of images of AWS",
        _policy(
            Action="ecr:BatchGetImage",
            Resource=sub("arn:${AWS::Partition}:ecr:us-west-2:111122223333:repository/cni"),
        ),
    ),
    silent(
        "an algorithm that was bought",
        _named(sub("arn:${AWS::Partition}:sagemaker:us-east-1:111122223333:algorithm/trees")),
    ),
    silent(
        "an image, whose ID is that of one Region",
        _policy(
            Action="ec2:RunInstances",
            Resource=sub("arn:${AWS::Partition}:ec2:us-east-1::image/ami-1"),
        ),
    ),
    silent(
        "the host of one file system", _named("fs-1a2b.efs.eu-west-2.amazonaws.com:/", "Location")
    ),
    silent(
        "the issuer of one cluster",
        _named("https://oidc.eks.eu-west-1.amazonaws.com/id/0F0F", "Url"),
    ),
    silent("an account alone, which may be any", _named("111122223333")),
    silent("a Region alone, which may be meant", _named("eu-west-1", "Location")),
    silent(
        "the principal of a service in a Region",
        _policy(Principal={"Service": "guardduty.af-south-1.amazonaws.com"}),
    ),
    silent(
        "a condition", _policy(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})
    ),
    silent("Regions of a StackSet", _named(["eu-central-1", "us-east-1"], "Regions")),
    silent("another account", _named("111122223333", "TargetAccountId")),
    silent("the image of another account", _named("ami-1, owner 111122223333", "ImageId")),
    silent("code", _named("client('sns.us-east-1.amazonaws.com')", "ZipFile")),
    silent(
        "a certificate of CloudFront",
        _named(sub("arn:${AWS::Partition}:acm:us-east-1:${AWS::AccountId}:certificate/x")),
    ),
    silent(
        "another account as a principal, which is in one partition",
        _policy(Principal={"AWS": [either("arn:aws-us-gov:iam::111122223333:root", "x")]}),
    ),
    silent(
        "another account that may use an endpoint service",
        _named(["arn:aws:iam::111122223333:root"], "AllowedPrincipals"),
    ),
    silent(
        "the partition of a role of another account",
        _policy(Action="sts:AssumeRole", Resource="arn:aws:iam::111122223333:role/Reader"),
    ),
    fires(
        "the partition of a principal, which can be written otherwise",
        _policy(Principal={"AWS": sub("arn:aws:iam::${Account}:root")}),
        (
            "T.Properties.PolicyDocument.Statement.0.Principal.AWS.Fn::Sub",
            "The partition 'aws' is hard-coded. Use ${AWS::Partition} instead.",
        ),
    ),
    fires(
        "an account in an ARN",
        _named(sub("arn:${AWS::Partition}:sns:${AWS::Region}:111122223333:x")),
        (
            f"{_PATH}.Fn::Sub",
            "The account ID '111122223333' is hard-coded. Use ${AWS::AccountId} instead.",
        ),
    ),
    fires(
        "a role of one account to pass",
        _policy(
            Action=["sts:AssumeRole", "iam:PassRole"],
            Resource=sub("arn:${AWS::Partition}:iam::111122223333:role/Reader"),
        ),
        (
            "T.Properties.PolicyDocument.Statement.0.Resource.Fn::Sub",
            "The account ID '111122223333' is hard-coded. Use ${AWS::AccountId} instead.",
        ),
    ),
    fires(
        "the partition of a role to assume in any account",
        _policy(Action="sts:AssumeRole", Resource="arn:aws:iam::*:role/Reader"),
        (
            "T.Properties.PolicyDocument.Statement.0.Resource",
            "The partition 'aws' is hard-coded. Use ${AWS::Partition} instead.",
        ),
    ),
    fires(
        "the instances of one Region",
        _policy(
            Action="ec2:RunInstances",
            Resource=sub("arn:${AWS::Partition}:ec2:us-east-1:${AWS::AccountId}:instance/*"),
        ),
        (
            "T.Properties.PolicyDocument.Statement.0.Resource.Fn::Sub",
            "The Region 'us-east-1' is hard-coded. Use ${AWS::Region} instead.",
        ),
    ),
    fires(
        "a training job of one account",
        _named(sub("arn:${AWS::Partition}:sagemaker:${AWS::Region}:111122223333:training-job/x")),
        (
            f"{_PATH}.Fn::Sub",
            "The account ID '111122223333' is hard-coded. Use ${AWS::AccountId} instead.",
        ),
    ),
    fires(
        "the host of an API of the template",
        _named(sub("https://${Api}.execute-api.us-east-1.amazonaws.com/v1"), "Uri"),
        (
            "T.Properties.Uri.Fn::Sub",
            "The Region 'us-east-1' is hard-coded. Use ${AWS::Region} instead.",
        ),
    ),
    fires(
        "the endpoint service of a Region",
        _named("com.amazonaws.us-east-1.s3", "ServiceName"),
        (
            "T.Properties.ServiceName",
            "The Region 'us-east-1' is hard-coded. Use ${AWS::Region} instead.",
        ),
    ),
    fires(
        "a Region",
        _named("sns.us-gov-west-1.amazonaws.com"),
        (_PATH, "The Region 'us-gov-west-1' is hard-coded. Use ${AWS::Region} instead."),
    ),
    fires(
        "an Availability Zone",
        _named("eu-north-1b"),
        (_PATH, "The Region 'eu-north-1' is hard-coded. Use ${AWS::Region} instead."),
    ),
    fires(
        "all three in one branch",
        _named(either("x", "arn:aws:sns:us-east-1:123456789012:x")),
        (
            f"{_PATH}.Fn::If.2",
            (
                "The partition 'aws', the account ID '123456789012' and the Region 'us-east-1' are "
                "hard-coded. Use ${AWS::Partition}, ${AWS::AccountId} and ${AWS::Region} instead."
            ),
        ),
    ),
    silent(
        "a delimiter, which no function can be",
        _named({"Fn::Join": [",arn:aws:s3:::", ref("Buckets")]}),
    ),
    silent(
        "a text that another tool expands",
        _policy(
            Principal={"AWS": "Fn::EnumTargetAccounts Readers arn:aws:iam::${account}:root"},
        ),
    ),
    fires(
        "a partition in several texts of a resource, and of another one",
        _policy(Resource=["arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws-cn:s3:::c"])
        | {"U": resource("SNS::Topic", TopicName="arn:aws:s3:::d")},
        (
            "T.Properties.PolicyDocument.Statement.0.Resource.0",
            (
                "The partition 'aws' is hard-coded, and in 1 more text of this resource. "
                "Use ${AWS::Partition} instead."
            ),
        ),
        (
            "T.Properties.PolicyDocument.Statement.0.Resource.2",
            "The partition 'aws-cn' is hard-coded. Use ${AWS::Partition} instead.",
        ),
        (
            "U.Properties.TopicName",
            "The partition 'aws' is hard-coded. Use ${AWS::Partition} instead.",
        ),
    ),
    fires(
        "a pseudo parameter outside of Fn::Sub, which is another fault",
        _named("arn:aws:sns:${AWS::Region}:x"),
        (_PATH, "The partition 'aws' is hard-coded. Use ${AWS::Partition} instead."),
    ),
    fires(
        "two resources of a loop",
        {
            "Fn::ForEach::All": [
                "N",
                ["a"],
                {f"{name}${{N}}": resource("SNS::Topic", TopicName="arn:aws:x") for name in "TU"},
            ]
        },
        (
            "Fn::ForEach::All.2.T${N}.Properties.TopicName",
            "The partition 'aws' is hard-coded. Use ${AWS::Partition} instead.",
        ),
        (
            "Fn::ForEach::All.2.U${N}.Properties.TopicName",
            "The partition 'aws' is hard-coded. Use ${AWS::Partition} instead.",
        ),
    ),
    fires(
        "a policy variable, which Fn::Sub would replace",
        _policy(Resource="arn:aws:iam::*:user/${aws:username}"),
        (
            "T.Properties.PolicyDocument.Statement.0.Resource",
            (
                "The partition 'aws' is hard-coded. Use ${AWS::Partition} instead. In Fn::Sub, "
                "${aws:username} is ${!aws:username}."
            ),
        ),
    ),
]


def test_outputs_are_checked() -> None:
    assert rule_matches(
        HardCodedAccountOrRegion(),
        {},
        Outputs={"O": {"Description": "us-east-1", "Value": "sns.us-east-1.amazonaws.com"}},
    ) == [("Outputs.O.Value", "The Region 'us-east-1' is hard-coded. Use ${AWS::Region} instead.")]


def test_parameters_mappings_and_conditions_are_not_checked() -> None:
    assert (
        rule_matches(
            HardCodedAccountOrRegion(),
            {},
            Parameters={"P": {"Type": "String", "Default": "us-east-1"}},
            Mappings={"M": {"us-east-1": {"Account": "123456789012"}}},
            Conditions={"C": {"Fn::Equals": [ref("AWS::Region"), "us-east-1"]}},
        )
        == []
    )


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(HardCodedAccountOrRegion(), resources) == findings
