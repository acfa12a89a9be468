"""Objects can be read and written without TLS unless the bucket policy denies it."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches, entries, referenced_id
from trailbell.template.policy import is_public_principal, statements
from trailbell.template.resources import resources_of_type


class BucketWithoutTls(CloudFormationLintRule):
    id = "E9810"
    shortdesc = "bucket-without-tls-only-policy"
    description = "A bucket policy denies requests without TLS"
    source_url = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"
    )
    tags = ["s3"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        protected = [
            name
            for _, properties in resources_of_type(cfn.template, "AWS::S3::BucketPolicy")
            for bucket, _ in branches(properties.get("Bucket"))
            if any(_denies_without_tls(s) for s, _ in statements(properties.get("PolicyDocument")))
            for name in (bucket, referenced_id(bucket))
        ]
        return [
            RuleMatch(
                ("Resources", logical_id),
                "No bucket policy in this template denies requests without TLS. Deny s3:* to all "
                "principals if aws:SecureTransport is false.",
            )
            for logical_id, properties in resources_of_type(cfn.template, "AWS::S3::Bucket")
            if logical_id not in protected
            and (properties.get("BucketName") is None or properties["BucketName"] not in protected)
        ]


def _denies_without_tls(statement: dict[str, Any]) -> bool:
    """Whether a statement denies all actions to all principals if they do not use TLS."""
    match statement:
        case {"Effect": "Deny", "Action": action, "Condition": {"Bool": dict(keys)}}:
            conditions = {str(key).lower(): value for key, value in keys.items()}
            values = [value for value, _ in entries(conditions.get("aws:securetransport"))]
            return (
                [str(value).lower() for value in values] == ["false"]
                and any(entry in ("s3:*", "*") for entry, _ in entries(action))
                and is_public_principal(statement.get("Principal"))
            )
        case _:
            return False
