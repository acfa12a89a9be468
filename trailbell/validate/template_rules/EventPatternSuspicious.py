"""The rule W9818: event patterns that miss the events they are for."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.event_pattern import REFUSED
from trailbell.validate.event_patterns import findings


class EventPatternSuspicious(CloudFormationLintRule):
    """EventBridge accepts any names and values. A pattern with a member or a value that no event
    has never matches, and a rule that never matches looks like a quiet account.

    The rule knows the envelope of events, the fields of CloudTrail records, the event names of the
    services, and the members and values of their requests, from the models of the AWS SDK.

    ## Fails

    ```yaml
    Resources:
      KeyDisabled:
        Type: AWS::Events::Rule
        Properties:
          EventPattern:
            source: [aws.kms]
            detail-type: [AWS API Call via CloudTrail]
            detail:
              eventSource: [kms.amazonaws.com]
              eventName: [DisableKeys, ScheduleKeyDeletion]
    ```

    ## Passes

    ```yaml
    Resources:
      KeyDisabled:
        Type: AWS::Events::Rule
        Properties:
          EventPattern:
            source: [aws.kms]
            detail-type: [AWS API Call via CloudTrail]
            detail:
              eventSource: [kms.amazonaws.com]
              eventName: [DisableKey, ScheduleKeyDeletion]
    ```

    ## Silent

    - Values that an intrinsic function or a parameter decides.
    - Names and values in custom events, and in those of services whose events are not all known. A
      `*` that is no wildcard is reported in events of every source.
    - Patterns of archives, pipes and event sources of functions, whose events may be others.
    - Read-only events, if the state of the rule is `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`,
      `DISABLED`, or not known.
    """

    id = "W9818"
    shortdesc = "event-pattern-suspicious"
    description = "An event pattern can match the intended events"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html"
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(path, f"{finding.id}, at {finding.location}: {finding.reason}; {finding.fix}")
            for finding, path in findings(cfn.template)
            if finding.id not in REFUSED
        ]
