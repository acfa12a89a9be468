"""
The IAM permissions that deploying stacks requires.

In:    stacks with their settings, and the permissions that the handlers of each resource type
       declare.
Out:   IAM policies, each short enough for a managed policy.
Never: a call, or a write action on a name that is not the stack's own.
"""
