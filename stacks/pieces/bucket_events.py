"""
Events of the log bucket in Amazon EventBridge, on request.

In:    nothing.
Out:   a parameter, its condition, and a property for the bucket.
Never: a notification to a queue or topic: another stack could not add its own to the same bucket.
       Rules of any stack match the events in EventBridge, such as that of ``search``.
"""

from troposphere import Equals, If, NoValue, Parameter, Ref, s3

from stacks.pieces.trail_owner import GROUP
from trailbell import ParameterInput

INPUT = ParameterInput(
    parameter=Parameter(
        "LogBucketEvents",
        Type="String",
        Default="false",
        AllowedValues=["false", "true"],
        Description="Send S3 events to EventBridge, for stack search (1 USD per million).",
        ConstraintDescription="must be true or false",
    ),
    label="Events of the log bucket",
    group=GROUP,
)
CONDITIONS = {"SendsEvents": Equals(Ref("LogBucketEvents"), "true")}
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
NOTIFICATIONS = If(
    "SendsEvents",
    s3.NotificationConfiguration(
        EventBridgeConfiguration=s3.EventBridgeConfiguration(EventBridgeEnabled=True)
    ),
    NoValue,
)
