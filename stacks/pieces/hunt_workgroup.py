"""
The workgroup in which queries of a hunt run, the bucket for their results, and who may use them.

In:    the parameters of a hunt.
Out:   a `Piece`: bucket, bucket policy, workgroup, and a managed policy for roles.
Never: a query that reads more than the limit, or results outside of the bucket: queries cannot
       override the settings of the workgroup.

https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html
https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html
"""

from troposphere import (
    GetAtt,
    If,
    NoValue,
    Output,
    Ref,
    RetainExceptOnCreate,
    Sub,
    athena,
    iam,
    s3,
)

from policies.hunter import decrypt_log_files, hunter_policy, result_bucket_policy
from stacks.pieces.base_refs import exported
from stacks.pieces.hunt_inputs import KEYS, LOG_BUCKET, MAX_SCANNED_BYTES
from stacks.pieces.installation import named
from stacks.pieces.private_bucket import private_bucket
from trailbell import Piece, suppress
from trailbell.catalog.hunt_query import TABLE

_ENGINE = "Athena engine version 3"
_GLUE = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:"


def hunt_workgroup() -> Piece:
    """The workgroup and what belongs to it."""
    bucket = s3.Bucket(
        "ResultBucket",
        Metadata=suppress(
            checkov={"CKV_AWS_18": "Results of queries, of which CloudTrail has all."}
        ),
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        **private_bucket("expire-results", days=Ref("ResultRetentionInDays")),
    )
    policy = s3.BucketPolicy(
        "ResultBucketPolicy",
        # Retained with its bucket, because it denies requests without TLS.
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        Bucket=Ref(bucket),
        PolicyDocument=result_bucket_policy(
            bucket_arn=GetAtt(bucket, "Arn"), objects_arn=Sub("${ResultBucket.Arn}/*")
        ),
    )
    workgroup = athena.WorkGroup(
        "WorkGroup",
        Name=named("hunt"),
        Description=Sub("Queries of CloudTrail log files, installation ${InstallationName}"),
        State="ENABLED",
        WorkGroupConfiguration=athena.WorkGroupConfiguration(
            BytesScannedCutoffPerQuery=MAX_SCANNED_BYTES,
            EnforceWorkGroupConfiguration=True,
            EngineVersion=athena.EngineVersion(SelectedEngineVersion=_ENGINE),
            PublishCloudWatchMetricsEnabled=True,
            RequesterPaysEnabled=False,
            ResultConfiguration=athena.ResultConfiguration(
                EncryptionConfiguration=athena.EncryptionConfiguration(EncryptionOption="SSE_S3"),
                ExpectedBucketOwner=Ref("AWS::AccountId"),
                OutputLocation=Sub("s3://${ResultBucket}/"),
            ),
        ),
    )
    return Piece(
        resources=(bucket, policy, workgroup, _hunter_policy()),
        outputs=(
            exported("HuntWorkGroup", "Workgroup for queries", Ref(workgroup)),
            Output(
                "HunterPolicyArn",
                Description="Managed policy for roles that query log files",
                Value=Ref("HunterPolicy"),
            ),
        ),
    )


def _hunter_policy() -> iam.ManagedPolicy:
    return iam.ManagedPolicy(
        "HunterPolicy",
        Description=Sub(
            "Queries of CloudTrail log files in the workgroup ${InstallationName}-hunt"
        ),
        PolicyDocument=hunter_policy(
            workgroup_arn=Sub(
                "arn:${AWS::Partition}:athena:${AWS::Region}:${AWS::AccountId}:workgroup/${InstallationName}-hunt"
            ),
            catalog_arns=[
                Sub(f"{_GLUE}catalog"),
                Sub(f"{_GLUE}database/${{DatabaseName}}"),
                Sub(f"{_GLUE}table/${{DatabaseName}}/{TABLE}"),
            ],
            log_bucket_arn=Sub("arn:${AWS::Partition}:s3:::${Bucket}", Bucket=LOG_BUCKET),
            log_files_arn=Sub(
                "arn:${AWS::Partition}:s3:::${Bucket}/${Keys}*", Bucket=LOG_BUCKET, Keys=KEYS
            ),
            log_files_prefix=Sub("${Keys}*", Keys=KEYS),
            result_bucket_arn=GetAtt("ResultBucket", "Arn"),
            results_arn=Sub("${ResultBucket.Arn}/*"),
            optional_statements=[If("HasKey", decrypt_log_files(Ref("KeyArn")), NoValue)],
        ),
    )
