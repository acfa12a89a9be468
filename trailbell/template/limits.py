"""
How large a template may be.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

BODY_BYTES = 51_200
"""In the request itself."""

OBJECT_BYTES = 1_000_000
"""In a bucket: the page says 1 MB, and cfn-lint reads that as a million bytes too."""
