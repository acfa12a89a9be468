"""
What StackSets does by itself when accounts join or leave.

In:    settings, or the answer of DescribeStackSet.
Out:   an `AutoDeployment`.
Never: boto3. Settings are read by commands that call no account.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_AutoDeployment.html
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AutoDeployment:
    """Whether StackSets deploys to accounts that join, and removes stacks from those that leave.

    ``retain`` keeps the stacks of accounts that leave; ``after`` are the StackSets that are
    deployed first (DependsOn). No operation preferences and no waves apply.
    """

    enabled: bool = False
    retain: bool = False
    after: tuple[str, ...] = ()
