"""
What needs no plan: status, drift, stop.

In:    the `Sessions` of a rollout.
Out:   data and its text.
Never: a change of a stack.
"""
