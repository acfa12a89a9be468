"""The rule W9819: log alarms that miss events or log lines."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.log_alarms import faults


class LogAlarmWithoutEffect(CloudFormationLintRule):
    """A log alarm runs its query on a schedule, over a time that ends at the run. If the time is
    shorter than the schedule, no run reads the events between, and no one is notified of them. Log
    lines are never in a notification if the query has `unmask()`.

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
              StartTimeOffset: 60
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
              StartTimeOffset: 600
              EndTimeOffset: 0
    ```

    ## Silent

    - Times and schedules that a parameter decides.
    - Times that overlap: events are read twice, which some queries want.
    """

    id = "W9819"
    shortdesc = "log-alarm-without-effect"
    description = "The queries of a log alarm read all events, and its log lines are sent"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-log.html"
    tags = ["cloudwatch", "logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(fault.path, fault.text)
            for fault in faults(cfn.template)
            if not fault.is_rejected
        ]
