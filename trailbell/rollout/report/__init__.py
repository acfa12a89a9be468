"""
Plans and results as text, Markdown, JSON, and saved plans.

In:    a `RolloutPlan`, a `RolloutResult`.
Out:   texts and files.
Never: a call, or a decision.
"""
