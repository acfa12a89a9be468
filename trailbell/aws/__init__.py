"""
AWS, for whoever changes or reads it: the one door to boto3 and what stands behind it.

In:    credentials, requests by the names of the API.
Out:   typed answers: stacks, change sets, events, root causes, StackSets, organizations; errors
       of AWS as the types of `trailbell.errors`.
Never: a decision on what to deploy. `deploy` and `rollout` decide; only this package calls AWS.
"""
