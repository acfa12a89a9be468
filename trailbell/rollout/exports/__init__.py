"""
Exports and imports across accounts: whether what a stack imports will be there.

In:    a `RolloutPlan`, templates, exports of accounts and of other rollouts.
Out:   an error for an import that nothing exports, or an export in use that would go.
Never: a guess. What is not known is part of the plan.
"""
