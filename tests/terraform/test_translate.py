"""A module of Terraform as a template."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.terraform.module import read_module
from trailbell.terraform.translate import translate


def _template(**document: Any) -> dict[str, Any]:
    return translate(read_module({"main.tf.json": document})).template


def _resources(**types: Any) -> dict[str, Any]:
    resources: dict[str, Any] = _template(resource=types)["Resources"]
    return resources


_TOPIC = {"alerts": {"name": "alerts"}}
_TOPIC_RESOURCE = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alerts"}}
_TOPIC_REF = {"Ref": "AwsSnsTopicAlerts"}
_EACH_KEY = {"Fn::ImportValue": "each.key"}


@pytest.mark.parametrize(
    ("resource", "properties"),
    [
        pytest.param({"alarm_name": "a"}, {"AlarmName": "a"}, id="text"),
        pytest.param({"alarm_name": None}, {}, id="null, which is no argument"),
        pytest.param({"tags": {"a": "b"}}, {}, id="an argument that no rule reads"),
        pytest.param({"actions_enabled": False}, {"ActionsEnabled": False}, id="a literal"),
        pytest.param(
            {"alarm_actions": ["${aws_sns_topic.alerts.arn}"]},
            {"AlarmActions": [_TOPIC_REF]},
            id="a reference whose value is that of Ref",
        ),
        pytest.param(
            {"alarm_actions": "${[aws_sns_topic.alerts.arn, var.other]}"},
            {"AlarmActions": [_TOPIC_REF, {"Ref": "VarOther"}]},
            id="a list in an expression",
        ),
        pytest.param(
            {"alarm_actions": "${concat(var.a, var.b)}"},
            {"AlarmActions": {"Fn::ImportValue": "concat(var.a, var.b)"}},
            id="a function",
        ),
        pytest.param(
            {"alarm_actions": ["${aws_sns_topic.other.arn}"]},
            {"AlarmActions": [{"Fn::ImportValue": "aws_sns_topic.other.arn"}]},
            id="a resource that is not in the module",
        ),
        pytest.param(
            {"alarm_name": "${local.prefix}-root"},
            {"AlarmName": "cis-root"},
            id="a local in text",
        ),
        pytest.param({"alarm_name": "${local.prefix}"}, {"AlarmName": "cis"}, id="a local"),
        pytest.param(
            {"alarm_name": "${local.circle}"},
            {"AlarmName": {"Fn::ImportValue": "local.circle"}},
            id="a circle, which Terraform rejects",
        ),
        pytest.param(
            {"alarm_name": "${var.name}"}, {"AlarmName": {"Ref": "VarName"}}, id="a variable"
        ),
        pytest.param(
            {"alarm_actions": "${var.list}"},
            {"AlarmActions": {"Fn::ImportValue": "var.list"}},
            id="a variable whose default is a list",
        ),
        pytest.param(
            {"alarm_name": "a-${each.key}"},
            {
                "AlarmName": {
                    "Fn::Sub": ["a-${Value1}", {"Value1": {"Fn::ImportValue": "each.key"}}]
                }
            },
            id="an unknown part of text",
        ),
        pytest.param(
            {"alarm_name": "${data.aws_region.current.name}-$${x}-${var.name}"},
            {"AlarmName": {"Fn::Sub": "${AWS::Region}-${!x}-${VarName}"}},
            id="the Region, and text in braces",
        ),
        pytest.param(
            {"metric_query": [{"id": "a", "metric": {"metric_name": "m", "namespace": "n"}}]},
            {
                "Metrics": [
                    {"Id": "a", "MetricStat": {"MetricName": "m", "Namespace": "n"}},
                ]
            },
            id="blocks in blocks",
        ),
        pytest.param(
            {"dynamic": {"metric_query": {"for_each": "${var.a}"}}},
            {"Metrics": {"Fn::ImportValue": "aws_cloudwatch_metric_alarm.a metric_query"}},
            id="blocks of an expression",
        ),
        pytest.param(
            {"dimensions": {"FunctionName": "${aws_sns_topic.alerts.name}"}},
            {"Dimensions": [{"Key": "FunctionName", "Value": _TOPIC_REF}]},
            id="a map of dimensions",
        ),
    ],
)
def test_arguments(resource: dict[str, Any], properties: dict[str, Any]) -> None:
    template = _template(
        locals={"prefix": "cis", "circle": "${local.circle}"},
        variable={"name": {"default": "x"}, "list": {"default": ["x"]}},
        resource={"aws_cloudwatch_metric_alarm": {"a": resource}, "aws_sns_topic": _TOPIC},
    )
    alarm = template["Resources"]["AwsCloudwatchMetricAlarmA"]
    assert alarm == {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def test_variables_are_parameters_with_their_defaults() -> None:
    template = _template(
        variable={"on": {"default": True}, "name": {}},
        resource={"aws_sns_topic": {"a": {"name": "${var.on}${var.name}${var.missing}"}}},
    )
    assert template["Parameters"] == {
        "VarOn": {"Type": "String", "Default": "true"},
        "VarName": {"Type": "String"},
        "VarMissing": {"Type": "String"},
    }


def test_variables_whose_names_are_alike_are_not_taken_for_one() -> None:
    template = _template(
        variable={"a_b": {"default": "x"}, "a-b": {"default": "y"}},
        resource={
            "aws_sns_topic": {"a": {"name": "${var.a_b}", "kms_master_key_id": "${var.a-b}"}}
        },
    )
    assert template["Parameters"] == {"VarAB": {"Type": "String", "Default": "x"}}
    assert template["Resources"]["AwsSnsTopicA"]["Properties"] == {
        "TopicName": {"Ref": "VarAB"},
        "KmsMasterKeyId": {"Fn::ImportValue": "var.a-b"},
    }


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"resource": {"aws_sns_topic": _TOPIC}}, id="objects"),
        pytest.param({"resource": [{"aws_sns_topic": [_TOPIC]}]}, id="arrays of objects"),
        pytest.param([{"resource": {"aws_sns_topic": _TOPIC}}], id="an array of files"),
        pytest.param({"resource": {"aws_sns_topic": {"alerts": [_TOPIC["alerts"]]}}}, id="bodies"),
        pytest.param(
            {"//": "a", "resource": {"//": "b", "aws_sns_topic": {"//": {}, **_TOPIC}}},
            id="comments",
        ),
        pytest.param(
            {"resource": {"aws_sns_topic": _TOPIC, "aws_vpc": {"a": {}}}, "output": 1},
            id="what refers to nothing",
        ),
    ],
)
def test_forms_of_the_syntax(document: Any) -> None:
    template = translate(read_module({"main.tf.json": document})).template
    assert template == {"Resources": {"AwsSnsTopicAlerts": _TOPIC_RESOURCE}}


def test_files_are_one_module() -> None:
    files = {
        "a.tf.json": {"resource": {"aws_sns_topic": _TOPIC}},
        "b.tf.json": {
            "resource": {"aws_sns_topic_policy": {"p": {"arn": "${aws_sns_topic.alerts.arn}"}}}
        },
    }
    translation = translate(read_module(files))
    policy = translation.template["Resources"]["AwsSnsTopicPolicyP"]
    assert policy["Properties"] == {"Topics": [_TOPIC_REF]}
    origin = translation.origin(("Resources", "AwsSnsTopicPolicyP", "Properties", "Topics", 0))
    assert origin is not None
    assert (origin.file, origin.address, origin.argument) == (
        *("b.tf.json", "aws_sns_topic_policy.p", "arn[0]"),
    )


def test_parts_are_in_the_resource_that_they_name() -> None:
    resources = _resources(
        aws_s3_bucket={"b": {}},
        aws_s3_bucket_public_access_block={
            "p": {"bucket": "${aws_s3_bucket.b.id}", "block_public_acls": True},
            "elsewhere": {"bucket": "other", "block_public_acls": True},
        },
        aws_cloudwatch_event_rule={"r": {"name": "r"}},
        aws_cloudwatch_event_target={
            "one": {"rule": "${aws_cloudwatch_event_rule.r.name}", "arn": "a"},
            "two": {"rule": "${aws_cloudwatch_event_rule.r.name}", "arn": "b"},
        },
        aws_kms_key={"k": {}},
        aws_kms_key_policy={"k": {"key_id": "${aws_kms_key.k.id}", "policy": "{}"}},
    )
    assert resources == {
        "AwsS3BucketB": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": False,
                    "IgnorePublicAcls": False,
                    "RestrictPublicBuckets": False,
                }
            },
        },
        "AwsCloudwatchEventRuleR": {
            "Type": "AWS::Events::Rule",
            "Properties": {"Name": "r", "Targets": [{"Arn": "a"}, {"Arn": "b"}]},
        },
        "AwsKmsKeyK": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": "{}"}},
    }


def test_a_policy_in_the_resource_itself() -> None:
    resources = _resources(aws_sns_topic={"alerts": {"name": "alerts", "policy": "{}"}})
    assert resources == {
        "AwsSnsTopicAlerts": _TOPIC_RESOURCE,
        "AwsSnsTopicAlertsPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [_TOPIC_REF], "PolicyDocument": "{}"},
        },
    }


def test_names_that_differ_in_marks_only_are_two_resources() -> None:
    resources = _resources(aws_sns_topic={"a-b": {"name": "1"}, "a_b": {"name": "2"}})
    assert [each["Properties"]["TopicName"] for each in resources.values()] == ["1", "2"]


@pytest.mark.parametrize(
    ("comment", "ignored"),
    [
        pytest.param("a note", None, id="another comment"),
        pytest.param(
            {"metadata": {"path": "Stack/Topic"}}, None, id="what CDK for Terraform writes"
        ),
        pytest.param("trailbell:ignore=E9804 on a dashboard", ["E9804"], id="a rule and a reason"),
        pytest.param(["x", "trailbell:ignore=E9804,W9839"], ["E9804", "W9839"], id="two rules"),
    ],
)
def test_rules_that_a_comment_ignores(comment: Any, ignored: list[str] | None) -> None:
    (topic,) = _resources(aws_sns_topic={"a": {"//": comment}}).values()
    metadata = {"cfn-lint": {"config": {"ignore_checks": ignored}}}
    assert topic.get("Metadata") == (metadata if ignored else None)


_STATEMENT = {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/*"]}
_ALLOW = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"]}
_UNKNOWN = {"Fn::ImportValue": "data.aws_iam_policy_document.d.json"}


@pytest.mark.parametrize(
    ("arguments", "document"),
    [
        pytest.param(
            {"statement": _STATEMENT, "source_policy_documents": ["${var.x}"]},
            _UNKNOWN,
            id="made of others",
        ),
        pytest.param({"dynamic": {"statement": {}}}, _UNKNOWN, id="statements of an expression"),
        pytest.param({"statement": _STATEMENT}, [_ALLOW], id="one statement"),
        pytest.param({"statement": [_STATEMENT, _STATEMENT]}, [_ALLOW, _ALLOW], id="two"),
        pytest.param(
            {"statement": _STATEMENT | {"sid": "A", "effect": "Deny"}},
            [{"Sid": "A"} | _ALLOW | {"Effect": "Deny"}],
            id="a Deny statement with a name",
        ),
        pytest.param(
            {"statement": {"not_actions": ["iam:*"], "not_resources": ["*"]}},
            [{"Effect": "Allow", "NotAction": ["iam:*"], "NotResource": ["*"]}],
            id="all but some",
        ),
        pytest.param(
            {
                "statement": {
                    "actions": ["sts:AssumeRole"],
                    "principals": [
                        {"type": "Service", "identifiers": ["lambda.amazonaws.com"]},
                        {"type": "AWS", "identifiers": ["111122223333"]},
                        {"type": "AWS", "identifiers": "${var.accounts}"},
                    ],
                }
            },
            [
                {
                    "Effect": "Allow",
                    "Action": ["sts:AssumeRole"],
                    "Principal": {
                        "Service": ["lambda.amazonaws.com"],
                        "AWS": ["111122223333", {"Ref": "VarAccounts"}],
                    },
                }
            ],
            id="principals",
        ),
        pytest.param(
            {"statement": _STATEMENT | {"principals": {"type": "*", "identifiers": ["*"]}}},
            [{"Effect": "Allow", "Principal": "*"} | _ALLOW],
            id="everyone",
        ),
        pytest.param(
            {
                "statement": _STATEMENT
                | {
                    "condition": [
                        {"test": "StringEquals", "variable": "a:b", "values": ["c"]},
                        {"test": "StringEquals", "variable": "d:e", "values": ["&{aws:username}"]},
                    ]
                }
            },
            [_ALLOW | {"Condition": {"StringEquals": {"a:b": ["c"], "d:e": ["${aws:username}"]}}}],
            id="conditions, and a policy variable",
        ),
        pytest.param(
            {"statement": _STATEMENT | {"dynamic": {"condition": {}}}},
            [_ALLOW | {"Condition": {"Fn::ImportValue": "dynamic"}}],
            id="conditions of an expression",
        ),
    ],
)
def test_policy_documents(arguments: dict[str, Any], document: Any) -> None:
    template = _template(
        data={"aws_iam_policy_document": {"d": arguments}},
        resource={"aws_iam_policy": {"p": {"policy": "${data.aws_iam_policy_document.d.json}"}}},
    )
    policy = template["Resources"]["AwsIamPolicyP"]["Properties"]["PolicyDocument"]
    whole = {"Version": "2012-10-17", "Statement": document}
    assert policy == (whole if isinstance(document, list) else document)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='a${}.[]"'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
_NAMES = st.sampled_from(["pattern", "metric_transformation", "policy", "rule", "dynamic", "//"])


@given(
    st.dictionaries(
        st.sampled_from(
            ["aws_cloudwatch_log_metric_filter", "aws_sns_topic", "aws_kms_key_policy"]
        ),
        st.dictionaries(st.text(max_size=3), st.dictionaries(_NAMES, _JSON) | _JSON),
    )
)
def test_any_values_are_translated(types: dict[str, Any]) -> None:
    template = _template(resource=types)
    assert all(each["Type"].startswith("AWS::") for each in template["Resources"].values())
