"""
What AWS publishes about IAM: actions, resource types, condition keys and service principals.

In:    names and texts of policies, without intrinsic functions.
Out:   what they mean, and what they can match.
Never: a template, an evaluation of a request, or the network.
"""
