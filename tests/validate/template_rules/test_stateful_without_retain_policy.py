"""The rule E9811: a stateful resource says what becomes of its data."""

import pytest

from tests.validate.rule_matches import (
    NO_VALUE,
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
from trailbell.validate.template_rules.StatefulWithoutRetainPolicy import (
    StatefulWithoutRetainPolicy,
)


def _bucket(**attributes: object) -> Resources:
    return {"B": {"Type": "AWS::S3::Bucket"} | attributes}


_BOTH = "The resource has no DeletionPolicy and no UpdateReplacePolicy, so that "
_ONE = "The resource has no {}, so that "
_REPLACED = "The resource has no UpdateReplacePolicy, so that, when a change replaces it, "
_DATA = "its data is deleted."
_BUCKET = "the bucket is deleted if it is empty, and the deletion fails otherwise."
_SET = " Set {} to Retain, or to Delete if that is intended."
_CASES = [
    silent("retained", _bucket(DeletionPolicy="Retain", UpdateReplacePolicy="Retain")),
    silent(
        "retained except on creation",
        _bucket(DeletionPolicy="RetainExceptOnCreate", UpdateReplacePolicy="Retain"),
    ),
    silent("a snapshot", _bucket(DeletionPolicy="Snapshot", UpdateReplacePolicy="Snapshot")),
    silent("a topic, which holds no data", {"T": {"Type": "AWS::SNS::Topic"}}),
    silent(
        "policies that depend on a condition",
        _bucket(DeletionPolicy=either("Retain", "Delete"), UpdateReplacePolicy=ref("Policy")),
    ),
    silent("a resource without type", {"R": {}}),
    fires("no policies", _bucket(), ("B", _BOTH + _BUCKET + _SET.format("both"))),
    silent("deleted on purpose", _bucket(DeletionPolicy="Delete", UpdateReplacePolicy="Delete")),
    silent(
        "a list, which is another fault", _bucket(DeletionPolicy=["Retain"], UpdateReplacePolicy={})
    ),
    silent(
        "a cluster, which leaves a snapshot",
        {"C": {"Type": "AWS::RDS::DBCluster", "UpdateReplacePolicy": "Snapshot"}},
    ),
    silent(
        "a member of a cluster, which has no data of its own",
        {"I": {"Type": "AWS::RDS::DBInstance", "Properties": {"DBClusterIdentifier": ref("C")}}},
    ),
    silent("deletion on purpose, which replacement follows", _bucket(DeletionPolicy="Delete")),
    silent(
        "a table that is protected from deletion",
        {"T": resource("DynamoDB::Table", DeletionProtectionEnabled=True)},
    ),
    silent(
        "a global table whose replicas are protected",
        {
            "T": resource(
                "DynamoDB::GlobalTable",
                Replicas=[{"Region": "r", "DeletionProtectionEnabled": True}],
            )
        },
    ),
    fires(
        "a global table of which one replica is not protected",
        {
            "T": resource(
                "DynamoDB::GlobalTable",
                Replicas=[{"Region": "r", "DeletionProtectionEnabled": True}, {"Region": "s"}],
            )
        },
        ("T", _BOTH + _DATA + _SET.format("both")),
    ),
    fires(
        "a log group that may keep its events, and a secret of literals",
        {
            "G": resource("Logs::LogGroup", RetentionInDays=either(30, NO_VALUE)),
            "S": resource("SecretsManager::Secret", SecretString=either("a", "b")),
        },
        ("G", _BOTH + _DATA + _SET.format("both")),
        ("S", _BOTH + "its value is deleted." + _SET.format("both")),
    ),
    silent(
        "a pool that is protected",
        {"P": resource("Cognito::UserPool", DeletionProtection="ACTIVE")},
    ),
    silent("a key that stays", {"K": {"Type": "AWS::KMS::Key", "DeletionPolicy": "Retain"}}),
    silent(
        "a log group that keeps its events for a week",
        {"G": resource("Logs::LogGroup", RetentionInDays=7)},
    ),
    silent(
        "the log group of a trail, which has its bucket",
        {
            "G": resource("Logs::LogGroup", RetentionInDays=365),
            "T": resource("CloudTrail::Trail", CloudWatchLogsLogGroupArn=sub("${G.Arn}")),
        },
    ),
    silent(
        "a bucket with one rule that redirects all requests",
        {
            "B": resource(
                "S3::Bucket",
                WebsiteConfiguration={"RoutingRules": [{"RedirectRule": {"HostName": "x"}}]},
            )
        },
    ),
    fires(
        "a bucket with one rule that redirects some requests",
        {
            "B": resource(
                "S3::Bucket",
                WebsiteConfiguration={
                    "RoutingRules": [{"RedirectRule": {}, "RoutingRuleCondition": {}}]
                },
            )
        },
        ("B", _BOTH + _BUCKET + _SET.format("both")),
    ),
    silent(
        "a secret that repeats a parameter",
        {"S": resource("SecretsManager::Secret", SecretString=ref("Token"))},
    ),
    silent(
        "the password of a database",
        {
            "S": resource("SecretsManager::Secret", GenerateSecretString={}),
            "A": resource("SecretsManager::SecretTargetAttachment", SecretId=ref("S")),
        },
    ),
    silent(
        "a bucket that redirects",
        {
            "B": resource(
                "S3::Bucket", WebsiteConfiguration={"RedirectAllRequestsTo": {"HostName": "x"}}
            )
        },
    ),
    fires(
        "a table whose protection is off",
        {"T": resource("DynamoDB::Table", DeletionProtectionEnabled=False)},
        ("T", _BOTH + _DATA + _SET.format("both")),
    ),
    fires(
        "the log group of a flow log",
        {
            "G": resource("Logs::LogGroup", RetentionInDays=365),
            "F": resource("EC2::FlowLog", LogDestination=sub("${G.Arn}")),
        },
        ("G", _BOTH + _DATA + _SET.format("both")),
    ),
    fires(
        "a log group and a secret whose properties have no value",
        {
            "G": resource("Logs::LogGroup", RetentionInDays=NO_VALUE),
            "S": resource("SecretsManager::Secret", SecretString=NO_VALUE),
        },
        ("G", _BOTH + _DATA + _SET.format("both")),
        ("S", _BOTH + "its value is deleted." + _SET.format("both")),
    ),
    fires(
        "a secret that someone fills in, and one that is generated",
        {
            "S": resource("SecretsManager::Secret", SecretString="{}"),
            "T": resource("SecretsManager::Secret", GenerateSecretString={}),
        },
        ("S", _BOTH + "its value is deleted." + _SET.format("both")),
        ("T", _BOTH + "its value is deleted." + _SET.format("both")),
    ),
    fires(
        "the bucket of a website",
        {"B": resource("S3::Bucket", WebsiteConfiguration={"IndexDocument": "index.html"})},
        ("B", _BOTH + _BUCKET + _SET.format("both")),
    ),
    fires(
        "a vault, a domain and a repository",
        {
            "V": resource("Backup::BackupVault"),
            "D": resource("OpenSearchService::Domain"),
            "R": resource("CodeCommit::Repository"),
        },
        (
            "V",
            _BOTH
            + "the vault is deleted if it is empty, and the deletion fails otherwise."
            + _SET.format("both"),
        ),
        ("D", _BOTH + _DATA + _SET.format("both")),
        ("R", _BOTH + _DATA + _SET.format("both")),
    ),
    fires(
        "an instance alone, which is replaced without a snapshot",
        {"I": {"Type": "AWS::RDS::DBInstance", "Properties": {"Engine": "mysql"}}},
        ("I", _REPLACED + _DATA + _SET.format("it")),
    ),
    fires(
        "deleted",
        _bucket(UpdateReplacePolicy="Retain"),
        ("B", _ONE.format("DeletionPolicy") + _BUCKET + _SET.format("it")),
    ),
    fires(
        "deleted on replacement",
        _bucket(DeletionPolicy="Retain"),
        ("B", _REPLACED + _BUCKET + _SET.format("it")),
    ),
    fires(
        "a log group and a key",
        {"G": {"Type": "AWS::Logs::LogGroup"}, "K": {"Type": "AWS::KMS::Key"}},
        ("G", _BOTH + _DATA + _SET.format("both")),
        (
            "K",
            _ONE.format("DeletionPolicy")
            + "the key is deleted, and what it encrypted cannot be read any more."
            + _SET.format("it"),
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(StatefulWithoutRetainPolicy(), resources) == findings
