"""
A stack with one resource of each type that watches, and what AWS describes of it.

In:    nothing.
Out:   `TEMPLATE`, `PARAMETERS`, `PHYSICAL_IDS`; `HEALTHY`, the answers by operation and identifier;
       `NOT_THERE`, how each service answers that there is no such thing.
Never: an answer made from the template: both are written out, so that each checks the other.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

ACCOUNT = "111122223333"
NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=30)
TOPIC = "arn:aws:sns:us-east-1:111122223333:watch-high"
LOW_TOPIC = "arn:aws:sns:us-east-1:111122223333:watch-low"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:page"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:us-east-1:111122223333:key/{KEY_ID}"
TRAIL_ARN = "arn:aws:cloudtrail:us-east-1:111122223333:trail/watch-trail"
MAIL_ARN = f"{TOPIC}:11111111-1111-1111-1111-111111111111"
PAGER_ARN = f"{TOPIC}:22222222-2222-2222-2222-222222222222"
QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/111122223333/watch-alerts"
QUEUE_ARN = "arn:aws:sqs:us-east-1:111122223333:watch-alerts"
DEAD_LETTERS = "arn:aws:sqs:us-east-1:111122223333:watch-dead-letters"
PATTERN = '{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "*") }'
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"


def _allow(sid: str, service: str, action: str, resource: Any, **condition: Any) -> dict[str, Any]:
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": [action],
        "Resource": resource,
    }
    return statement | ({"Condition": condition} if condition else {})


_FROM_ALARMS = {
    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    "ArnLike": {
        "aws:SourceArn": {"Fn::Sub": "arn:aws:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*"}
    },
}
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
_NO_TLS = {
    "Sid": "DenyRequestsWithoutTls",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
_SELECTORS = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]

_MEMBERS = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "events:PutEvents",
    "Resource": {"Fn::GetAtt": ["Bus", "Arn"]},
    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-example123"}},
}
EVENT_PATTERN = {
    "detail-type": ["AWS API Call via CloudTrail"],
    "detail": {"eventName": ["CreateUser", "DeleteUser"]},
}
READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
BUS_ARN = "arn:aws:events:us-east-1:111122223333:event-bus/watch-bus"

PARAMETERS: Mapping[str, str] = {"Email": "a@example.com", "Threshold": "5"}
TEMPLATE: Mapping[str, Any] = {
    "Parameters": {
        "Email": {"Type": "String", "Default": ""},
        "Threshold": {"Type": "Number", "Default": "1"},
    },
    "Conditions": {"HasEmail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Email"}, ""]}]}},
    "Resources": {
        "Trail": {
            "Type": "AWS::CloudTrail::Trail",
            "Properties": {
                "TrailName": {"Fn::Sub": "${AWS::StackName}-trail"},
                "IsLogging": True,
                "IsMultiRegionTrail": True,
                "IncludeGlobalServiceEvents": True,
                "EnableLogFileValidation": True,
                "IsOrganizationTrail": True,
                "EventSelectors": _SELECTORS,
                "S3BucketName": {"Ref": "Bucket"},
                "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["Group", "Arn"]},
                "CloudWatchLogsRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "KMSKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
            },
        },
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                    ]
                },
                "LifecycleConfiguration": {
                    "Rules": [{"Status": "Enabled", "ExpirationInDays": 365}]
                },
                "ObjectLockEnabled": True,
                "ObjectLockConfiguration": {
                    "ObjectLockEnabled": "Enabled",
                    "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": "365"}},
                },
                "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": True,
                    "IgnorePublicAcls": True,
                    "RestrictPublicBuckets": True,
                },
                "VersioningConfiguration": {"Status": "Enabled"},
            },
        },
        "BucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Bucket"},
                "PolicyDocument": {
                    "Statement": [
                        _allow(
                            "Write",
                            "cloudtrail.amazonaws.com",
                            "s3:PutObject",
                            {"Fn::Sub": "${Bucket.Arn}/AWSLogs/*"},
                            StringEquals={"aws:SourceArn": TRAIL_ARN},
                        ),
                        {**_NO_TLS, "Resource": {"Fn::Sub": "${Bucket.Arn}/*"}},
                    ]
                },
            },
        },
        "Group": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "DeletionProtectionEnabled": True,
                "RetentionInDays": 365,
                "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _TRUST,
                "Policies": [
                    {
                        "PolicyName": "write",
                        "PolicyDocument": {
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                                    "Resource": {"Fn::GetAtt": ["Group", "Arn"]},
                                }
                            ]
                        },
                    }
                ],
            },
        },
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {
                "EnableKeyRotation": True,
                "KeyPolicy": {
                    "Statement": [
                        {
                            "Sid": "Account",
                            "Effect": "Allow",
                            "Principal": {
                                "AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}
                            },
                            "Action": "kms:*",
                            "Resource": "*",
                        },
                        _allow("Trail", "cloudtrail.amazonaws.com", "kms:GenerateDataKey*", "*"),
                        _allow(
                            "Alarms",
                            "cloudwatch.amazonaws.com",
                            "kms:GenerateDataKey*",
                            "*",
                            **_FROM_ALARMS,
                        ),
                    ]
                },
            },
        },
        "Filter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "FilterName": {"Fn::Sub": "${AWS::StackName}-iam"},
                "LogGroupName": {"Ref": "Group"},
                "FilterPattern": PATTERN,
                "MetricTransformations": [
                    {
                        "MetricNamespace": "Trailbell",
                        "MetricName": "Iam",
                        "MetricValue": "1",
                        "DefaultValue": 0,
                    }
                ],
            },
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": {"Fn::Sub": "${AWS::StackName}-iam"},
                "Namespace": "Trailbell",
                "MetricName": "Iam",
                "Statistic": "Sum",
                "Period": 300,
                "EvaluationPeriods": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "Threshold": {"Ref": "Threshold"},
                "TreatMissingData": "notBreaching",
                "AlarmActions": [{"Ref": "Topic"}],
            },
        },
        "Heartbeat": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": {"Fn::Sub": "${AWS::StackName}-heartbeat"},
                "Namespace": "AWS/Logs",
                "MetricName": "IncomingLogEvents",
                "Dimensions": [{"Name": "LogGroupName", "Value": {"Ref": "Group"}}],
                "Statistic": "Sum",
                "Period": 3600,
                "EvaluationPeriods": 1,
                "ComparisonOperator": "LessThanThreshold",
                "Threshold": 1,
                "TreatMissingData": "missing",
                "AlarmActions": [{"Ref": "Topic"}],
                "InsufficientDataActions": [{"Ref": "Topic"}],
            },
        },
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"KmsMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}},
        },
        "LowTopic": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "TopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [{"Ref": "Topic"}],
                "PolicyDocument": {
                    "Statement": [
                        _allow(
                            "Alarms",
                            "cloudwatch.amazonaws.com",
                            "sns:Publish",
                            {"Ref": "Topic"},
                            **_FROM_ALARMS,
                        )
                    ]
                },
            },
        },
        "Mail": {
            "Type": "AWS::SNS::Subscription",
            "Condition": "HasEmail",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "email",
                "Endpoint": {"Ref": "Email"},
            },
        },
        "Pager": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "lambda",
                "Endpoint": FUNCTION,
            },
        },
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": {"Fn::Sub": "${AWS::StackName}-alerts"},
                "MessageRetentionPeriod": 1209600,
                "VisibilityTimeout": 300,
                "KmsMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
                "RedrivePolicy": {"deadLetterTargetArn": DEAD_LETTERS, "maxReceiveCount": 5},
            },
        },
        "QueuePolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "Queue"}],
                "PolicyDocument": {
                    "Statement": [
                        _allow(
                            "Topics",
                            "sns.amazonaws.com",
                            "sqs:SendMessage",
                            {"Fn::GetAtt": ["Queue", "Arn"]},
                            ArnEquals={"aws:SourceArn": {"Ref": "Topic"}},
                        )
                    ]
                },
            },
        },
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": FUNCTION,
                "Principal": "sns.amazonaws.com",
                "SourceArn": {"Ref": "Topic"},
            },
        },
        "Bus": {
            "Type": "AWS::Events::EventBus",
            "Properties": {
                "Name": "watch-bus",
                "KmsKeyIdentifier": {"Fn::GetAtt": ["Key", "Arn"]},
                "DeadLetterConfig": {"Arn": DEAD_LETTERS},
            },
        },
        "BusPolicy": {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "StatementId": "Members",
                "Statement": _MEMBERS,
            },
        },
        "Archive": {
            "Type": "AWS::Events::Archive",
            "Properties": {
                "ArchiveName": "watch-archive",
                "SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]},
                "RetentionDays": 30,
                "EventPattern": EVENT_PATTERN,
            },
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": "watch-who",
                "EventBusName": {"Ref": "Bus"},
                "EventPattern": EVENT_PATTERN,
                "State": READS,
                "Targets": [
                    {
                        "Id": "text",
                        "Arn": {"Ref": "Topic"},
                        "InputTransformer": {
                            "InputPathsMap": {"who": "$.detail.userIdentity.arn"},
                            "InputTemplate": {"Fn::Sub": '"<who> did it in ${AWS::Region}."'},
                        },
                        "DeadLetterConfig": {"Arn": DEAD_LETTERS},
                        "RetryPolicy": {"MaximumEventAgeInSeconds": "3600"},
                    },
                    {
                        "Id": "json",
                        "Arn": {"Fn::GetAtt": ["Queue", "Arn"]},
                        "InputTransformer": {"InputTemplate": '{"event":<aws.events.event.json>}'},
                    },
                ],
            },
        },
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {"DashboardBody": '{"widgets": []}'},
        },
        "Query": {
            "Type": "AWS::Logs::QueryDefinition",
            "Properties": {
                "Name": "watch/iam",
                "LogGroupNames": [{"Ref": "Group"}],
                "QueryString": "fields @message",
            },
        },
    },
}

PHYSICAL_IDS: Mapping[str, str] = {
    "Trail": "watch-trail",
    "Bucket": "watch-bucket",
    "BucketPolicy": "watch-bucket",
    "Group": "watch-group",
    "Role": "watch-role",
    "Key": KEY_ID,
    "Filter": "watch-iam",
    "Alarm": "watch-iam",
    "Heartbeat": "watch-heartbeat",
    "Topic": TOPIC,
    "LowTopic": LOW_TOPIC,
    "TopicPolicy": "watch-TopicPolicy-ABC",
    "Mail": MAIL_ARN,
    "Pager": PAGER_ARN,
    "Queue": QUEUE_URL,
    "QueuePolicy": "watch-QueuePolicy-ABC",
    "Permission": "watch-Permission-ABC",
    "Bus": "watch-bus",
    "BusPolicy": "watch-BusPolicy-ABC",
    "Archive": "watch-archive",
    "Rule": "watch-bus|watch-who",
    "Dashboard": "watch-dashboard",
    "Query": "11111111-2222-3333-4444-555555555555",
}


def policy(*statements: Mapping[str, Any]) -> str:
    """A policy as text, as most services answer it."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def encoded(document: Any) -> str:
    """A policy as IAM answers it: URL-encoded (RFC 3986).

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
    """
    return quote(json.dumps(document))


ALARM_CONDITION = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:*"},
}
PUBLISH = _allow("Alarms", "cloudwatch.amazonaws.com", "sns:Publish", TOPIC, **ALARM_CONDITION)
# The policy of a topic without AWS::SNS::TopicPolicy.
# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
DEFAULT_PUBLISH = {
    "Sid": "__default_statement_ID",
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": ["SNS:Publish", "SNS:Subscribe"],
    "Resource": LOW_TOPIC,
    "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
}
WRITE_LOG_FILES = _allow(
    "Write",
    "cloudtrail.amazonaws.com",
    "s3:PutObject",
    "arn:aws:s3:::watch-bucket/AWSLogs/*",
    StringEquals={"aws:SourceArn": TRAIL_ARN},
)
DENY_NO_TLS = {**_NO_TLS, "Resource": "arn:aws:s3:::watch-bucket/*"}
KEY_STATEMENTS: tuple[Mapping[str, Any], ...] = (
    {
        "Sid": "Account",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "kms:*",
        "Resource": "*",
    },
    _allow("Trail", "cloudtrail.amazonaws.com", "kms:GenerateDataKey*", "*"),
    _allow("Alarms", "cloudwatch.amazonaws.com", "kms:GenerateDataKey*", "*", **ALARM_CONDITION),
)
WRITE_EVENTS = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": "arn:aws:logs:us-east-1:111122223333:log-group:watch-group:*",
}
SEND = _allow(
    "Topics",
    "sns.amazonaws.com",
    "sqs:SendMessage",
    QUEUE_ARN,
    ArnEquals={"aws:SourceArn": TOPIC},
)
INVOKE = {
    "Sid": "watch-Permission-ABC",
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "lambda:InvokeFunction",
    "Resource": FUNCTION,
    "Condition": {"ArnLike": {"AWS:SourceArn": TOPIC}},
}


def _alarm(name: str, **more: Any) -> dict[str, Any]:
    alarm = {
        "AlarmName": f"watch-{name}",
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:111122223333:alarm:watch-{name}",
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        "OKActions": [],
        "InsufficientDataActions": [],
        "StateValue": "OK",
        "StateUpdatedTimestamp": OLD,
        "Statistic": "Sum",
        "Dimensions": [],
        "EvaluationPeriods": 1,
    }
    return {"MetricAlarms": [alarm | more], "CompositeAlarms": []}


def _subscription(arn: str, protocol: str, endpoint: str) -> dict[str, Any]:
    return {
        "SubscriptionArn": arn,
        "Owner": ACCOUNT,
        "Protocol": protocol,
        "Endpoint": endpoint,
        "TopicArn": TOPIC,
    }


HEALTHY: dict[tuple[str, str], Any] = {
    ("GetTrail", "watch-trail"): {
        "Trail": {
            "Name": "watch-trail",
            "S3BucketName": "watch-bucket",
            "IncludeGlobalServiceEvents": True,
            "IsMultiRegionTrail": True,
            "HomeRegion": "us-east-1",
            "TrailARN": TRAIL_ARN,
            "LogFileValidationEnabled": True,
            "CloudWatchLogsLogGroupArn": (
                "arn:aws:logs:us-east-1:111122223333:log-group:watch-group:*"
            ),
            "CloudWatchLogsRoleArn": "arn:aws:iam::111122223333:role/watch-role",
            "KmsKeyId": KEY,
            "HasCustomEventSelectors": False,
            "IsOrganizationTrail": True,
        }
    },
    ("GetTrailStatus", "watch-trail"): {
        "IsLogging": True,
        "StartLoggingTime": OLD,
        "LatestDeliveryTime": NOW,
        "LatestCloudWatchLogsDeliveryTime": NOW,
        "LatestDigestDeliveryTime": NOW,
    },
    ("GetEventSelectors", "watch-trail"): {
        "TrailARN": TRAIL_ARN,
        "EventSelectors": [
            {**_SELECTORS[0], "DataResources": [], "ExcludeManagementEventSources": []}
        ],
    },
    ("GetBucketVersioning", "watch-bucket"): {"Status": "Enabled"},
    ("GetPublicAccessBlock", "watch-bucket"): {
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        }
    },
    ("GetBucketEncryption", "watch-bucket"): {
        "ServerSideEncryptionConfiguration": {
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
                    "BucketKeyEnabled": False,
                }
            ]
        }
    },
    ("GetBucketLifecycleConfiguration", "watch-bucket"): {
        "Rules": [{"ID": "1", "Prefix": "", "Status": "Enabled", "Expiration": {"Days": 365}}]
    },
    ("GetBucketOwnershipControls", "watch-bucket"): {
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    },
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html
    ("GetObjectLockConfiguration", "watch-bucket"): {
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 365}},
        }
    },
    ("GetBucketPolicy", "watch-bucket"): {"Policy": policy(WRITE_LOG_FILES, DENY_NO_TLS)},
    ("DescribeLogGroups", "watch-group"): {
        "logGroups": [
            {"logGroupName": "watch-group-2", "retentionInDays": 1},
            {
                "logGroupName": "watch-group",
                "retentionInDays": 365,
                "logGroupClass": "STANDARD",
                "deletionProtectionEnabled": True,
                "kmsKeyId": KEY,
            },
        ]
    },
    ("GetRole", "watch-role"): {
        "Role": {
            "Path": "/",
            "RoleName": "watch-role",
            "RoleId": "AROAEXAMPLEEXAMPLE",
            "Arn": "arn:aws:iam::111122223333:role/watch-role",
            "CreateDate": OLD,
            "AssumeRolePolicyDocument": encoded(_TRUST),
        }
    },
    ("ListRolePolicies", "watch-role"): {"PolicyNames": ["write"], "IsTruncated": False},
    ("GetRolePolicy", "watch-role"): {
        "RoleName": "watch-role",
        "PolicyName": "write",
        "PolicyDocument": encoded({"Statement": [WRITE_EVENTS]}),
    },
    ("ListAttachedRolePolicies", "watch-role"): {"AttachedPolicies": [], "IsTruncated": False},
    ("DescribeKey", KEY_ID): {
        "KeyMetadata": {"KeyId": KEY_ID, "Arn": KEY, "Enabled": True, "KeyState": "Enabled"}
    },
    ("GetKeyPolicy", KEY_ID): {"PolicyName": "default", "Policy": policy(*KEY_STATEMENTS)},
    ("GetKeyRotationStatus", KEY_ID): {"KeyRotationEnabled": True},
    ("DescribeMetricFilters", "watch-group"): {
        "metricFilters": [
            {
                "filterName": "watch-iam",
                "filterPattern": PATTERN,
                "logGroupName": "watch-group",
                "metricTransformations": [
                    {
                        "metricName": "Iam",
                        "metricNamespace": "Trailbell",
                        "metricValue": "1",
                        "defaultValue": 0.0,
                    }
                ],
                "applyOnTransformedLogs": False,
            }
        ]
    },
    ("DescribeAlarms", "watch-iam"): _alarm(
        "iam",
        Namespace="Trailbell",
        MetricName="Iam",
        Period=300,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Threshold=5.0,
        TreatMissingData="notBreaching",
    ),
    ("DescribeAlarms", "watch-heartbeat"): _alarm(
        "heartbeat",
        Namespace="AWS/Logs",
        MetricName="IncomingLogEvents",
        Dimensions=[{"Name": "LogGroupName", "Value": "watch-group"}],
        Period=3600,
        ComparisonOperator="LessThanThreshold",
        Threshold=1.0,
        TreatMissingData="missing",
        InsufficientDataActions=[TOPIC],
    ),
    ("ListAlarmMuteRules", "SCHEDULED"): {"AlarmMuteRuleSummaries": []},
    ("GetTopicAttributes", TOPIC): {
        "Attributes": {"TopicArn": TOPIC, "KmsMasterKeyId": KEY, "Policy": policy(PUBLISH)}
    },
    ("GetTopicAttributes", LOW_TOPIC): {
        "Attributes": {"TopicArn": LOW_TOPIC, "Policy": policy(DEFAULT_PUBLISH)}
    },
    ("ListSubscriptionsByTopic", TOPIC): {
        "Subscriptions": [
            _subscription(MAIL_ARN, "email", "a@example.com"),
            _subscription(PAGER_ARN, "lambda", FUNCTION),
        ]
    },
    ("ListSubscriptionsByTopic", LOW_TOPIC): {"Subscriptions": []},
    ("GetSubscriptionAttributes", MAIL_ARN): {
        "Attributes": {"Protocol": "email", "PendingConfirmation": "false"}
    },
    ("GetSubscriptionAttributes", PAGER_ARN): {
        "Attributes": {
            "Protocol": "lambda",
            "PendingConfirmation": "false",
            "RawMessageDelivery": "false",
        }
    },
    ("GetPolicy", FUNCTION): {"Policy": policy(INVOKE)},
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
    ("GetQueueAttributes", QUEUE_URL): {
        "Attributes": {
            "QueueArn": QUEUE_ARN,
            "MessageRetentionPeriod": "1209600",
            "VisibilityTimeout": "300",
            "KmsMasterKeyId": KEY,
            "SqsManagedSseEnabled": "false",
            "RedrivePolicy": json.dumps(
                {"deadLetterTargetArn": DEAD_LETTERS, "maxReceiveCount": 5}
            ),
            "Policy": policy(SEND),
        }
    },
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html
    ("DescribeEventBus", "watch-bus"): {
        "Name": "watch-bus",
        "Arn": BUS_ARN,
        "KmsKeyIdentifier": KEY,
        "DeadLetterConfig": {"Arn": DEAD_LETTERS},
        "Policy": policy({**_MEMBERS, "Sid": "Members", "Resource": BUS_ARN}),
    },
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeArchive.html
    ("DescribeArchive", "watch-archive"): {
        "ArchiveName": "watch-archive",
        "EventSourceArn": BUS_ARN,
        "State": "ENABLED",
        "RetentionDays": 30,
        "EventPattern": json.dumps(EVENT_PATTERN),
    },
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html
    ("DescribeRule", "watch-who"): {
        "Name": "watch-who",
        "EventBusName": "watch-bus",
        "EventPattern": json.dumps(EVENT_PATTERN),
        "State": READS,
    },
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html
    ("ListTargetsByRule", "watch-who"): {
        "Targets": [
            {
                "Id": "text",
                "Arn": TOPIC,
                "InputTransformer": {
                    "InputPathsMap": {"who": "$.detail.userIdentity.arn"},
                    "InputTemplate": '"<who> did it in us-east-1."',
                },
                "DeadLetterConfig": {"Arn": DEAD_LETTERS},
                "RetryPolicy": {"MaximumEventAgeInSeconds": 3600},
            },
            {
                "Id": "json",
                "Arn": QUEUE_ARN,
                "InputTransformer": {
                    "InputPathsMap": {},
                    "InputTemplate": '{"event":<aws.events.event.json>}',
                },
            },
        ]
    },
    ("GetDashboard", "watch-dashboard"): {"DashboardBody": '{"widgets":[]}'},
    ("DescribeQueryDefinitions", "watch/"): {
        "queryDefinitions": [
            {
                "queryDefinitionId": "11111111-2222-3333-4444-555555555555",
                "name": "watch/iam",
                "queryString": "fields @message",
                "logGroupNames": ["watch-group"],
            }
        ]
    },
}

# The error code, or the empty answer of an operation that lists. The codes are those of the
# service models of the SDK; S3 has its own list:
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
NOT_THERE: Mapping[str, tuple[str, Any]] = {
    "DescribeArchive": ("ResourceNotFoundException", None),
    "DescribeEventBus": ("ResourceNotFoundException", None),
    "DescribeRule": ("ResourceNotFoundException", None),
    "ListTargetsByRule": ("ResourceNotFoundException", None),
    "DescribeAlarms": ("", {"MetricAlarms": [], "CompositeAlarms": []}),
    "DescribeKey": ("NotFoundException", None),
    "DescribeLogGroups": ("", {"logGroups": []}),
    "DescribeMetricFilters": ("", {"metricFilters": []}),
    "DescribeQueryDefinitions": ("", {"queryDefinitions": []}),
    "GetBucketEncryption": ("ServerSideEncryptionConfigurationNotFoundError", None),
    "GetBucketLifecycleConfiguration": ("NoSuchLifecycleConfiguration", None),
    "GetBucketOwnershipControls": ("OwnershipControlsNotFoundError", None),
    "GetBucketPolicy": ("NoSuchBucketPolicy", None),
    "GetBucketVersioning": ("NoSuchBucket", None),
    "GetObjectLockConfiguration": ("ObjectLockConfigurationNotFoundError", None),
    "GetDashboard": ("ResourceNotFound", None),
    "GetEventSelectors": ("TrailNotFoundException", None),
    "GetKeyPolicy": ("NotFoundException", None),
    "GetKeyRotationStatus": ("NotFoundException", None),
    "GetPolicy": ("ResourceNotFoundException", None),
    "GetPublicAccessBlock": ("NoSuchPublicAccessBlockConfiguration", None),
    "GetQueueAttributes": ("AWS.SimpleQueueService.NonExistentQueue", None),
    "GetRole": ("NoSuchEntity", None),
    "GetRolePolicy": ("NoSuchEntity", None),
    "GetSubscriptionAttributes": ("NotFound", None),
    "GetTopicAttributes": ("NotFound", None),
    "GetTrail": ("TrailNotFoundException", None),
    "GetTrailStatus": ("TrailNotFoundException", None),
    # No page says whether a log group without transformer is an error: both are accepted.
    "GetTransformer": ("", {}),
    "ListAlarmMuteRules": ("", {"AlarmMuteRuleSummaries": []}),
    "ListAttachedRolePolicies": ("NoSuchEntity", None),
    "ListRolePolicies": ("NoSuchEntity", None),
    "ListSubscriptionsByTopic": ("NotFound", None),
}
