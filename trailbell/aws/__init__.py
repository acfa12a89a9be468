"""
Access to AWS: the only package that imports boto3.

In:    credentials, requests by the names of the API.
Out:   typed responses: stacks, change sets, events, root causes, StackSets, organizations;
       AWS errors as the types of `trailbell.errors`.
Never: a decision on what to deploy: that is for `deploy` and `rollout`.
"""
