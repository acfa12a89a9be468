"""
New files for a project: detections, stacks, policies.

In:    names, and a CloudTrail record.
Out:   the texts of Python files that build, and of their tests.
Never: a change of an existing file.
"""
