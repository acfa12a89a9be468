"""
The fifteen controls that every version of CIS AWS Foundations has under "Monitoring".

In:    nothing.
Out:   `CONTROLS`, in the order of CIS.
Never: what a compliance scanner requires of one. Each scanner has a module.

The section is 3 in version 1.2, 4 in versions 1.3 to 5.0, 5 in versions 6.0 and 7.0; the item
keeps its number. Security Hub has no control for item 15 and numbers the first three differently:
https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from dataclasses import dataclass

SECTIONS = {
    "1.2": 3,
    "1.3": 4,
    "1.4": 4,
    "1.5": 4,
    "2.0": 4,
    "3.0": 4,
    "4.0": 4,
    "5.0": 4,
    "6.0": 5,
    "7.0": 5,
}


@dataclass(frozen=True)
class Control:
    """
    A monitoring control.

    ``cis_item`` is its number in the section of CIS, ``security_hub`` its id in AWS Security Hub,
    empty if Security Hub does not have it.
    """

    cis_item: int
    key: str
    title: str
    security_hub: str = ""

    @property
    def cis(self) -> dict[str, str]:
        """The number of this control in each version of CIS that has it."""
        return {
            version: f"{section}.{self.cis_item}"
            for version, section in SECTIONS.items()
            if not (version == "1.2" and self.cis_item == 15)
        }


CONTROLS = (
    Control(1, "unauthorized-api-calls", "Unauthorized API calls", "CloudWatch.2"),
    Control(2, "console-sign-in-without-mfa", "Console sign-in without MFA", "CloudWatch.3"),
    Control(3, "root-account-use", "Use of the root user", "CloudWatch.1"),
    Control(4, "iam-policy-changes", "IAM policy changes", "CloudWatch.4"),
    Control(5, "cloudtrail-changes", "CloudTrail configuration changes", "CloudWatch.5"),
    Control(6, "console-sign-in-failures", "Failed console sign-ins", "CloudWatch.6"),
    Control(7, "kms-key-disabled-or-deleted", "KMS keys disabled or deleted", "CloudWatch.7"),
    Control(8, "s3-bucket-policy-changes", "S3 bucket policy changes", "CloudWatch.8"),
    Control(9, "config-changes", "AWS Config changes", "CloudWatch.9"),
    Control(10, "security-group-changes", "Security group changes", "CloudWatch.10"),
    Control(11, "network-acl-changes", "Network ACL changes", "CloudWatch.11"),
    Control(12, "network-gateway-changes", "Network gateway changes", "CloudWatch.12"),
    Control(13, "route-table-changes", "Route table changes", "CloudWatch.13"),
    Control(14, "vpc-changes", "VPC changes", "CloudWatch.14"),
    Control(15, "organizations-changes", "AWS Organizations changes"),
)
