"""
An account in which one resource of each type is deployed, as the services describe it.

In:    changes to what a service describes.
Out:   clients for `ServiceClient`. Requests and responses are validated by the SDK's own models.
Never: a member that AWS does not have. The values are those that the pages of each operation show:
       https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html
       https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
       https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeMetricFilters.html
       https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
       https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
       https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
       https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from tests.deploy.http_fake import model, validate

ACCOUNT, REGION = "111122223333", "us-east-1"
NOW = datetime.now(UTC)
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/alerts/1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts-Topic-1"
SUBSCRIPTION = f"{TOPIC}:s1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k1"
GROUP_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:trails"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/alerts-Role-1"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"


def _allow(service: str, actions: Any, resource: Any, **more: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": actions,
        "Resource": resource,
        **more,
    }


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _ref(name: str) -> dict[str, Any]:
    return {"Ref": name}


def _arn(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


def _alarm(metric: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": "N",
            "MetricName": metric,
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Threshold": 1,
            "TreatMissingData": "notBreaching",
            "AlarmActions": [_ref("Topic")],
            **more,
        },
    }


_OWN_ACCOUNT = {"StringEquals": {"aws:SourceAccount": _ref("AWS::AccountId")}}
TEMPLATE: Mapping[str, Any] = {
    "Parameters": {"Endpoint": {"Type": "String", "Default": "a@example.com"}},
    "Resources": {
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {
                "EnableKeyRotation": True,
                "KeyPolicy": _document(
                    _allow(
                        "cloudwatch.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey*"], "*"
                    ),
                    _allow("cloudtrail.amazonaws.com", "kms:GenerateDataKey*", "*"),
                ),
            },
        },
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "VersioningConfiguration": {"Status": "Enabled"},
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": True,
                    "IgnorePublicAcls": True,
                    "RestrictPublicBuckets": True,
                },
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {
                            "ServerSideEncryptionByDefault": {
                                "SSEAlgorithm": "aws:kms",
                                "KMSMasterKeyID": _arn("Key"),
                            }
                        }
                    ]
                },
                "LifecycleConfiguration": {
                    "Rules": [{"Id": "expire", "Status": "Enabled", "ExpirationInDays": 365}]
                },
            },
        },
        "BucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": _ref("Bucket"),
                "PolicyDocument": _document(
                    _allow("cloudtrail.amazonaws.com", "s3:GetBucketAcl", _arn("Bucket")),
                    _allow(
                        "cloudtrail.amazonaws.com", "s3:PutObject", {"Fn::Sub": "${Bucket.Arn}/*"}
                    ),
                ),
            },
        },
        "Group": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": "trails",
                "RetentionInDays": 90,
                "KmsKeyId": _arn("Key"),
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "cloudtrail.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ]
                },
                "Policies": [
                    {
                        "PolicyName": "logs",
                        "PolicyDocument": {
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                                    "Resource": _arn("Group"),
                                }
                            ]
                        },
                    }
                ],
            },
        },
        "Trail": {
            "Type": "AWS::CloudTrail::Trail",
            "Properties": {
                "IsLogging": True,
                "IsMultiRegionTrail": True,
                "EnableLogFileValidation": True,
                "S3BucketName": _ref("Bucket"),
                "CloudWatchLogsLogGroupArn": _arn("Group"),
                "CloudWatchLogsRoleArn": _arn("Role"),
                "KMSKeyId": _arn("Key"),
            },
        },
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": _ref("Key")}},
        "TopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [_ref("Topic")],
                "PolicyDocument": _document(
                    _allow(
                        "cloudwatch.amazonaws.com",
                        "sns:Publish",
                        _ref("Topic"),
                        Condition=_OWN_ACCOUNT,
                    )
                ),
            },
        },
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": _ref("Topic"),
                "Protocol": "email",
                "Endpoint": _ref("Endpoint"),
            },
        },
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": FUNCTION,
                "Action": "lambda:InvokeFunction",
                "Principal": "sns.amazonaws.com",
                "SourceArn": _ref("Topic"),
            },
        },
        "Filter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": _ref("Group"),
                "FilterPattern": '{ $.eventName = "DeleteTrail" }',
                "MetricTransformations": [
                    {"MetricNamespace": "N", "MetricName": "M", "MetricValue": "1"}
                ],
            },
        },
        "Alarm": _alarm("M"),
        "Heartbeat": _alarm("Beat", TreatMissingData="breaching"),
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {"DashboardBody": '{"widgets": []}'},
        },
        "Query": {
            "Type": "AWS::Logs::QueryDefinition",
            "Properties": {"Name": "trailbell/who", "QueryString": "fields @message"},
        },
    },
}
_PHYSICAL_IDS = {
    "Key": "k1",
    "Bucket": "alerts-bucket-1",
    "BucketPolicy": "alerts-bucket-1",
    "Group": "trails",
    "Role": "alerts-Role-1",
    "Trail": "alerts-Trail-1",
    "Topic": TOPIC,
    "TopicPolicy": "alerts-TopicPolicy-1",
    "Subscription": SUBSCRIPTION,
    "Permission": "alerts-Permission-1",
    "Filter": "alerts-Filter-1",
    "Alarm": "alerts-Alarm-1",
    "Heartbeat": "alerts-Heartbeat-1",
    "Dashboard": "alerts-Dashboard-1",
    "Query": "q1",
}


class NotThereError(Exception):
    """What is described does not exist; the argument is the error code of the service."""


def _alarm_description(name: str, metric: str, missing: str) -> dict[str, Any]:
    return {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}",
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        "StateValue": "OK",
        "StateUpdatedTimestamp": NOW - timedelta(days=2),
        "Namespace": "N",
        "MetricName": metric,
        "Statistic": "Sum",
        "Dimensions": [],
        "Period": 300,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1.0,
        "TreatMissingData": missing,
    }


@dataclass
class Account:
    """What the services describe. A test changes it. None: the service has no such thing."""

    stack: dict[str, Any] = field(
        default_factory=lambda: {
            "StackId": STACK_ID,
            "StackName": "alerts",
            "StackStatus": "CREATE_COMPLETE",
            "CreationTime": NOW - timedelta(days=2),
            "EnableTerminationProtection": True,
            "Parameters": [{"ParameterKey": "Endpoint", "ParameterValue": "a@example.com"}],
        }
    )
    template: str = field(default_factory=lambda: json.dumps(TEMPLATE))
    stack_policy: str = ""
    resources: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys(_PHYSICAL_IDS, "CREATE_COMPLETE")
    )
    drifts: list[dict[str, Any]] = field(default_factory=list)
    trail: dict[str, Any] = field(
        default_factory=lambda: {
            "Name": "alerts-Trail-1",
            "S3BucketName": "alerts-bucket-1",
            "IncludeGlobalServiceEvents": True,
            "IsMultiRegionTrail": True,
            "IsOrganizationTrail": False,
            "LogFileValidationEnabled": True,
            "CloudWatchLogsLogGroupArn": f"{GROUP_ARN}:*",
            "CloudWatchLogsRoleArn": ROLE,
            "KmsKeyId": KEY,
        }
    )
    trail_status: dict[str, Any] = field(
        default_factory=lambda: {
            "IsLogging": True,
            "LatestDeliveryTime": NOW,
            "LatestCloudWatchLogsDeliveryTime": NOW,
            "StartLoggingTime": NOW - timedelta(days=2),
        }
    )
    selectors: dict[str, Any] = field(
        default_factory=lambda: {
            "EventSelectors": [
                {
                    "ReadWriteType": "All",
                    "IncludeManagementEvents": True,
                    "DataResources": [],
                    "ExcludeManagementEventSources": [],
                }
            ]
        }
    )
    filters: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {
                "filterName": "alerts-Filter-1",
                "logGroupName": "trails",
                "filterPattern": '{ $.eventName = "DeleteTrail" }',
                "metricTransformations": [
                    {"metricNamespace": "N", "metricName": "M", "metricValue": "1"}
                ],
            }
        ]
    )
    alarms: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            "Alarm": _alarm_description("alerts-Alarm-1", "M", "notBreaching"),
            "Heartbeat": _alarm_description("alerts-Heartbeat-1", "Beat", "breaching"),
        }
    )
    mute_rules: list[dict[str, Any]] = field(default_factory=list)
    topic: dict[str, str] | None = field(
        default_factory=lambda: {
            "TopicArn": TOPIC,
            "KmsMasterKeyId": "k1",
            "Policy": json.dumps(
                _document(
                    _allow(
                        "cloudwatch.amazonaws.com",
                        "sns:Publish",
                        TOPIC,
                        Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
                    )
                )
            ),
        }
    )
    subscriptions: list[dict[str, str]] = field(
        default_factory=lambda: [
            {
                "SubscriptionArn": SUBSCRIPTION,
                "Owner": ACCOUNT,
                "Protocol": "email",
                "Endpoint": "a@example.com",
                "TopicArn": TOPIC,
            }
        ]
    )
    subscription: dict[str, str] = field(
        default_factory=lambda: {"SubscriptionArn": SUBSCRIPTION, "PendingConfirmation": "false"}
    )
    function_policy: dict[str, Any] | None = field(
        default_factory=lambda: _document(
            _allow(
                "sns.amazonaws.com",
                "lambda:InvokeFunction",
                FUNCTION,
                Condition={"ArnLike": {"AWS:SourceArn": TOPIC}},
            )
        )
    )
    key: dict[str, Any] = field(
        default_factory=lambda: {"KeyId": "k1", "Arn": KEY, "KeyState": "Enabled"}
    )
    key_policy: dict[str, Any] = field(
        default_factory=lambda: _document(
            _allow("cloudwatch.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey*"], "*"),
            _allow("cloudtrail.amazonaws.com", "kms:GenerateDataKey*", "*"),
        )
    )
    key_rotation: bool = True
    groups: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {
                "logGroupName": "trails",
                "arn": f"{GROUP_ARN}:*",
                "retentionInDays": 90,
                "kmsKeyId": KEY,
                "logGroupClass": "STANDARD",
            }
        ]
    )
    transformer: list[dict[str, Any]] | None = None
    role: dict[str, Any] | None = field(
        default_factory=lambda: {
            "Path": "/",
            "RoleName": "alerts-Role-1",
            "RoleId": "AROA1234567890EXAMPLE",
            "Arn": ROLE,
            "CreateDate": NOW,
            "AssumeRolePolicyDocument": json.dumps(
                {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "cloudtrail.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ]
                }
            ),
        }
    )
    inline: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": f"{GROUP_ARN}:*",
            }
        ]
    )
    boundary: dict[str, Any] | None = None
    versioning: str = "Enabled"
    access_block: dict[str, bool] | None = field(
        default_factory=lambda: dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"),
            True,
        )
    )
    bucket_key: str = KEY
    expiration: int = 365
    bucket_policy: dict[str, Any] | None = field(
        default_factory=lambda: _document(
            _allow("cloudtrail.amazonaws.com", "s3:GetBucketAcl", "arn:aws:s3:::alerts-bucket-1"),
            _allow("cloudtrail.amazonaws.com", "s3:PutObject", "arn:aws:s3:::alerts-bucket-1/*"),
        )
    )
    dashboard: str | None = '{"widgets":[]}'
    queries: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {
                "queryDefinitionId": "q1",
                "name": "trailbell/who",
                "queryString": "fields @message",
                "logGroupNames": [],
            }
        ]
    )
    denied: set[str] = field(default_factory=set)
    page: int = 50
    """The entries of a page of DescribeMetricFilters."""


_ANSWERS: Mapping[str, Callable[[Account, Mapping[str, Any]], dict[str, Any]]] = {
    "DescribeStacks": lambda a, _: {"Stacks": [a.stack]},
    "GetTemplate": lambda a, _: {"TemplateBody": a.template},
    "GetStackPolicy": lambda a, _: {"StackPolicyBody": a.stack_policy} if a.stack_policy else {},
    "ListStackResources": lambda a, _: {
        "StackResourceSummaries": [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": _PHYSICAL_IDS[name],
                "ResourceType": TEMPLATE["Resources"][name]["Type"],
                "ResourceStatus": status,
                "LastUpdatedTimestamp": NOW,
            }
            for name, status in a.resources.items()
        ]
    },
    "DetectStackDrift": lambda _, __: {"StackDriftDetectionId": "d1"},
    "DescribeStackDriftDetectionStatus": lambda _, __: {
        "StackId": STACK_ID,
        "StackDriftDetectionId": "d1",
        "DetectionStatus": "DETECTION_COMPLETE",
        "Timestamp": NOW,
    },
    "DescribeStackResourceDrifts": lambda a, _: {"StackResourceDrifts": a.drifts},
    "GetTrail": lambda a, _: {"Trail": a.trail},
    "GetTrailStatus": lambda a, _: a.trail_status,
    "GetEventSelectors": lambda a, _: a.selectors,
    "DescribeMetricFilters": lambda a, r: _filter_page(a, r),
    "DescribeAlarms": lambda a, r: {
        "MetricAlarms": [x for x in a.alarms.values() if x["AlarmName"] in r["AlarmNames"]],
        "CompositeAlarms": [],
    },
    "ListAlarmMuteRules": lambda a, _: {"AlarmMuteRuleSummaries": a.mute_rules},
    "GetTopicAttributes": lambda a, r: {
        "Attributes": _there(a.topic if r["TopicArn"] == TOPIC else None, "NotFound")
    },
    "ListSubscriptionsByTopic": lambda a, _: {"Subscriptions": a.subscriptions},
    "GetSubscriptionAttributes": lambda a, _: {"Attributes": a.subscription},
    "GetPolicy": lambda a, r: _get_policy(a, r),
    "DescribeKey": lambda a, _: {"KeyMetadata": a.key},
    "GetKeyPolicy": lambda a, _: {"Policy": json.dumps(a.key_policy)},
    "GetKeyRotationStatus": lambda a, _: {"KeyRotationEnabled": a.key_rotation},
    "DescribeLogGroups": lambda a, _: {"logGroups": a.groups},
    "GetTransformer": lambda a, _: {
        "transformerConfig": _there(a.transformer, "ResourceNotFoundException")
    },
    "GetRole": lambda a, _: {"Role": _there(a.role, "NoSuchEntity")},
    "ListRolePolicies": lambda a, _: {"PolicyNames": ["logs"] if a.inline else []},
    "GetRolePolicy": lambda a, _: {
        "RoleName": "alerts-Role-1",
        "PolicyName": "logs",
        "PolicyDocument": json.dumps({"Statement": a.inline}),
    },
    "ListAttachedRolePolicies": lambda _, __: {"AttachedPolicies": []},
    "GetPolicyVersion": lambda a, _: {
        "PolicyVersion": {"Document": json.dumps(a.boundary), "VersionId": "v1"}
    },
    "GetBucketVersioning": lambda a, _: {"Status": a.versioning},
    "GetPublicAccessBlock": lambda a, _: {
        "PublicAccessBlockConfiguration": _there(
            a.access_block, "NoSuchPublicAccessBlockConfiguration"
        )
    },
    "GetBucketEncryption": lambda a, _: {
        "ServerSideEncryptionConfiguration": {
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": a.bucket_key,
                    }
                }
            ]
        }
    },
    "GetBucketLifecycleConfiguration": lambda a, _: {
        "Rules": [
            {"ID": "expire", "Status": "Enabled", "Expiration": {"Days": a.expiration}},
        ]
    },
    "GetBucketPolicy": lambda a, _: {
        "Policy": json.dumps(_there(a.bucket_policy, "NoSuchBucketPolicy"))
    },
    "GetDashboard": lambda a, _: {"DashboardBody": _there(a.dashboard, "ResourceNotFound")},
    "DescribeQueryDefinitions": lambda a, _: {"queryDefinitions": a.queries},
}


def _there(value: Any, code: str) -> Any:
    if value is None:
        raise NotThereError(code)
    return value


def _get_policy(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """GetPolicy of Lambda, or that of IAM."""
    if "PolicyArn" in request:
        return {"Policy": {"Arn": request["PolicyArn"], "DefaultVersionId": "v1"}}
    policy = _there(account.function_policy, "ResourceNotFoundException")
    return {"Policy": json.dumps(policy)}


def _filter_page(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the filters that the request selects. The prefix counts only with a log group."""
    selected = [
        entry
        for entry in account.filters
        if request.get("logGroupName") in (None, entry["logGroupName"])
        and (
            "logGroupName" not in request
            or entry["filterName"].startswith(request.get("filterNamePrefix", ""))
        )
        and request.get("metricName")
        in (None, *(t["metricName"] for t in entry["metricTransformations"]))
    ]
    start = int(request.get("nextToken", "0"))
    end = start + account.page
    token = {"nextToken": str(end)} if end < len(selected) else {}
    return {"metricFilters": selected[start:end], **token}


@dataclass
class FakeClient:
    """A client of one service, as the SDK creates it."""

    service: str
    account: Account

    @property
    def meta(self) -> SimpleNamespace:
        service_model = model(self.service)
        names = {xform_name(name): name for name in service_model.operation_names}
        return SimpleNamespace(
            service_model=service_model, method_to_api_mapping=names, endpoint_url="https://fake"
        )

    def __getattr__(self, method: str) -> Callable[..., dict[str, Any]]:
        operation = model(self.service).operation_model(self.meta.method_to_api_mapping[method])

        def call(**request: Any) -> dict[str, Any]:
            validate(operation.input_shape, request, f"request {operation.name}")
            if operation.name in self.account.denied:
                raise _error("AccessDenied", f"{operation.name} is denied", operation.name)
            try:
                answer = _ANSWERS[operation.name](self.account, request)
            except NotThereError as error:
                raise _error(str(error), "It does not exist.", operation.name) from error
            validate(operation.output_shape, answer, f"response to {operation.name}")
            return answer

        return call


def _error(code: str, message: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)
