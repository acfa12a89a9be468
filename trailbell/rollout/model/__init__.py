"""
The data of a rollout: what it should have, what AWS has, and what a plan would do.

In:    what the other packages read and decide.
Out:   frozen data, and the members of requests.
Never: a call, or a decision.
"""
