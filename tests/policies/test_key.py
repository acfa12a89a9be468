"""Who may use the key: the whole document for each use."""

from typing import Any

from awacs.aws import Statement
from troposphere import Ref, encode_to_dict

from policies.key import for_log_group, for_topic, for_trail, key

_ADMINISTRATION = {
    "Sid": "AccountDecidesByIam",
    "Effect": "Allow",
    "Principal": {"AWS": "ROOT"},
    "Action": ["kms:*"],
    "Resource": ["*"],
}


def _statements(statements: list[Statement]) -> Any:
    return encode_to_dict(statements)


def test_a_key_that_no_service_uses_is_left_to_iam() -> None:
    assert encode_to_dict(key(account_root="ROOT", uses=[])) == {
        "Version": "2012-10-17",
        "Statement": [_ADMINISTRATION],
    }


def test_uses_stand_behind_administration_in_their_order() -> None:
    uses = [
        *for_topic(account="111122223333", alarms_arn="ALARMS"),
        *for_trail(trail_arn="TRAIL", trails_arn="TRAILS"),
    ]
    document = encode_to_dict(key(account_root="ROOT", uses=uses))
    assert document == {
        "Version": "2012-10-17",
        "Statement": [_ADMINISTRATION, *_statements(uses)],
    }


def test_cloudtrail_makes_data_keys_for_one_trail() -> None:
    assert _statements(for_trail(trail_arn="TRAIL", trails_arn="TRAILS")) == [
        {
            "Sid": "CloudTrailEncrypts",
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
            "Sid": "CloudTrailLooksAtKey",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": ["kms:DescribeKey"],
            "Resource": ["*"],
            "Condition": {"StringEquals": {"aws:SourceArn": "TRAIL"}},
        },
    ]


def test_cloudwatch_logs_encrypts_the_log_groups_of_one_stack() -> None:
    assert _statements(for_log_group(logs_service=Ref("Logs"), log_groups_arn="GROUPS")) == [
        {
            "Sid": "LogGroupIsEncrypted",
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
    assert _statements(for_topic(account=Ref("AWS::AccountId"), alarms_arn="ALARMS")) == [
        {
            "Sid": "AlarmsPublishEncrypted",
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
