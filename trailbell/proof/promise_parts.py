"""
Parts of promises: where policies are, who calls, and conditions of the templates.

In:    names of the templates: parameters, conditions, logical ids.
Out:   parts of requests, with intrinsic functions.
Never: a promise.
"""

from typing import Any

from trailbell.proof.promise import Where

LOG_BUCKETS = (
    Where(
        resource_type="AWS::S3::BucketPolicy",
        property="PolicyDocument",
        logical_id="LogBucketPolicy",
    ),
)
ACCESS_LOGS = (
    Where(
        resource_type="AWS::S3::BucketPolicy",
        property="PolicyDocument",
        logical_id="ServerAccessLogsPolicy",
    ),
)
BUCKETS = (Where(resource_type="AWS::S3::BucketPolicy", property="PolicyDocument"),)
TOPICS = (Where(resource_type="AWS::SNS::TopicPolicy", property="PolicyDocument"),)
QUEUES = (Where(resource_type="AWS::SQS::QueuePolicy", property="PolicyDocument"),)
KEYS = (Where(resource_type="AWS::KMS::Key", property="KeyPolicy"),)
TRUST = "AssumeRolePolicyDocument"


def sub(text: str, **variables: Any) -> dict[str, Any]:
    return {"Fn::Sub": [text, variables] if variables else text}


def if_(condition: str, value: Any, otherwise: Any = None) -> dict[str, Any]:
    return {"Fn::If": [condition, value, otherwise or {"Ref": "AWS::NoValue"}]}


def service(name: str) -> dict[str, Any]:
    return {"Service": f"{name}.amazonaws.com"}


ALARMS = {
    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    "ArnLike": {
        "aws:SourceArn": sub(
            "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*"
        )
    },
}
READERS = {"AWS": {"Fn::Split": [",", {"Ref": "ReaderAccounts"}]}}
ACCOUNT = {"AWS": {"Ref": "AWS::AccountId"}}
SECURE = {"Bool": {"aws:SecureTransport": "true"}}


TLS_1_2 = {"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}


OWNER = if_("NamesManagementAccount", {"Ref": "ManagementAccountId"}, {"Ref": "AWS::AccountId"})
HOME = if_("TrailIsElsewhere", {"Ref": "TrailRegion"}, {"Ref": "AWS::Region"})


def trail_arn(region: Any, owner: Any) -> dict[str, Any]:
    return sub(
        "arn:${AWS::Partition}:cloudtrail:${Home}:${Owner}:trail/"
        "${InstallationName}-${TrailName}-${Home}",
        Home=region,
        Owner=owner,
    )


TRAIL_HERE = trail_arn({"Ref": "AWS::Region"}, OWNER)
TRAIL_OF_ARCHIVE = trail_arn(HOME, {"Ref": "ManagementAccountId"})


def at(where: tuple[Where, ...], stack: str) -> tuple[Where, ...]:
    return tuple(
        Where(
            resource_type=w.resource_type, property=w.property, logical_id=w.logical_id, stack=stack
        )
        for w in where
    )
