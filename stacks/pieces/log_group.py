"""
The log group to which CloudTrail writes events, and the role that it assumes to do so.

In:    the owner of the trail.
Out:   a `Piece`.
"""

from troposphere import If, NoValue, Parameter, Ref, Sub, iam, logs

from policies.trail_role import permissions_policy, trust_policy
from stacks.pieces.boundary import BOUNDARY, permissions_boundary
from stacks.pieces.encryption import KEY_ARN
from stacks.pieces.trail_owner import GROUP, THIS_ACCOUNT, TrailOwner
from trailbell import ParameterInput, Piece, suppress

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_RETENTION_DAYS = [
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
]
RETENTION_IN_DAYS = ParameterInput(
    parameter=Parameter(
        "RetentionInDays",
        Type="Number",
        Default=365,
        AllowedValues=_RETENTION_DAYS,
        Description=(
            "Days to keep events in the log group. Compliance standards usually require 365."
        ),
        ConstraintDescription="must be a retention period of CloudWatch Logs, such as 30 or 365",
    ),
    label="Retention of log events (days)",
    group=GROUP,
)


# What people search for after an alarm, of which each value is in few events. A log group can have
# 20 indexes; queries skip events that cannot match "field = value" or "field in [...]".
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatchLogs-Field-Indexing.html
_INDEXED_FIELDS = [
    *("errorCode", "eventName", "eventSource", "sourceIPAddress", "userIdentity.accessKeyId"),
    "userIdentity.arn",
]


def log_group(owner: TrailOwner = THIS_ACCOUNT) -> Piece:
    """The log group, protected against deletion, and CloudTrail's role for it.

    ``RetainExceptOnCreate`` would delete the log group after a failed creation. Its protection
    rejects that, and the stack would be in ROLLBACK_FAILED. An empty log group stays instead.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogGroupDeletionProtection.html
    """
    group = logs.LogGroup(
        "LogGroup",
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        DeletionProtectionEnabled=True,
        FieldIndexPolicies=[{"Fields": _INDEXED_FIELDS}],
        KmsKeyId=KEY_ARN,
        RetentionInDays=Ref("RetentionInDays"),
    )
    # Of events, log streams are called ``<account>_CloudTrail_<Region>``. No page names those of
    # Insights events, whose log files are called ``<account>_CloudTrail-Insight_<Region>``.
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
    # No RoleName: a fixed name could exist only once per account, so in one Region only.
    role = iam.Role(
        "TrailRole",
        Metadata=suppress(
            prowler={
                "iam_role_cross_service_confused_deputy_prevention": (
                    "AWS does not say that CloudTrail sends aws:SourceArn"
                )
            }
        ),
        Description=Sub("Allows CloudTrail to write to the log group of stack ${AWS::StackName}"),
        AssumeRolePolicyDocument=trust_policy(),
        PermissionsBoundary=BOUNDARY,
        Policies=[
            iam.Policy(
                PolicyName="write-log-events",
                PolicyDocument=permissions_policy(
                    log_streams=[
                        _log_streams("${AWS::AccountId}_CloudTrail*"),
                        owner.of_organization(_log_streams("${OrganizationId}_*")),
                        If(
                            "NamesManagementAccount",
                            _log_streams("${ManagementAccountId}_CloudTrail*"),
                            NoValue,
                        ),
                    ]
                ),
            )
        ],
    )
    boundary = permissions_boundary(GROUP)
    return Piece(
        inputs=(RETENTION_IN_DAYS, *owner.inputs, *boundary.inputs),
        conditions={**owner.conditions, **boundary.conditions},
        resources=(group, role),
    )


def _log_streams(names: str) -> Sub:
    return Sub(
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
        f":log-group:${{LogGroup}}:log-stream:{names}"
    )
