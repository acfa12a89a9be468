"""
The management account, which service-managed StackSets skip: a stack of its own.

In:    a `RolloutConfig`.
Out:   its stacks there, compared and deployed by `trailbell.deploy`.
Never: another rule than for the member accounts.
"""
