"""
What key policies promise.

In:    nothing; each promise is written once, independently of the policies.
Out:   the promises on KMS keys.
Never: a promise on IAM policies of the account, which the keys let decide.
"""

from typing import Any

from trailbell.proof.promise import Claim, Promise
from trailbell.proof.promise_parts import (
    ACCOUNT,
    ALARMS,
    KEYS,
    OWNER,
    READERS,
    TRAIL_HERE,
    TRAIL_OF_ARCHIVE,
    at,
    if_,
    service,
    sub,
)


def _key(name: str, stack: str, sentence: str, *requests: Any) -> Promise:
    return Promise(
        name=f"key-of-{name}",
        sentence=f"The key grants nothing but {sentence}; IAM policies of this account decide on "
        "the rest.",
        where=at(KEYS, stack),
        claim=Claim.ALLOWS_ONLY,
        requests=({"Principal": ACCOUNT, "Action": "kms:*"}, *requests),
    )


def _trail_uses(trail: Any, owner: Any) -> tuple[Any, ...]:
    return (
        {
            "Principal": service("cloudtrail"),
            "Action": "kms:GenerateDataKey*",
            "Condition": {
                "StringEquals": {"aws:SourceArn": trail},
                "StringLike": {
                    "kms:EncryptionContext:aws:cloudtrail:arn": sub(
                        "arn:${AWS::Partition}:cloudtrail:*:${Owner}:trail/*", Owner=owner
                    )
                },
            },
        },
        {
            "Principal": service("cloudtrail"),
            "Action": "kms:DescribeKey",
            "Condition": {"StringEquals": {"aws:SourceArn": trail}},
        },
        if_(
            "HasReaders",
            {
                "Principal": READERS,
                "Action": "kms:Decrypt",
                "Condition": {"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}},
            },
        ),
    )


_LOG_GROUPS_USE = {
    "Principal": {"Service": sub("logs.${AWS::Region}.amazonaws.com")},
    "Action": [
        f"kms:{name}*"
        for name in ("Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey", "Describe")
    ],
    "Condition": {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": sub(
                "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
                "${AWS::StackName}-*"
            )
        }
    },
}
_ENCRYPT = ["kms:Decrypt", "kms:GenerateDataKey*"]
_ALARMS_USE = {"Principal": service("cloudwatch"), "Action": _ENCRYPT, "Condition": ALARMS}
_RULES_USE = {"Principal": service("events"), "Action": _ENCRYPT}

KEY_PROMISES = (
    _key(
        "trail",
        "trail",
        "its use by CloudTrail for this trail, by the log group of the stack, and "
        "decryption of log files by reader accounts",
        *_trail_uses(TRAIL_HERE, OWNER),
        _LOG_GROUPS_USE,
    ),
    _key(
        "security-alerts",
        "security-alerts",
        "its use by CloudTrail for this trail, by the log "
        "group of the stack and by alarms of this account, and decryption of log files by reader "
        "accounts",
        *_trail_uses(TRAIL_HERE, OWNER),
        _LOG_GROUPS_USE,
        _ALARMS_USE,
    ),
    _key(
        "log-archive",
        "log-archive",
        "its use by CloudTrail for this trail, and decryption of log files by reader accounts",
        *_trail_uses(TRAIL_OF_ARCHIVE, {"Ref": "ManagementAccountId"}),
    ),
    _key(
        "organization-trail",
        "organization-trail",
        "its use by the log group of the stack",
        _LOG_GROUPS_USE,
    ),
    _key("alerts", "alerts", "its use by alarms of this account", _ALARMS_USE),
    _key(
        "realtime",
        "realtime*",
        "its use by EventBridge and by alarms of this account",
        _RULES_USE,
        _ALARMS_USE,
    ),
    _key(
        "queue",
        "queue",
        "its use by the topics of the installation, and decryption by readers",
        {
            "Principal": service("sns"),
            "Action": _ENCRYPT,
            "Condition": {
                "ArnLike": {
                    "aws:SourceArn": [
                        {"Fn::ImportValue": sub(f"${{InstallationName}}-{severity}TopicArn")}
                        for severity in ("High", "Medium", "Low")
                    ]
                }
            },
        },
        if_("HasReaders", {"Principal": {"AWS": {"Ref": "ReaderArns"}}, "Action": "kms:Decrypt"}),
    ),
)
