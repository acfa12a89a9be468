"""
The partitions of AWS, as far as they differ in what templates and commands need to know.

In:    nothing.
Out:   `CONSOLE_DOMAINS` and `URL_SUFFIXES`.
Never: a Region. A partition has Regions of its own, and new ones are added often.
"""

from collections.abc import Mapping

CONSOLE_DOMAINS: Mapping[str, str] = {
    # https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html
    "aws": "console.aws.amazon.com",
    # https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html
    "aws-cn": "console.amazonaws.cn",
    # https://docs.aws.eu/general/latest/gr/endpoints.html
    "aws-eusc": "console.amazonaws-eusc.eu",
    # https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/configure-account.html
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
"""The domain of the AWS Management Console in each partition. A Region code precedes it."""

URL_SUFFIXES: Mapping[str, str] = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-us-gov": "amazonaws.com",
}
"""``AWS::URLSuffix`` in each partition: the ``dnsSuffix`` in the ``partitions.json`` of botocore.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
"""
