"""
What a rollout should have, and what AWS has of it.

In:    a `Rollout`; Organizations and CloudFormation.
Out:   a `DesiredState` and an `ActualState`; how a StackSet differs from the settings.
Never: a change.
"""
