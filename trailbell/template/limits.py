"""
Limits on templates and on what they describe.

In:    nothing.
Out:   constants, in the units that their names say.
Never: a quota that AWS raises on request; `trailbell.validate` knows those.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

import re

BODY_BYTES = 51_200
"""A template that is part of the request."""

OBJECT_BYTES = 1_000_000
"""A template in a bucket: the page says 1 MB, which cfn-lint also reads as a million bytes."""

RESOURCES = 500
PARAMETERS = 200
OUTPUTS = 200
MAPPINGS = 200

DESCRIPTION_BYTES = 1_024
"""The description of a template."""

DYNAMIC_REFERENCES = 60
"""In one template."""

MANAGED_POLICY_CHARACTERS = 6_144
"""Without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

ALARM_DESCRIPTION_CHARACTERS = 1_024
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""

TAGS = 50
"""Tags of a stack."""

ACCOUNT_ID = re.compile(r"[0-9]{12}")
STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
"""The name of a stack or of a StackSet."""
