"""
What the policies of this project promise.

In:    nothing; each promise is written once, independently of the policies.
Out:   the promises, which ``trailbell prove`` proves for the templates in ``dist/``.
Never: a promise on what other policies allow. Identity policies of an account are outside of a
       bucket policy: what a policy has to prevent, whatever others allow, it denies.
"""

from typing import Any

from trailbell.proof.promise import Claim, Promise, Where
from trailbell.proof.role_promises import ROLE_PROMISES

_LOG_BUCKETS = (
    Where(
        resource_type="AWS::S3::BucketPolicy",
        property="PolicyDocument",
        logical_id="LogBucketPolicy",
    ),
)
_ACCESS_LOGS = (
    Where(
        resource_type="AWS::S3::BucketPolicy",
        property="PolicyDocument",
        logical_id="ServerAccessLogsPolicy",
    ),
)
_BUCKETS = (Where(resource_type="AWS::S3::BucketPolicy", property="PolicyDocument"),)
_TOPICS = (Where(resource_type="AWS::SNS::TopicPolicy", property="PolicyDocument"),)
_QUEUES = (Where(resource_type="AWS::SQS::QueuePolicy", property="PolicyDocument"),)
_KEYS = (Where(resource_type="AWS::KMS::Key", property="KeyPolicy"),)
_TRUST = "AssumeRolePolicyDocument"


def _sub(text: str, **variables: Any) -> dict[str, Any]:
    return {"Fn::Sub": [text, variables] if variables else text}


def _if(condition: str, value: Any, otherwise: Any = None) -> dict[str, Any]:
    return {"Fn::If": [condition, value, otherwise or {"Ref": "AWS::NoValue"}]}


def _service(name: str) -> dict[str, Any]:
    return {"Service": f"{name}.amazonaws.com"}


_ALARMS = {
    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    "ArnLike": {
        "aws:SourceArn": _sub("arn:${AWS::Partition}:cloudwatch:*:${AWS::AccountId}:alarm:*")
    },
}
_READERS = {"AWS": {"Fn::Split": [",", {"Ref": "ReaderAccounts"}]}}
_ACCOUNT = {"AWS": {"Ref": "AWS::AccountId"}}
_SECURE = {"Bool": {"aws:SecureTransport": "true"}}


def _log_bucket_promises(
    *, where: tuple[Where, ...], name: str, trail: Any, owners: list[Any]
) -> tuple[Promise, ...]:
    """The promises of a log bucket whose trail has this ARN. ``owners`` name folders in it."""
    prefix = _if("HasPrefix", _sub("${KeyPrefix}/"), "")
    prefix["Fn::If"][2] = ""
    files = [_folder(owner, prefix) for owner in owners]
    read = ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"]
    delivery: dict[str, Any] = {
        "Principal": _service("cloudtrail"),
        "Action": "s3:PutObject",
        "Resource": files,
        "Condition": {
            "StringEquals": {
                "aws:SourceArn": trail,
                "s3:x-amz-acl": "bucket-owner-full-control",
            }
        },
    }
    check: dict[str, Any] = {
        "Principal": _service("cloudtrail"),
        "Action": "s3:GetBucketAcl",
        "Resource": _sub("${Own}"),
        "Condition": {"StringEquals": {"aws:SourceArn": trail}},
    }
    readers = _if("HasReaders", {"Principal": _READERS, "Action": read})
    return (
        Promise(
            name=f"log-files-{name}",
            sentence="The log bucket lets no one but CloudTrail, for this trail, write log files, "
            "and no one but the reader accounts read them.",
            where=where,
            claim=Claim.ALLOWS_ONLY,
            requests=(delivery, check, readers),
        ),
        Promise(
            name=f"log-delivery-{name}",
            sentence="CloudTrail can deliver the log files of this trail with TLS 1.2.",
            where=where,
            claim=Claim.ALLOWS,
            requests=tuple(
                {**r, "Condition": {**r["Condition"], **_SECURE, **_TLS_1_2}}
                for r in (delivery, check)
            ),
        ),
    )


_TLS_1_2 = {"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}


def _folder(owner: Any, prefix: Any) -> Any:
    match owner:
        case {"Fn::If": [condition, inner, {"Ref": "AWS::NoValue"}]}:
            return _if(condition, _folder(inner, prefix))
        case _:
            return _sub("${Own}/${Prefix}AWSLogs/${Owner}/*", Prefix=prefix, Owner=owner)


_OWNER = _if("NamesManagementAccount", {"Ref": "ManagementAccountId"}, {"Ref": "AWS::AccountId"})
_HOME = _if("TrailIsElsewhere", {"Ref": "TrailRegion"}, {"Ref": "AWS::Region"})


def _trail(region: Any, owner: Any) -> dict[str, Any]:
    return _sub(
        "arn:${AWS::Partition}:cloudtrail:${Home}:${Owner}:trail/"
        "${InstallationName}-${TrailName}-${Home}",
        Home=region,
        Owner=owner,
    )


_TRAIL_HERE = _trail({"Ref": "AWS::Region"}, _OWNER)
_TRAIL_OF_ARCHIVE = _trail(_HOME, {"Ref": "ManagementAccountId"})


def _at(where: tuple[Where, ...], stack: str) -> tuple[Where, ...]:
    return tuple(
        Where(
            resource_type=w.resource_type, property=w.property, logical_id=w.logical_id, stack=stack
        )
        for w in where
    )


def _organization_promises(where: tuple[Where, ...], when: str) -> tuple[Promise, ...]:
    """What a log bucket of an organization denies. ``when`` is the condition, or empty."""

    def given(request: Any) -> Any:
        return _if(when, request) if when else request

    known = _if(
        "HasReaders",
        {"Fn::Split": [",", _sub("${ReaderAccounts},${AWS::AccountId}")]},
        {"Ref": "AWS::AccountId"},
    )
    readers = {
        "Principal": _READERS,
        "Action": "s3:GetObject",
        "Condition": {**_SECURE, **_TLS_1_2},
    }
    return (
        Promise(
            name=f"organization-only-{'if-given' if when else 'always'}",
            sentence="The log bucket denies principals that are neither in the organization nor in "
            "this account or a reader account.",
            where=where,
            claim=Claim.DENIES,
            requests=(
                given(
                    {
                        "Action": "s3:*",
                        "Condition": {
                            "StringNotEquals": {
                                "aws:PrincipalOrgID": {"Ref": "OrganizationId"},
                                "aws:PrincipalAccount": known,
                            },
                            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                        },
                    }
                ),
            ),
        ),
        Promise(
            name=f"organization-reads-{'if-given' if when else 'always'}",
            sentence="The log bucket does not deny reading to this account, the organization and "
            "reader accounts.",
            where=where,
            claim=Claim.DOES_NOT_DENY,
            requests=(
                _if("HasReaders", readers),
                {
                    "Principal": _ACCOUNT,
                    "Action": "s3:GetObject",
                    "Condition": {**_SECURE, **_TLS_1_2},
                },
                given(
                    {
                        "Action": "s3:GetObject",
                        "Condition": {
                            **_SECURE,
                            **_TLS_1_2,
                            "StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}},
                        },
                    }
                ),
            ),
        ),
    )


_BUCKET_PROMISES = (
    *_log_bucket_promises(
        where=(*_at(_LOG_BUCKETS, "trail"), *_at(_LOG_BUCKETS, "security-alerts")),
        name="of-this-account",
        trail=_TRAIL_HERE,
        owners=[_OWNER, _if("IsOrganizationTrail", {"Ref": "OrganizationId"})],
    ),
    *_log_bucket_promises(
        where=_at(_LOG_BUCKETS, "log-archive"),
        name="of-the-organization",
        trail=_TRAIL_OF_ARCHIVE,
        owners=[{"Ref": "ManagementAccountId"}, {"Ref": "OrganizationId"}],
    ),
    *_organization_promises(
        (*_at(_LOG_BUCKETS, "trail"), *_at(_LOG_BUCKETS, "security-alerts")), "IsOrganizationTrail"
    ),
    *_organization_promises(_at(_LOG_BUCKETS, "log-archive"), ""),
    Promise(
        name="buckets-require-tls",
        sentence="Buckets deny requests without TLS, whatever other policies allow.",
        where=_BUCKETS,
        claim=Claim.DENIES,
        requests=({"Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},),
    ),
    Promise(
        name="buckets-accept-tls",
        sentence="Buckets do not deny AWS services that use TLS 1.2.",
        where=_BUCKETS,
        claim=Claim.DOES_NOT_DENY,
        requests=(
            {
                "Action": "s3:*",
                "Condition": {
                    **_SECURE,
                    **_TLS_1_2,
                    "StringEquals": {"aws:PrincipalIsAWSService": "true"},
                },
            },
        ),
    ),
    Promise(
        name="log-bucket-requires-tls-1-2",
        sentence="The log bucket denies requests with a TLS version before 1.2.",
        where=_LOG_BUCKETS,
        claim=Claim.DENIES,
        requests=({"Action": "s3:*", "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},),
    ),
    Promise(
        name="log-files-stay",
        sentence="With DeletionRole, the log bucket denies deleting, overwriting and expiring log "
        "files to everybody but that role and AWS services.",
        where=_LOG_BUCKETS,
        claim=Claim.DENIES,
        requests=(
            _if(
                "DeniesDeletions",
                {
                    "Action": [
                        *("s3:BypassGovernanceRetention", "s3:DeleteObject"),
                        *("s3:DeleteObjectVersion", "s3:PutLifecycleConfiguration"),
                        "s3:PutObject",
                    ],
                    "Condition": {
                        "ArnNotLike": {
                            "aws:PrincipalArn": _sub(
                                "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${DeletionRole}"
                            )
                        },
                        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                    },
                },
            ),
        ),
    ),
    Promise(
        name="log-files-can-be-deleted",
        sentence="The log bucket does not deny deletions to DeletionRole, if it is given.",
        where=_LOG_BUCKETS,
        claim=Claim.DOES_NOT_DENY,
        requests=(
            _if(
                "DeniesDeletions",
                {
                    "Action": "s3:DeleteObject",
                    "Condition": {
                        **_SECURE,
                        **_TLS_1_2,
                        "ArnLike": {
                            "aws:PrincipalArn": _sub(
                                "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${DeletionRole}"
                            )
                        },
                    },
                },
            ),
        ),
    ),
    Promise(
        name="access-logs",
        sentence="The bucket of server access logs lets no one but Amazon S3, for the log bucket, "
        "write.",
        where=_ACCESS_LOGS,
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {
                "Principal": _service("logging.s3"),
                "Action": "s3:PutObject",
                "Resource": _sub("${Own}/*"),
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                    "ArnLike": {"aws:SourceArn": {"Fn::GetAtt": ["LogBucket", "Arn"]}},
                },
            },
        ),
    ),
)

_TOPIC_PROMISES = (
    Promise(
        name="topic-publishers",
        sentence="Topics let no one publish but EventBridge and the CloudWatch alarms of this "
        "account. (SNS evaluates no conditions for EventBridge.)",
        where=_TOPICS,
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {"Principal": _service("events"), "Action": "sns:Publish", "Resource": _sub("${Own}")},
            {
                "Principal": _service("cloudwatch"),
                "Action": "sns:Publish",
                "Resource": _sub("${Own}"),
                "Condition": _ALARMS,
            },
        ),
    ),
)

_QUEUE_PROMISES = (
    Promise(
        name="queue-senders",
        sentence="Queues let no one send but rules and topics of this account, and no one receive "
        "but the readers.",
        where=tuple(
            Where(resource_type="AWS::SQS::QueuePolicy", property="PolicyDocument", stack=stack)
            for stack in ("realtime", "realtime-hub", "realtime-forward", "search")
        ),
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {
                "Principal": _service("events"),
                "Action": "sqs:SendMessage",
                "Resource": _sub("${Own}"),
                "Condition": {
                    "ArnLike": {
                        "aws:SourceArn": _sub(
                            "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/*"
                        )
                    }
                },
            },
        ),
    ),
    Promise(
        name="alert-queue-senders",
        sentence="The queues of notifications let no one send but the topics of the installation, "
        "and no one receive but the readers.",
        where=_at(_QUEUES, "queue"),
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {
                "Principal": _service("sns"),
                "Action": "sqs:SendMessage",
                "Resource": _sub("${Own}"),
                "Condition": {
                    "ArnLike": {
                        "aws:SourceArn": [
                            {"Fn::ImportValue": _sub(f"${{InstallationName}}-{severity}TopicArn")}
                            for severity in ("High", "Medium", "Low")
                        ]
                    }
                },
            },
            _if(
                "HasReaders",
                {
                    "Principal": {"AWS": {"Ref": "ReaderArns"}},
                    "Action": [
                        *("sqs:ChangeMessageVisibility", "sqs:DeleteMessage"),
                        *("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"),
                    ],
                },
            ),
        ),
    ),
    Promise(
        name="queues-require-tls",
        sentence="Queues deny requests without TLS, whatever other policies allow.",
        where=_QUEUES,
        claim=Claim.DENIES,
        requests=({"Action": "sqs:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},),
    ),
    Promise(
        name="queues-accept-tls",
        sentence="Queues do not deny requests with TLS.",
        where=_QUEUES,
        claim=Claim.DOES_NOT_DENY,
        requests=({"Action": "sqs:*", "Condition": _SECURE},),
    ),
)


def _key(name: str, stack: str, sentence: str, *requests: Any) -> Promise:
    return Promise(
        name=f"key-of-{name}",
        sentence=f"The key grants nothing but {sentence}; IAM policies of this account decide on "
        "the rest.",
        where=_at(_KEYS, stack),
        claim=Claim.ALLOWS_ONLY,
        requests=({"Principal": _ACCOUNT, "Action": "kms:*"}, *requests),
    )


def _trail_uses(trail: Any, owner: Any) -> tuple[Any, ...]:
    return (
        {
            "Principal": _service("cloudtrail"),
            "Action": "kms:GenerateDataKey*",
            "Condition": {
                "StringEquals": {"aws:SourceArn": trail},
                "StringLike": {
                    "kms:EncryptionContext:aws:cloudtrail:arn": _sub(
                        "arn:${AWS::Partition}:cloudtrail:*:${Owner}:trail/*", Owner=owner
                    )
                },
            },
        },
        {
            "Principal": _service("cloudtrail"),
            "Action": "kms:DescribeKey",
            "Condition": {"StringEquals": {"aws:SourceArn": trail}},
        },
        _if(
            "HasReaders",
            {
                "Principal": _READERS,
                "Action": "kms:Decrypt",
                "Condition": {"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}},
            },
        ),
    )


_LOG_GROUPS_USE = {
    "Principal": {"Service": _sub("logs.${AWS::Region}.amazonaws.com")},
    "Action": [
        f"kms:{name}*"
        for name in ("Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey", "Describe")
    ],
    "Condition": {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": _sub(
                "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
                "${AWS::StackName}-*"
            )
        }
    },
}
_ENCRYPT = ["kms:Decrypt", "kms:GenerateDataKey*"]
_ALARMS_USE = {"Principal": _service("cloudwatch"), "Action": _ENCRYPT, "Condition": _ALARMS}
_RULES_USE = {"Principal": _service("events"), "Action": _ENCRYPT}

_KEY_PROMISES = (
    _key(
        "trail",
        "trail",
        "its use by CloudTrail for this trail, by the log group of the stack, and "
        "decryption of log files by reader accounts",
        *_trail_uses(_TRAIL_HERE, _OWNER),
        _LOG_GROUPS_USE,
    ),
    _key(
        "security-alerts",
        "security-alerts",
        "its use by CloudTrail for this trail, by the log "
        "group of the stack and by alarms of this account, and decryption of log files by reader "
        "accounts",
        *_trail_uses(_TRAIL_HERE, _OWNER),
        _LOG_GROUPS_USE,
        _ALARMS_USE,
    ),
    _key(
        "log-archive",
        "log-archive",
        "its use by CloudTrail for this trail, and decryption of log files by reader accounts",
        *_trail_uses(_TRAIL_OF_ARCHIVE, {"Ref": "ManagementAccountId"}),
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
            "Principal": _service("sns"),
            "Action": _ENCRYPT,
            "Condition": {
                "ArnLike": {
                    "aws:SourceArn": [
                        {"Fn::ImportValue": _sub(f"${{InstallationName}}-{severity}TopicArn")}
                        for severity in ("High", "Medium", "Low")
                    ]
                }
            },
        },
        _if("HasReaders", {"Principal": {"AWS": {"Ref": "ReaderArns"}}, "Action": "kms:Decrypt"}),
    ),
)


def _trusts(name: str, logical_id: str, who: str, *requests: Any) -> Promise:
    return Promise(
        name=name,
        sentence=f"The role can be assumed by no one but {who}.",
        where=(Where(resource_type="AWS::IAM::Role", property=_TRUST, logical_id=logical_id),),
        claim=Claim.ALLOWS_ONLY,
        requests=tuple({**request, "Action": "sts:AssumeRole"} for request in requests),
    )


_TRUST_PROMISES = (
    _trusts("trust-of-trail", "TrailRole", "CloudTrail", {"Principal": _service("cloudtrail")}),
    _trusts("trust-of-forwarding", "ForwardRole", "EventBridge", {"Principal": _service("events")}),
    _trusts(
        "trust-of-chat",
        "ChatRole",
        "Amazon Q Developer in chat applications",
        {"Principal": _service("chatbot")},
    ),
    _trusts(
        "trust-of-pipeline",
        "PipelineRole",
        "the pipeline of the stack",
        {
            "Principal": _service("osis-pipelines"),
            "Condition": {
                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                "ArnLike": {
                    "aws:SourceArn": _sub(
                        "arn:${AWS::Partition}:osis:${AWS::Region}:${AWS::AccountId}:pipeline/"
                        "${PipelineName}"
                    )
                },
            },
        },
    ),
    _trusts(
        "trust-of-administration",
        "AdministrationRole",
        "CloudFormation for stack sets of this account",
        {
            "Principal": {
                "Service": [
                    "cloudformation.amazonaws.com",
                    _if(
                        "HasOptInRegions",
                        _sub(
                            "cloudformation.${Region}.amazonaws.com",
                            Region={
                                "Fn::Select": [0, {"Fn::Split": [",", {"Ref": "OptInRegions"}]}]
                            },
                        ),
                    ),
                ]
            },
            "Condition": {
                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                "ArnLike": {
                    "aws:SourceArn": _sub(
                        "arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stackset/*"
                    )
                },
            },
        },
    ),
    _trusts(
        "trust-of-execution",
        "ExecutionRole",
        "the administration role of the administrator account",
        {
            "Principal": {"AWS": {"Ref": "AdministratorAccountId"}},
            "Condition": {
                "ArnEquals": {
                    "aws:PrincipalArn": _sub(
                        "arn:${AWS::Partition}:iam::${AdministratorAccountId}:role/"
                        "${AdministrationRoleName}"
                    )
                }
            },
        },
    ),
    Promise(
        name="bus-senders",
        sentence="The event bus accepts events from no one but accounts of the organization.",
        where=(Where(resource_type="AWS::Events::EventBusPolicy", property="Statement"),),
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {
                "Action": "events:PutEvents",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}},
            },
        ),
    ),
)

PROMISES = (
    *_BUCKET_PROMISES,
    *_TOPIC_PROMISES,
    *_QUEUE_PROMISES,
    *_KEY_PROMISES,
    *_TRUST_PROMISES,
    *ROLE_PROMISES,
)
"""All promises."""
