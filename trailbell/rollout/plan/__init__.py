"""
Decide what happens to each stack instance, by which operation, and in which stage.

In:    a `Rollout`, the organization, and an `ActualState` for each stack.
Out:   a `RolloutPlan`.
Never: a call.
"""
