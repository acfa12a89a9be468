"""An alarm on a metric of an SQS queue."""

from typing import Any

from troposphere import GetAtt, cloudwatch

from stacks.pieces.installation import named


def queue_alarm(
    title: str,
    name: str,
    text: str,
    *,
    queue: str,
    metric: str,
    threshold: Any,
    topic: Any,
    **attributes: Any,
) -> cloudwatch.Alarm:
    """The alarm on the maximum of a metric in 5 minutes. ``queue`` is the logical id of the queue.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    return cloudwatch.Alarm(
        title,
        **attributes,
        AlarmName=named(name),
        AlarmDescription=text,
        Namespace="AWS/SQS",
        MetricName=metric,
        Dimensions=[cloudwatch.MetricDimension(Name="QueueName", Value=GetAtt(queue, "QueueName"))],
        Statistic="Maximum",
        Period=300,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Threshold=threshold,
        TreatMissingData="notBreaching",
        AlarmActions=[topic],
    )
