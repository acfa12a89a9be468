"""Buckets, secrets, images and queues that their policy shares with another account."""

from typing import Any

from detections._conditions import NO_RULE_FOR_POLICIES, SUCCEEDED
from trailbell import (
    ACCOUNT,
    OTHER_ACCOUNT,
    Condition,
    Controls,
    Detection,
    Event,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
)

_REQUEST = "requestParameters"
# The ARN of a principal contains "::" and the account, that of most resources a Region in between.
_OWN_PRINCIPAL = "::${OwnAccountId}:"
_POLICY_TEXTS = ("policy", "policyText", "resourcePolicy")


def _allows_another_account(statement: int) -> Condition:
    """A statement of a bucket policy has the ARN of a principal of another account.

    Origin access identities of CloudFront have an ARN with "cloudfront" instead of an account:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    principal = field(f"{_REQUEST}.bucketPolicy.Statement[{statement}].Principal.AWS")
    return all_of(
        principal.contains(":iam::"),
        principal.present_and_does_not_contain(_OWN_PRINCIPAL, ":cloudfront:"),
    )


_OTHER_ROOT = f"arn:aws:iam::{OTHER_ACCOUNT}:root"


def _allow(principal: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::shop/*",
    }


def _bucket_policy(*statements: dict[str, Any]) -> Event:
    """A call that sets the policy of a bucket to these statements."""
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    request = {"bucketName": "shop", "policy": "", "bucketPolicy": policy}
    return api_call("s3", "PutBucketPolicy", iam_user("mallory"), request=request)


def _policy(principal: str) -> str:
    """A policy text that allows one principal everything."""
    return (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":'
        f'{{"AWS":"{principal}"}},"Action":"*","Resource":"*"}}]}}'
    )


RESOURCE_SHARED_BY_POLICY = Detection(
    id="resource-shared-by-policy",
    title="A resource was shared with another account by its policy",
    packs=("data",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        # With or without the version of the API at the end of the name.
        any_of(
            field("eventName").contains("Policy"), field("eventName").equals("SetQueueAttributes")
        ),
        any_of(
            _allows_another_account(0),
            _allows_another_account(1),
            all_of(
                field(f"{_REQUEST}.*").contains(":iam::"),
                any_of(
                    *(
                        field(f"{_REQUEST}.{name}").present_and_does_not_contain(_OWN_PRINCIPAL)
                        for name in _POLICY_TEXTS
                    )
                ),
            ),
            all_of(
                field(f"{_REQUEST}.attributes.Policy").contains(":iam::"),
                field(f"{_REQUEST}.attributes.Policy").present_and_does_not_contain(_OWN_PRINCIPAL),
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "An attacker with an own account can then use the resource from there, such as read the "
        "objects of a bucket, a secret or an image, even after you disabled the stolen credentials."
    ),
    runbook=(
        "Read the account in the policy (bucketPolicy, resourcePolicy, policyText, policy).",
        "If it is not yours: restore the policy, and disable the caller's credentials.",
        "Look for calls from that account since then, and rotate secrets.",
    ),
    false_positives=(
        "Accounts of your organization: name them in own_accounts of [catalog], with the accounts "
        "in which load balancers and other services of AWS write logs. There is space for about "
        "seven; with more, exclude the deployment role. Of a bucket policy, the first two "
        "statements count, if they have one principal. A policy text that also has a principal of "
        "an own account, as that of every KMS key, is not detected, nor are denied calls."
    ),
    alarm_only=NO_RULE_FOR_POLICIES,
    shows=tuple(f"{_REQUEST}.{name}" for name in ("bucketName", "resourcePolicy", "policyText")),
    accepted_issues={
        "almost-always-true": "A request has one of the fields, and '!=' is false for the others.",
        "unguarded-not-equal": "A request has only the field of its own service.",
    },
    controls=Controls(mitre_attack=("T1537", "T1530")),
    fires=(
        Example(
            "another account may read the objects of a bucket",
            _bucket_policy(_allow(_OTHER_ROOT)),
        ),
        Example(
            "a statement for a role of another account is appended to another one",
            _bucket_policy(
                _allow(f"arn:aws:iam::{ACCOUNT}:role/Shop"),
                _allow(f"arn:aws:iam::{OTHER_ACCOUNT}:role/Shop"),
            ),
        ),
        Example(
            "another account may read a secret",
            api_call(
                "secretsmanager",
                "PutResourcePolicy",
                identity_center_user("mallory"),
                request={"secretId": "shop", "resourcePolicy": _policy(_OTHER_ROOT)},
            ),
        ),
        Example(
            "another account may pull the images of a repository",
            api_call(
                "ecr",
                "SetRepositoryPolicy",
                assumed_role_identity("Developer", "mallory"),
                request={"repositoryName": "shop", "policyText": _policy(_OTHER_ROOT)},
            ),
        ),
        Example(
            "another account may receive the messages of a queue",
            api_call(
                "sqs",
                "SetQueueAttributes",
                iam_user("mallory"),
                request={"attributes": {"Policy": _policy(_OTHER_ROOT)}},
            ),
        ),
        Example(
            "another account may restore the recovery points of a backup vault",
            api_call(
                "backup",
                "PutBackupVaultAccessPolicy",
                iam_user("mallory"),
                request={"backupVaultName": "shop", "policy": _policy(_OTHER_ROOT)},
            ),
        ),
    ),
    silent=(
        Example(
            "a role of the own account may read the objects of a bucket",
            _bucket_policy(_allow(f"arn:aws:iam::{ACCOUNT}:role/Shop")),
        ),
        Example(
            "CloudFront may read the objects of a bucket",
            _bucket_policy(
                _allow("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE")
            ),
        ),
        Example(
            "CloudTrail may write to a bucket, in a policy with the own account",
            _bucket_policy(
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudtrail.amazonaws.com"},
                    "Action": "s3:PutObject",
                    "Resource": f"arn:aws:s3:::shop/AWSLogs/{OTHER_ACCOUNT}/*",
                }
            ),
        ),
        Example(
            "an own role may read a secret",
            api_call(
                "secretsmanager",
                "PutResourcePolicy",
                assumed_role_identity("Deployer"),
                request={
                    "secretId": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:shop",
                    "resourcePolicy": _policy(f"arn:aws:iam::{ACCOUNT}:role/Shop"),
                },
            ),
        ),
        Example(
            "a topic may send messages to a queue",
            api_call(
                "sqs",
                "SetQueueAttributes",
                assumed_role_identity("Deployer"),
                request={
                    "attributes": {
                        "Policy": (
                            '{"Statement":[{"Effect":"Allow","Principal":{"Service":'
                            '"sns.amazonaws.com"},"Action":"sqs:SendMessage"}]}'
                        )
                    }
                },
            ),
        ),
        Example(
            "a call to share a secret is denied",
            api_call(
                "secretsmanager",
                "PutResourcePolicy",
                iam_user("mallory"),
                request={"secretId": "shop", "resourcePolicy": _policy(_OTHER_ROOT)},
                error="AccessDeniedException",
            ),
        ),
    ),
)
