"""
What a rollout would do, as data.

In:    settings, and what AWS has.
Out:   a `RolloutPlan`: every operation on every StackSet, in stages.
Never: an effect.
"""
