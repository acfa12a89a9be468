"""
The KMS key: none, one that the stack creates, or an existing one.

In:    the statements of the key policy, such as `TRAIL_KEY_STATEMENTS`, and the services' names.
Out:   the parameter ``EncryptionKey``, the key, and `KEY_ARN` for the encrypted resources.
"""

from collections.abc import Sequence
from typing import Any

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
    Tags,
    kms,
)

from policies.key import (
    TAG,
    key_policy,
    log_group_statements,
    reader_statement,
    topic_statements,
    trail_statements,
)
from stacks.pieces import arns
from stacks.pieces.installation import INSTALLATION_NAME, NAME
from stacks.pieces.readers import READERS
from trailbell import ParameterInput, Piece, suppress

_SELECTED_KEY_ARN = If("MakesKey", GetAtt("Key", "Arn"), Ref("EncryptionKey"))

KEY_ARN = If("Encrypts", _SELECTED_KEY_ARN, NoValue)
"""The value of properties for a KMS key: an ARN, or no value."""

TRAIL_KEY_STATEMENTS = [
    *trail_statements(trail_arn=arns.TRAIL, trails_arn=arns.TRAILS),
    *log_group_statements(logs_service=arns.LOGS_SERVICE, log_groups_arn=arns.STACK_LOG_GROUPS),
]
ALERTING_KEY_STATEMENTS = topic_statements(account=Ref("AWS::AccountId"), alarms_arn=arns.ALARMS)


def encryption(
    *,
    key_statements: Sequence[Any],
    users: str = "CloudTrail, CloudWatch Logs and CloudWatch",
    default: str = "create",
    has_readers: bool = False,
    installation_name: ParameterInput = INSTALLATION_NAME,
) -> Piece:
    """The parameter ``EncryptionKey`` and the key that the stack creates if it is "create".

    ``key_statements`` allow services to use that key, ``users`` names these services.
    ``has_readers``: the stack has a log bucket, whose readers may decrypt log files.
    """
    readers = [If("HasReaders", reader_statement(READERS), NoValue)] if has_readers else []
    parameter = Parameter(
        "EncryptionKey",
        Type="String",
        Default=default,
        AllowedPattern="^none$|^create$|^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
        Description=(
            'KMS key: "create" (a new key, about 1 USD per month), "none" (service-managed), or '
            f"the ARN of a key whose policy allows {users}."
        ),
        ConstraintDescription=(
            'must be "none", "create" or a KMS key ARN (arn:...:kms:...:key/...)'
        ),
    )
    key = kms.Key(
        "Key",
        Condition="MakesKey",
        Metadata=suppress(
            cfripper={"GenericResourceWildcardPolicyRule": "Default key policy: IAM decides"}
        ),
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        Description=Sub("Encryption key of the Trailbell stack ${AWS::StackName}"),
        EnableKeyRotation=True,
        KeyPolicy=key_policy(
            account_root=arns.ACCOUNT_ROOT, statements=[*key_statements, *readers]
        ),
        Tags=Tags({TAG: NAME}),
    )
    return Piece(
        inputs=(
            installation_name,
            ParameterInput(parameter=parameter, label="KMS key", group="Encryption"),
        ),
        conditions={
            "MakesKey": Equals(Ref("EncryptionKey"), "create"),
            "Encrypts": Not(Equals(Ref("EncryptionKey"), "none")),
        },
        resources=(key,),
        outputs=(
            Output(
                "KeyArn",
                Condition="Encrypts",
                Description="ARN of the KMS key",
                Value=_SELECTED_KEY_ARN,
            ),
        ),
    )
