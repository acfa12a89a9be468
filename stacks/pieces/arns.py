"""
Names of things that do not exist yet, or are not ours: no partition, account or Region in them.

A policy that names the trail is needed before the trail, so its ARN is built from its name.
"""

from typing import Any

from troposphere import If, Ref, Sub

TRAIL_OWNER = If("NamesManagementAccount", Ref("ManagementAccountId"), Ref("AWS::AccountId"))
"""The account in the trail's ARN: an organization's management account, or this one."""

# Unique to the stack and its Region: a multi-Region trail takes its name in all Regions.
TRAIL_NAME = Sub("${AWS::StackName}-${TrailName}-${AWS::Region}")
TRAIL = Sub(
    "arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${Owner}:trail/${AWS::StackName}-${TrailName}"
    "-${AWS::Region}",
    Owner=TRAIL_OWNER,
)
ALARMS = Sub("arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*")
ACCOUNT_ROOT = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
LOGS_SERVICE = Sub("logs.${AWS::Region}.${AWS::URLSuffix}")
# CloudFormation names a log group that is given no name after its stack.
OWN_LOG_GROUPS = Sub(
    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${AWS::StackName}-*"
)


TRAIL_ELSEWHERE = If("TrailIsElsewhere", Ref("TrailRegion"), Ref("AWS::Region"))
"""The home Region of a trail that may not be at home here."""


def trail_of(account: Any) -> Sub:
    """The trail of another account, perhaps of another Region, in the stack that a parameter
    names.
    """
    return Sub(
        "arn:${AWS::Partition}:cloudtrail:${Home}:${Owner}:trail/${TrailStackName}-${TrailName}"
        "-${Home}",
        Home=TRAIL_ELSEWHERE,
        Owner=account,
    )


def trails_of(account: Any) -> Sub:
    """All trails of an account."""
    return Sub("arn:${AWS::Partition}:cloudtrail:*:${Owner}:trail/*", Owner=account)


TRAILS = trails_of(TRAIL_OWNER)
