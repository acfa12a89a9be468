"""
StackSets of stacks that were taken out of a rollout.

In:    the session of a rollout, default names of StackSets that no rollout of the settings has.
Out:   a sentence for each that exists, with how to delete its stacks.
Never: an error. A caller that may not call ListStackSets gets no sentence.
"""

from collections.abc import Mapping

from trailbell.errors import AwsError
from trailbell.rollout.session import RolloutSession


def left_stack_sets(session: RolloutSession, unused: Mapping[str, str]) -> tuple[str, ...]:
    """Look for StackSets that no rollout has. ``unused`` has the stack of each name."""
    if not unused:
        return ()
    try:
        existing = session.stack_set.active_names()
    except AwsError:
        return ()
    return tuple(
        f"StackSet {name} exists and is in no rollout of the settings, so its stacks stay as they "
        f"are. To delete them, put {stack} back in the stacks of the rollout and run: python "
        f"trailbell rollout remove {session.rollout.name} --stack {stack} --all"
        for name, stack in unused.items()
        if name in existing
    )
