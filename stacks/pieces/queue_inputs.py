"""
The parameters of an SQS queue for notifications, and their conditions.
"""

from troposphere import Equals, Join, Not, Parameter, Ref

from trailbell import ParameterInput, Severity

_GROUP = "Queue"

_LOWEST_SEVERITY = ParameterInput(
    parameter=Parameter(
        "LowestSeverity",
        Type="String",
        Default=Severity.LOW,
        AllowedValues=[*Severity],
        Description=(
            "Lowest severity of the alarms that the queue receives: low (all alarms), medium, or "
            "high only."
        ),
        ConstraintDescription="must be high, medium or low",
    ),
    label="Lowest severity",
    group=_GROUP,
)
_RAW_MESSAGE_DELIVERY = ParameterInput(
    parameter=Parameter(
        "RawMessageDelivery",
        Type="String",
        Default="false",
        AllowedValues=["false", "true"],
        Description=(
            'Body of a message: "true" for the notification of the alarm alone, "false" for that '
            "in the JSON of SNS, which has the ARN of the topic."
        ),
        ConstraintDescription="must be true or false",
    ),
    label="Raw message delivery",
    group=_GROUP,
)
_READER_ARNS = ParameterInput(
    parameter=Parameter(
        "ReaderArns",
        Type="CommaDelimitedList",
        Default="",
        AllowedPattern=r"^$|^arn:[a-z-]+:iam::[0-9]{12}:(root|role/\S+|user/\S+)$",
        Description=(
            "ARNs of the roles or accounts (arn:aws:iam::111122223333:root) that may read the "
            "queue, separated by commas. Leave empty to allow it by IAM policies of this account."
        ),
        ConstraintDescription="must be empty or ARNs of IAM roles, users or accounts",
    ),
    label="Readers (optional)",
    group=_GROUP,
)
# The limits are those of SetQueueAttributes.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_RETENTION = ParameterInput(
    parameter=Parameter(
        "MessageRetentionPeriod",
        Type="Number",
        Default=1209600,
        MinValue=86400,
        MaxValue=1209600,
        Description="Seconds to keep messages in the queue (1209600 = 14 days, the longest time).",
        ConstraintDescription="must be a number of seconds from 86400 (a day) to 1209600",
    ),
    label="Retention of messages (seconds)",
    group=_GROUP,
)
_VISIBILITY_TIMEOUT = ParameterInput(
    parameter=Parameter(
        "VisibilityTimeout",
        Type="Number",
        Default=300,
        MinValue=0,
        MaxValue=43200,
        Description=(
            "Seconds that a reader has to process a message. For a Lambda function, 6 times its "
            "timeout."
        ),
        ConstraintDescription="must be a number of seconds from 0 to 43200",
    ),
    label="Visibility timeout (seconds)",
    group=_GROUP,
)
_MAX_RECEIVE_COUNT = ParameterInput(
    parameter=Parameter(
        "MaxReceiveCount",
        Type="Number",
        Default=5,
        MinValue=1,
        MaxValue=1000,
        Description="Times that a message is received before it moves to the dead-letter queue.",
        ConstraintDescription="must be a number from 1 to 1000",
    ),
    label="Maximum receives",
    group=_GROUP,
)
_UNREAD_ALARM = ParameterInput(
    parameter=Parameter(
        "UnreadAlarmInSeconds",
        Type="Number",
        Default=3600,
        MinValue=60,
        MaxValue=43200,  # less than the shortest retention, or the alarm would never trigger
        Description="Age of the oldest message, in seconds, at which an alarm triggers.",
        ConstraintDescription="must be a number of seconds from 60 to 43200 (12 hours)",
    ),
    label="Age of messages for an alarm (seconds)",
    group=_GROUP,
)

INPUTS = (
    _LOWEST_SEVERITY,
    _READER_ARNS,
    _RAW_MESSAGE_DELIVERY,
    _RETENTION,
    _VISIBILITY_TIMEOUT,
    _MAX_RECEIVE_COUNT,
    _UNREAD_ALARM,
)
CONDITIONS = {
    "TakesMedium": Not(Equals(Ref("LowestSeverity"), Severity.HIGH)),
    "TakesLow": Equals(Ref("LowestSeverity"), Severity.LOW),
    "HasReaders": Not(Equals(Join("", Ref("ReaderArns")), "")),
}
