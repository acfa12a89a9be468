"""
The IAM actions that ``verify`` needs.

In:    resource types.
Out:   the actions that read a stack, its drift, and resources of these types.
Never: a list kept by hand for a resource type: its module declares what it reads.
"""

from collections.abc import Iterable

from trailbell.deploy.verify.read_back import readable_types

STACK_ACTIONS = (
    *("cloudformation:DescribeStacks", "cloudformation:GetTemplate"),
    *("cloudformation:ListStackResources", "cloudformation:GetStackPolicy"),
    *("cloudformation:ListExports", "cloudformation:DetectStackDrift"),
    *("cloudformation:DetectStackResourceDrift", "cloudformation:DescribeStackResourceDrifts"),
    "cloudformation:DescribeStackDriftDetectionStatus",
)


def read_actions(types: Iterable[str] | None = None) -> tuple[str, ...]:
    """The IAM actions that read back resources of these types, or of all types, sorted.

    ``permissions`` can add them, with `STACK_ACTIONS`, to the policy of a deployer that verifies.
    """
    modules = readable_types()
    wanted = set(modules if types is None else types)
    return tuple(
        sorted(
            {
                operation.iam_action
                for type_, module in modules.items()
                if type_ in wanted
                for operation in module.READS
            }
        )
    )
