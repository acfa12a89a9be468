"""The key policy: the statements of each service, and the whole document."""

from typing import Any

from awacs.aws import Statement
from troposphere import Ref, encode_to_dict

from policies.key import (
    key_policy,
    log_group_statements,
    queue_reader_statement,
    queue_statement,
    reader_statement,
    topic_statements,
    trail_statements,
)

_ADMINISTRATION = {
    "Sid": "EnableIamPolicies",
    "Effect": "Allow",
    "Principal": {"AWS": "ROOT"},
    "Action": ["kms:*"],
    "Resource": ["*"],
}


def _to_dicts(statements: list[Statement]) -> Any:
    return encode_to_dict(statements)


def test_a_key_without_services_is_controlled_by_iam_policies() -> None:
    assert encode_to_dict(key_policy(account_root="ROOT", statements=[])) == {
        "Version": "2012-10-17",
        "Statement": [_ADMINISTRATION],
    }


def test_service_statements_follow_the_administration_statement_in_order() -> None:
    service_statements = [
        *topic_statements(account="111122223333", alarms_arn="ALARMS"),
        *trail_statements(trail_arn="TRAIL", trails_arn="TRAILS"),
    ]
    document = encode_to_dict(key_policy(account_root="ROOT", statements=service_statements))
    assert document == {
        "Version": "2012-10-17",
        "Statement": [_ADMINISTRATION, *_to_dicts(service_statements)],
    }


def test_cloudtrail_generates_data_keys_for_one_trail() -> None:
    assert _to_dicts(trail_statements(trail_arn="TRAIL", trails_arn="TRAILS")) == [
        {
            "Sid": "AllowCloudTrailEncryptLogs",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": ["kms:GenerateDataKey*"],
            "Resource": ["*"],
            "Condition": {
                "StringEquals": {"aws:SourceArn": "TRAIL"},
                "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "TRAILS"},
            },
        },
        {
            "Sid": "AllowCloudTrailDescribeKey",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": ["kms:DescribeKey"],
            "Resource": ["*"],
            "Condition": {"StringEquals": {"aws:SourceArn": "TRAIL"}},
        },
    ]


def test_readers_decrypt_only_what_cloudtrail_encrypted() -> None:
    assert encode_to_dict(reader_statement(["111122223333"])) == {
        "Sid": "AllowReaderAccounts",
        "Effect": "Allow",
        "Principal": {"AWS": ["111122223333"]},
        "Action": ["kms:Decrypt"],
        "Resource": ["*"],
        "Condition": {"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}},
    }


def test_cloudwatch_logs_encrypts_the_log_groups_of_one_stack() -> None:
    assert _to_dicts(log_group_statements(logs_service=Ref("Logs"), log_groups_arn="GROUPS")) == [
        {
            "Sid": "AllowCloudWatchLogs",
            "Effect": "Allow",
            "Principal": {"Service": {"Ref": "Logs"}},
            "Action": [
                "kms:Encrypt*",
                "kms:Decrypt*",
                "kms:ReEncrypt*",
                "kms:GenerateDataKey*",
                "kms:Describe*",
            ],
            "Resource": ["*"],
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "GROUPS"}},
        }
    ]


def test_cloudwatch_publishes_under_the_key_for_alarms_of_one_account() -> None:
    assert _to_dicts(topic_statements(account=Ref("AWS::AccountId"), alarms_arn="ALARMS")) == [
        {
            "Sid": "AllowCloudWatchAlarms",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": ["*"],
            "Condition": {
                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                "ArnLike": {"aws:SourceArn": "ALARMS"},
            },
        }
    ]


def test_sns_encrypts_messages_of_some_topics_and_readers_decrypt_them() -> None:
    statements = [queue_statement(["HIGH", "LOW"]), queue_reader_statement("READERS")]
    assert _to_dicts(statements) == [
        {
            "Sid": "AllowTopicsEncryptMessages",
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": ["*"],
            "Condition": {"ArnEquals": {"aws:SourceArn": ["HIGH", "LOW"]}},
        },
        {
            "Sid": "AllowReadersDecryptMessages",
            "Effect": "Allow",
            "Principal": {"AWS": "READERS"},
            "Action": ["kms:Decrypt"],
            "Resource": ["*"],
        },
    ]
