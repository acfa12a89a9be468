"""
New things: a project, a detection, a stack, a policy.

In:    names, and for a detection perhaps a CloudTrail record.
Out:   files that build and pass their tests as they are.
Never: a file that exists. Nothing is overwritten.
"""
