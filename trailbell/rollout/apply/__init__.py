"""
Apply a plan, stage by stage, and follow its operations.

In:    a `RolloutPlan` that was confirmed.
Out:   a `RolloutResult`.
Never: a decision that the plan does not hold.
"""
