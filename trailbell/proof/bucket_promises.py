"""
What bucket policies promise.

In:    nothing; each promise is written once, independently of the policies.
Out:   the promises on buckets.
Never: a promise on what identity policies of the account allow; a bucket denies what it has to.
"""

from typing import Any

from trailbell.proof.promise import Claim, Promise, Where
from trailbell.proof.promise_parts import (
    ACCESS_LOGS,
    ACCOUNT,
    BUCKETS,
    LOG_BUCKETS,
    OWNER,
    READERS,
    SECURE,
    TLS_1_2,
    TRAIL_HERE,
    TRAIL_OF_ARCHIVE,
    at,
    if_,
    service,
    sub,
)


def _log_bucket_promises(
    *, where: tuple[Where, ...], name: str, trail: Any, owners: list[Any]
) -> tuple[Promise, ...]:
    """The promises of a log bucket whose trail has this ARN. ``owners`` name folders in it."""
    prefix = if_("HasPrefix", sub("${KeyPrefix}/"), "")
    prefix["Fn::If"][2] = ""
    files = [_folder(owner, prefix) for owner in owners]
    read = ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"]
    delivery: dict[str, Any] = {
        "Principal": service("cloudtrail"),
        "Action": "s3:PutObject",
        "Resource": files,
        "Condition": {
            "StringEquals": {
                "aws:SourceArn": trail,
                "s3:x-amz-acl": "bucket-owner-full-control",
            }
        },
    }
    check: dict[str, Any] = {
        "Principal": service("cloudtrail"),
        "Action": "s3:GetBucketAcl",
        "Resource": sub("${Own}"),
        "Condition": {"StringEquals": {"aws:SourceArn": trail}},
    }
    readers = if_("HasReaders", {"Principal": READERS, "Action": read})
    return (
        Promise(
            name=f"log-files-{name}",
            sentence="The log bucket lets no one but CloudTrail, for this trail, write log files, "
            "and no one but the reader accounts read them.",
            where=where,
            claim=Claim.ALLOWS_ONLY,
            requests=(delivery, check, readers),
        ),
        Promise(
            name=f"log-delivery-{name}",
            sentence="CloudTrail can deliver the log files of this trail with TLS 1.2.",
            where=where,
            claim=Claim.ALLOWS,
            requests=tuple(
                {**r, "Condition": {**r["Condition"], **SECURE, **TLS_1_2}}
                for r in (delivery, check)
            ),
        ),
    )


def _folder(owner: Any, prefix: Any) -> Any:
    match owner:
        case {"Fn::If": [condition, inner, {"Ref": "AWS::NoValue"}]}:
            return if_(condition, _folder(inner, prefix))
        case _:
            return sub("${Own}/${Prefix}AWSLogs/${Owner}/*", Prefix=prefix, Owner=owner)


def _organization_promises(where: tuple[Where, ...], when: str) -> tuple[Promise, ...]:
    """What a log bucket of an organization denies. ``when`` is the condition, or empty."""

    def given(request: Any) -> Any:
        return if_(when, request) if when else request

    known = if_(
        "HasReaders",
        {"Fn::Split": [",", sub("${ReaderAccounts},${AWS::AccountId}")]},
        {"Ref": "AWS::AccountId"},
    )
    readers = {
        "Principal": READERS,
        "Action": "s3:GetObject",
        "Condition": {**SECURE, **TLS_1_2},
    }
    return (
        Promise(
            name=f"organization-only-{'if-given' if when else 'always'}",
            sentence="The log bucket denies principals that are neither in the organization nor in "
            "this account or a reader account.",
            where=where,
            claim=Claim.DENIES,
            requests=(
                given(
                    {
                        "Action": "s3:*",
                        "Condition": {
                            "StringNotEquals": {
                                "aws:PrincipalOrgID": {"Ref": "OrganizationId"},
                                "aws:PrincipalAccount": known,
                            },
                            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                        },
                    }
                ),
            ),
        ),
        Promise(
            name=f"organization-reads-{'if-given' if when else 'always'}",
            sentence="The log bucket does not deny reading to this account, the organization and "
            "reader accounts.",
            where=where,
            claim=Claim.DOES_NOT_DENY,
            requests=(
                if_("HasReaders", readers),
                {
                    "Principal": ACCOUNT,
                    "Action": "s3:GetObject",
                    "Condition": {**SECURE, **TLS_1_2},
                },
                given(
                    {
                        "Action": "s3:GetObject",
                        "Condition": {
                            **SECURE,
                            **TLS_1_2,
                            "StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}},
                        },
                    }
                ),
            ),
        ),
    )


BUCKET_PROMISES = (
    *_log_bucket_promises(
        where=(*at(LOG_BUCKETS, "trail"), *at(LOG_BUCKETS, "security-alerts")),
        name="of-this-account",
        trail=TRAIL_HERE,
        owners=[OWNER, if_("IsOrganizationTrail", {"Ref": "OrganizationId"})],
    ),
    *_log_bucket_promises(
        where=at(LOG_BUCKETS, "log-archive"),
        name="of-the-organization",
        trail=TRAIL_OF_ARCHIVE,
        owners=[{"Ref": "ManagementAccountId"}, {"Ref": "OrganizationId"}],
    ),
    *_organization_promises(
        (*at(LOG_BUCKETS, "trail"), *at(LOG_BUCKETS, "security-alerts")), "IsOrganizationTrail"
    ),
    *_organization_promises(at(LOG_BUCKETS, "log-archive"), ""),
    Promise(
        name="other-buckets-grant-nothing",
        sentence="The policies of the buckets of query results and of rejected events grant "
        "nothing to anyone; IAM policies of this account decide.",
        where=(
            *at(BUCKETS, "hunt"),
            *at(BUCKETS, "search"),
        ),
        claim=Claim.NEVER_ALLOWS,
        requests=({"Action": "*"},),
    ),
    Promise(
        name="buckets-require-tls",
        sentence="Buckets deny requests without TLS, whatever other policies allow.",
        where=BUCKETS,
        claim=Claim.DENIES,
        requests=({"Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},),
    ),
    Promise(
        name="buckets-accept-tls",
        sentence="Buckets do not deny AWS services that use TLS 1.2.",
        where=BUCKETS,
        claim=Claim.DOES_NOT_DENY,
        requests=(
            {
                "Action": "s3:*",
                "Condition": {
                    **SECURE,
                    **TLS_1_2,
                    "StringEquals": {"aws:PrincipalIsAWSService": "true"},
                },
            },
        ),
    ),
    Promise(
        name="log-bucket-requires-tls-1-2",
        sentence="The log bucket denies requests with a TLS version before 1.2.",
        where=LOG_BUCKETS,
        claim=Claim.DENIES,
        requests=({"Action": "s3:*", "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},),
    ),
    Promise(
        name="log-files-stay",
        sentence="With DeletionRole, the log bucket denies deleting, overwriting and expiring log "
        "files to everybody but that role and AWS services.",
        where=LOG_BUCKETS,
        claim=Claim.DENIES,
        requests=(
            if_(
                "DeniesDeletions",
                {
                    "Action": [
                        *("s3:BypassGovernanceRetention", "s3:DeleteObject"),
                        *("s3:DeleteObjectVersion", "s3:PutLifecycleConfiguration"),
                        "s3:PutObject",
                    ],
                    "Condition": {
                        "ArnNotLike": {
                            "aws:PrincipalArn": sub(
                                "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${DeletionRole}"
                            )
                        },
                        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                    },
                },
            ),
        ),
    ),
    Promise(
        name="log-files-can-be-deleted",
        sentence="The log bucket does not deny deletions to DeletionRole, if it is given.",
        where=LOG_BUCKETS,
        claim=Claim.DOES_NOT_DENY,
        requests=(
            if_(
                "DeniesDeletions",
                {
                    "Action": "s3:DeleteObject",
                    "Condition": {
                        **SECURE,
                        **TLS_1_2,
                        "ArnLike": {
                            "aws:PrincipalArn": sub(
                                "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${DeletionRole}"
                            )
                        },
                    },
                },
            ),
        ),
    ),
    Promise(
        name="access-logs",
        sentence="The bucket of server access logs lets no one but Amazon S3, for the log bucket, "
        "write.",
        where=ACCESS_LOGS,
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {
                "Principal": service("logging.s3"),
                "Action": "s3:PutObject",
                "Resource": sub("${Own}/*"),
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                    "ArnLike": {"aws:SourceArn": {"Fn::GetAtt": ["LogBucket", "Arn"]}},
                },
            },
        ),
    ),
)
