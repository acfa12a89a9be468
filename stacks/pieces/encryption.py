"""
The key: none, one that the stack makes, or one that exists.

In:    who will use the key, as statements of its policy: `FOR_RECORDING`, `FOR_ALERTING`.
Out:   the parameter ``EncryptionKey``, the key, and `KEY_ARN` for whatever is encrypted.
"""

from awacs.aws import Statement
from troposphere import (
    Equals,
    GetAtt,
    If,
    Not,
    NoValue,
    Output,
    Parameter,
    Ref,
    RetainExceptOnCreate,
    Sub,
    kms,
)

from policies.key import key_policy, log_group_statements, topic_statements, trail_statements
from stacks.pieces import arns
from trailbell.stack import Input, Piece

_GIVEN_KEY_ARN = If("MakesKey", GetAtt("Key", "Arn"), Ref("EncryptionKey"))

KEY_ARN = If("Encrypts", _GIVEN_KEY_ARN, NoValue)
"""The value of any property that takes a key: an ARN, or nothing."""

FOR_RECORDING = [
    *trail_statements(trail_arn=arns.TRAIL, trails_arn=arns.TRAILS),
    *log_group_statements(logs_service=arns.LOGS_SERVICE, log_groups_arn=arns.OWN_LOG_GROUPS),
]
FOR_ALERTING = topic_statements(account=Ref("AWS::AccountId"), alarms_arn=arns.ALARMS)


def encryption(*, uses: list[Statement]) -> Piece:
    """A key whose policy lets the services of ``uses`` in; or none, or one that exists."""
    wanted = Parameter(
        "EncryptionKey",
        Type="String",
        Default="create",
        AllowedPattern="^none$|^create$|^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
        Description=(
            'KMS key: "create" (a new key, about 1 USD per month), "none" (service-managed '
            "encryption), or the ARN of an existing key whose policy allows CloudTrail, CloudWatch "
            "Logs and CloudWatch."
        ),
        ConstraintDescription=(
            'must be "none", "create" or a KMS key ARN (arn:...:kms:...:key/...)'
        ),
    )
    made = kms.Key(
        "Key",
        Condition="MakesKey",
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        Description=Sub("Encryption key of the Trailbell stack ${AWS::StackName}"),
        EnableKeyRotation=True,
        KeyPolicy=key_policy(account_root=arns.ACCOUNT_ROOT, service_statements=uses),
    )
    return Piece(
        inputs=(Input(parameter=wanted, label="KMS key", group="Encryption"),),
        conditions={
            "MakesKey": Equals(Ref("EncryptionKey"), "create"),
            "Encrypts": Not(Equals(Ref("EncryptionKey"), "none")),
        },
        resources=(made,),
        outputs=(
            Output(
                "KeyArn",
                Condition="Encrypts",
                Description="ARN of the KMS key",
                Value=_GIVEN_KEY_ARN,
            ),
        ),
    )
