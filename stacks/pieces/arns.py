"""
ARNs and names of resources to which a template cannot refer, without literal account or Region.

The policies that contain the ARN of the trail are created before the trail, so the ARN is built
from the trail name.
"""

from typing import Any

from troposphere import If, Join, Ref, Split, Sub

from stacks.pieces.installation import named

TRAIL_ACCOUNT_ID = If("NamesManagementAccount", Ref("ManagementAccountId"), Ref("AWS::AccountId"))
"""The account in the trail's ARN: an organization's management account, or this one."""

# A multi-Region trail occupies its name in all Regions, so the name contains its home Region.
TRAIL_NAME = named("${TrailName}-${AWS::Region}")
TRAIL = Sub(
    "arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${Owner}:trail/${InstallationName}-${TrailName}"
    "-${AWS::Region}",
    Owner=TRAIL_ACCOUNT_ID,
)
ALARMS = Sub("arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*")
# What is before ":function:" in the ARN of a function of this account and Region.
LAMBDA_OF_STACK = Sub("arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}")
ACCOUNT_ROOT = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
# Service principals end with the domain of their partition in China, but with amazonaws.com in the
# European Sovereign Cloud, whose domain is amazonaws.eu: IAM rejects ec2.amazonaws.eu there.
# https://github.com/pulumi/pulumi-eks/issues/2341
LOGS_SERVICE = Join(
    "amazonaws.com", Split("amazonaws.eu", Sub("logs.${AWS::Region}.${AWS::URLSuffix}"))
)
# CloudFormation generates the name of a log group from the stack name.
STACK_LOG_GROUPS = Sub(
    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${AWS::StackName}-*"
)


TRAIL_HOME_REGION = If("TrailIsElsewhere", Ref("TrailRegion"), Ref("AWS::Region"))
"""The home Region of a trail in another stack."""


def trail_elsewhere(account: Any) -> Sub:
    """The trail of the same installation in another account."""
    return Sub(
        "arn:${AWS::Partition}:cloudtrail:${Home}:${Owner}:trail/${InstallationName}-${TrailName}"
        "-${Home}",
        Home=TRAIL_HOME_REGION,
        Owner=account,
    )


def all_trails(account: Any) -> Sub:
    """All trails of an account."""
    return Sub("arn:${AWS::Partition}:cloudtrail:*:${Owner}:trail/*", Owner=account)


TRAILS = all_trails(TRAIL_ACCOUNT_ID)
