"""
Names of things that do not exist yet, or are not ours: no partition, account or Region in them.

A policy that names the trail is needed before the trail, so its ARN is built from its name.
"""

from troposphere import If, Ref, Sub

TRAIL_NAME = Sub("${TrailName}-${AWS::Region}")
TRAIL = Sub(
    "arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}"
    ":trail/${TrailName}-${AWS::Region}"
)
TRAILS = Sub("arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/*")
ALARMS = Sub("arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*")
ACCOUNT_ROOT = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
LOGS_SERVICE = Sub("logs.${AWS::Region}.${AWS::URLSuffix}")
# CloudFormation names a log group that is given no name after its stack.
OWN_LOG_GROUPS = Sub(
    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${AWS::StackName}-*"
)


def trail_of(account: str) -> Sub:
    """The trail of another account, where ``TrailRegion`` may name another Region than this."""
    region = If("TrailIsElsewhere", Ref("TrailRegion"), Ref("AWS::Region"))
    return Sub(
        f"arn:${{AWS::Partition}}:cloudtrail:${{Home}}:{account}:trail/${{TrailName}}-${{Home}}",
        Home=region,
    )


def trails_of(account: str) -> Sub:
    """All trails of another account."""
    return Sub(f"arn:${{AWS::Partition}}:cloudtrail:*:{account}:trail/*")
