"""
Automatic deployment: what StackSets does when accounts are added or removed.

In:    settings, or the response of DescribeStackSet.
Out:   an `AutoDeployment`.
Never: boto3. Commands that do not call AWS read these settings too.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_AutoDeployment.html
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AutoDeployment:
    """Whether StackSets deploys to accounts that are added to the target organizational units.

    ``retain`` is the account removal behavior: retain the stacks of removed accounts. ``after``
    are the ARNs of the stack sets that must be deployed first (DependsOn), sorted: their order
    means nothing. StackSets applies no operation preferences and no waves to automatic deployment.
    """

    enabled: bool = False
    retain: bool = False
    after: tuple[str, ...] = ()
