"""
Plans and results as text, Markdown and JSON.

In:    a `RolloutPlan`, a `RolloutResult`.
Out:   texts.
Never: a call, or a decision.
"""
