"""
Event patterns of the kinds that AWS documents, which have no issues.

In:    nothing.
Out:   rows of a table: a pattern each.
Never: a pattern that AWS shows and that does not do what it should: a sign-in in one spelling.

Pages: the EventBridge user guide (operators, patterns, null values, read-only events), its
reference of events, and the guides of the services whose events are named.
"""

from typing import Any

import pytest

Pattern = dict[str, Any]


def row(what: str, pattern: Pattern) -> Any:
    return pytest.param(pattern, id=f"silent: {what}")


def of(service: str, detail_type: str, /, **detail: Any) -> Pattern:
    """Events that a service sends directly."""
    pattern: Pattern = {"source": [f"aws.{service}"], "detail-type": [detail_type]}
    return pattern | ({"detail": detail} if detail else {})


def calls(service: str, /, *names: Any, **detail: Any) -> Pattern:
    """Calls of a service's API, as the reference of events shows them."""
    condition: Pattern = {"eventSource": [f"{service}.amazonaws.com"]}
    condition |= {"eventName": list(names)} if names else {}
    return of(service, "AWS API Call via CloudTrail", **condition, **detail)


def detail(**members: Any) -> Pattern:
    return {"detail": members}


OPERATORS = [
    row("every event", {"source": [{"prefix": ""}]}),
    row("one source", {"source": ["aws.ec2"]}),
    row("two sources", {"source": ["aws.ec2", "aws.fargate"]}),
    row("one account", {"account": ["123456789012"]}),
    row("a source of one's own", {"source": ["com.example.orders"]}),
    row("a partner's source", {"source": [{"prefix": "aws.partner/example.com"}]}),
    row(
        "whatever is not AWS's own",
        {"source": [{"prefix": "aws.partner/"}, {"anything-but": {"prefix": "aws."}}]},
    ),
    row("what is not replayed", {"replay-name": [{"exists": False}]}),
    row("a prefix of the time", {"time": [{"prefix": "2017-10-02"}]}),
    row("a prefix in any case", detail(service=[{"prefix": {"equals-ignore-case": "EventB"}}])),
    row("a suffix", {"FileName": [{"suffix": ".png"}]}),
    row("a suffix in any case", detail(FileName=[{"suffix": {"equals-ignore-case": ".png"}}])),
    row(
        "any case",
        {"detail-type": [{"equals-ignore-case": "ec2 instance state-change notification"}]},
    ),
    row("anything but a text", detail(state=[{"anything-but": "initializing"}])),
    row("anything but a number", detail(**{"x-limit": [{"anything-but": 123}]})),
    row("anything but some texts", detail(state=[{"anything-but": ["stopped", "overloaded"]}])),
    row("anything but some numbers", detail(**{"x-limit": [{"anything-but": [100, 200, 300]}]})),
    row("anything but a prefix", detail(state=[{"anything-but": {"prefix": "init"}}])),
    row(
        "anything but two prefixes", detail(state=[{"anything-but": {"prefix": ["init", "error"]}}])
    ),
    row("anything but a suffix", {"FileName": [{"anything-but": {"suffix": [".txt", ".rtf"]}}]}),
    row(
        "anything but texts in any case",
        detail(state=[{"anything-but": {"equals-ignore-case": ["initializing", "stopped"]}}]),
    ),
    row(
        "anything but a wildcard",
        detail(FilePath=[{"anything-but": {"wildcard": ["*/lib/*", "*/bin/*"]}}]),
    ),
    row(
        "numbers",
        detail(
            **{
                "c-count": [{"numeric": [">", 0, "<=", 5]}],
                "d-count": [{"numeric": ["<", 10]}],
                "x-limit": [{"numeric": ["=", 3.018e2]}],
            }
        ),
    ),
    row("a range of addresses", detail(sourceIPAddress=[{"cidr": "10.0.0.0/24"}])),
    row("a range of long addresses", {"source-ip": [{"cidr": "2001:db8::/32"}]}),
    row("what is there", detail(state=[{"exists": True}])),
    row("what is missing", detail(**{"c-count": [{"exists": False}]})),
    row("missing or a value", detail(state=[{"exists": False}, "running"])),
    row("empty text", detail(eventVersion=[""])),
    row("null", detail(responseElements=[None])),
    row("a wildcard", {"EventBusArn": [{"wildcard": "arn:aws:events:us-east-1:*:event-bus/*"}]}),
    row("a star of its own", detail(name=[{"wildcard": r"a\*b"}])),
    row(
        "alternatives",
        detail(
            **{
                "$or": [
                    {"c-count": [{"numeric": [">", 0, "<=", 5]}]},
                    {"d-count": [{"numeric": ["<", 10]}]},
                    {"x-limit": [{"numeric": ["=", 3.018e2]}]},
                ]
            }
        ),
    ),
    row(
        "alternatives of several members",
        {
            "source": ["aws.cloudwatch"],
            "$or": [
                {"metricName": ["CPUUtilization", "ReadLatency"]},
                {
                    "metricType": ["MetricType"],
                    "namespace": ["AWS/EC2", "AWS/ES"],
                    "$or": [{"metricId": [1234]}, {"spaceId": [1000]}],
                },
                {"scope": ["Service"]},
            ],
        },
    ),
    row(
        "several operators on one member",
        detail(**{"c-count": [{"numeric": [">", 5]}, {"exists": False}, "many"]}),
    ),
]

SERVICES = [
    row(
        "an instance that stops",
        of("ec2", "EC2 Instance State-change Notification", state=["terminated"]),
    ),
    row(
        "a launch",
        of("autoscaling", "EC2 Instance Launch Successful", AutoScalingGroupName=["web"]),
    ),
    row(
        "a finding of GuardDuty",
        of("guardduty", "GuardDuty Finding", severity=[{"numeric": [">=", 7]}]),
    ),
    row(
        "severities as numbers",
        of("guardduty", "GuardDuty Finding", severity=[4, 4.0, 4.1, 8, 8.9]),
    ),
    row(
        "a type of finding",
        of("guardduty", "GuardDuty Finding", type=[{"prefix": "UnauthorizedAccess:IAMUser"}]),
    ),
    row(
        "a finding of Security Hub",
        of(
            "securityhub",
            "Security Hub Findings - Imported",
            findings={"Severity": {"Label": ["HIGH", "CRITICAL"]}, "Workflow": {"Status": ["NEW"]}},
        ),
    ),
    row(
        "what no longer complies",
        of(
            "config",
            "Config Rules Compliance Change",
            messageType=["ComplianceChangeNotification"],
            newEvaluationResult={"complianceType": ["NON_COMPLIANT"]},
        ),
    ),
    row("health", of("health", "AWS Health Event", service=["EC2"], eventTypeCategory=["issue"])),
    row("an alarm", of("cloudwatch", "CloudWatch Alarm State Change", state={"value": ["ALARM"]})),
    row(
        "an object",
        of(
            "s3",
            "Object Created",
            bucket={"name": ["amzn-s3-demo-bucket"]},
            object={"key": [{"prefix": "in/"}]},
        ),
    ),
    row(
        "an image",
        of("ecr", "ECR Image Action", **{"action-type": ["PUSH"], "result": ["SUCCESS"]}),
    ),
    row("a task", of("ecs", "ECS Task State Change", lastStatus=["STOPPED"])),
    row(
        "a pipeline",
        of("codepipeline", "CodePipeline Pipeline Execution State Change", state=["FAILED"]),
    ),
    row("a branch", of("codecommit", "CodeCommit Repository State Change", referenceName=["main"])),
    row("a build", of("codebuild", "CodeBuild Build State Change", **{"build-status": ["FAILED"]})),
    row("a certificate", of("acm", "ACM Certificate Approaching Expiration")),
    row(
        "a finding of Access Analyzer",
        of("access-analyzer", "Access Analyzer Finding", status=["ACTIVE"]),
    ),
    row("a schedule", of("events", "Scheduled Event")),
    row("a tag", of("tag", "Tag Change on Resource", service=["ec2"])),
    row("what a volume does", {"source": ["aws.ec2"], "detail-type": ["EBS Volume Notification"]}),
    row(
        "resources",
        {"resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-1234567890abcdef0"]},
    ),
    row(
        "an event of one's own that is built like CloudTrail's",
        {
            "source": ["com.example.shop"],
            "detail-type": ["order"],
            "detail": {"eventName": ["GetOrder"]},
        },
    ),
]

TRAIL = [
    row("a service's calls", calls("iam")),
    row("users", calls("iam", "CreateUser", "DeleteUser", "CreateAccessKey")),
    row("instances", calls("ec2", "StopInstances", "TerminateInstances")),
    row("security groups", calls("ec2", "AuthorizeSecurityGroupIngress")),
    row(
        "objects",
        calls(
            "s3",
            *("PutObject", "CompleteMultipartUpload", "CopyObject"),
            requestParameters={"bucketName": ["amzn-s3-demo-bucket"], "key": ["in.zip"]},
        ),
    ),
    row("reading an object, which is a data event", calls("s3", "GetObject")),
    row("buckets", calls("s3", "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketAcl")),
    row("a key", calls("kms", "DisableKey", "ScheduleKeyDeletion")),
    row("the trail", calls("cloudtrail", "StopLogging", "DeleteTrail", "UpdateTrail")),
    row(
        "calls named like reads that are none",
        calls("sts", "GetFederationToken", "GetSessionToken"),
    ),
    row("a service whose calls are not known", calls("ssm", "SomethingNew")),
    row("what only changes", calls("iam", readOnly=[False])),
    row("failed calls", calls("ec2", errorCode=[{"exists": True}])),
    row("successful calls", calls("ec2", "RunInstances", errorCode=[{"exists": False}])),
    row("a permission for everybody", calls("lambda", requestParameters={"principal": ["*"]})),
    row(
        "denied calls",
        calls("iam", errorCode=["AccessDenied", {"suffix": "UnauthorizedOperation"}]),
    ),
    row(
        "denied calls, with a wildcard",
        {
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {"errorCode": [{"wildcard": "AccessDenied*"}]},
        },
    ),
    row(
        "without MFA",
        calls(
            "iam", userIdentity={"sessionContext": {"attributes": {"mfaAuthenticated": ["false"]}}}
        ),
    ),
    row(
        "the root user",
        {
            "detail-type": [
                "AWS API Call via CloudTrail",
                "AWS Console Sign In via CloudTrail",
                "AWS Console Signin via CloudTrail",
            ],
            "detail": {"userIdentity": {"type": ["Root"]}},
        },
    ),
    row(
        "accounts",
        of(
            "controltower",
            "AWS Service Event via CloudTrail",
            eventName=["CreateManagedAccount"],
            serviceEventDetails={"createManagedAccountStatus": {"state": ["SUCCEEDED"]}},
        ),
    ),
    row(
        "calls next to events of other types",
        {
            "$or": [
                {
                    "detail-type": ["AWS API Call via CloudTrail"],
                    "detail": {
                        "eventSource": [{"anything-but": ["sts.amazonaws.com"]}],
                        "errorCode": [{"exists": False}],
                        "readOnly": [False],
                        "managementEvent": [True],
                    },
                },
                {"detail-type": ["GuardDuty Finding", "AWS Health Event"]},
            ]
        },
    ),
    row("insights", of("cloudtrail", "AWS Insight via CloudTrail")),
    row("rotation", of("kms", "AWS Service Event via CloudTrail", eventName=["RotateKey"])),
    row(
        "services that share a rule",
        {
            "source": ["aws.iam", "aws.sts"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {"eventSource": ["iam.amazonaws.com"], "eventName": ["CreateUser"]},
        },
    ),
    row(
        "calls of two services",
        {
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {
                "$or": [
                    {"eventSource": ["iam.amazonaws.com"], "eventName": ["CreateUser"]},
                    {"eventSource": ["kms.amazonaws.com"], "eventName": ["DisableKey"]},
                ]
            },
        },
    ),
    row(
        "a name that belongs to one of two services",
        {
            "source": ["aws.iam", "aws.kms"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {
                "eventName": ["DisableKey"],
                "$or": [
                    {"eventSource": ["iam.amazonaws.com"]},
                    {"eventSource": ["kms.amazonaws.com"]},
                ],
            },
        },
    ),
    row(
        "exclusions that keep what has no such member",
        calls("ec2", errorCode=[{"exists": False}, {"anything-but": ["Client.DryRunOperation"]}]),
    ),
    row(
        "an exclusion of what is always there",
        calls("iam", userIdentity={"type": [{"anything-but": "AWSService"}]}),
    ),
]

DOCUMENTED = OPERATORS + SERVICES + TRAIL
