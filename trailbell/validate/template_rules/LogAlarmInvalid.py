"""The rule E9818: log alarms that CloudWatch rejects."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.log_alarms import faults


class LogAlarmInvalid(CloudFormationLintRule):
    """The schema of a log alarm accepts values that CloudWatch rejects when the stack is deployed:
    more results that must breach than are evaluated, an aggregation it does not have, a schedule in
    seconds.

    ## Fails

    ```yaml
    Resources:
      Topic:
        Type: AWS::SNS::Topic
      SignInFailures:
        Type: AWS::CloudWatch::LogAlarm
        Properties:
          ComparisonOperator: GreaterThanOrEqualToThreshold
          Threshold: 5
          QueryResultsToEvaluate: 3
          QueryResultsToAlarm: 4
          TreatMissingData: notBreaching
          AlarmActions: [!Ref Topic]
          ScheduledQueryConfiguration:
            QueryString: >-
              filter eventName = "ConsoleLogin" and errorMessage = "Failed authentication"
            AggregationExpression: count(*) by userIdentity.userName
            LogGroupIdentifiers: [aws-cloudtrail-logs]
            ScheduledQueryRoleARN: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/queries
            ScheduleConfiguration:
              ScheduleExpression: rate(5 minutes)
              StartTimeOffset: 300
              EndTimeOffset: 0
    ```

    ## Passes

    ```yaml
    Resources:
      Topic:
        Type: AWS::SNS::Topic
      SignInFailures:
        Type: AWS::CloudWatch::LogAlarm
        Properties:
          ComparisonOperator: GreaterThanOrEqualToThreshold
          Threshold: 5
          QueryResultsToEvaluate: 3
          QueryResultsToAlarm: 1
          TreatMissingData: notBreaching
          AlarmActions: [!Ref Topic]
          ScheduledQueryConfiguration:
            QueryString: >-
              filter eventName = "ConsoleLogin" and errorMessage = "Failed authentication"
            AggregationExpression: count(*) by userIdentity.userName
            LogGroupIdentifiers: [aws-cloudtrail-logs]
            ScheduledQueryRoleARN: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/queries
            ScheduleConfiguration:
              ScheduleExpression: rate(5 minutes)
              StartTimeOffset: 300
              EndTimeOffset: 0
    ```

    ## Silent

    - Values that a parameter or an intrinsic function decides.
    - Metric alarms.
    """

    id = "E9818"
    shortdesc = "log-alarm-invalid"
    description = "A log alarm has only values that CloudWatch accepts"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutLogAlarm.html"
    )
    tags = ["cloudwatch", "logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(fault.path, fault.text) for fault in faults(cfn.template) if fault.is_rejected
        ]
