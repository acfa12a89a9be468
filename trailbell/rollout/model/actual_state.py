"""
What AWS has of one stack of a rollout.

In:    what `trailbell.rollout.session` reads.
Out:   an `ActualState`.
Never: a call, or a decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trailbell.aws.regions import RegionCheck
from trailbell.aws.stack_set import (
    AccountRegion,
    StackInstance,
    StackSetDefinition,
    StackSetOperation,
)
from trailbell.rollout.model.stage import ManagementStack


@dataclass(frozen=True, kw_only=True)
class ActualState:
    """What AWS has.

    ``parameter_overrides`` holds the stack instances whose overrides were read, and
    ``unread_overrides`` is the number of the others that may have some. ``left_stacks`` are stacks
    in the management account that the settings no longer name. ``regions`` is what the
    administrator account says about the Regions of the rollout.
    """

    definition: StackSetDefinition | None
    instances: tuple[StackInstance, ...] = ()
    parameter_overrides: Mapping[AccountRegion, Mapping[str, str]] = field(default_factory=dict)
    unread_overrides: int = 0
    management_stacks: tuple[ManagementStack, ...] = ()
    left_stacks: tuple[ManagementStack, ...] = ()
    running_operations: tuple[StackSetOperation, ...] = ()
    regions: RegionCheck = field(default_factory=RegionCheck)
