"""
What the roles and policies that do one job allow, and no more.

In:    nothing; each promise is written once, independently of the policies.
Out:   the promises on roles for delivery, on the policy for hunting, and on the pipeline.
Never: a promise on the roles of StackSets, which `trailbell.proof.stack_set_promises` has.
"""

from typing import Any

from trailbell.proof.promise import Claim, Promise, Where
from trailbell.proof.promise_parts import if_, sub


def _role(logical_id: str, *stacks: str) -> tuple[Where, ...]:
    return tuple(
        Where(
            resource_type="AWS::IAM::Role",
            property="Permissions",
            logical_id=logical_id,
            stack=stack,
        )
        for stack in stacks
    )


_HUNTER = (
    Where(
        resource_type="AWS::IAM::ManagedPolicy",
        property="PolicyDocument",
        logical_id="HunterPolicy",
    ),
)
_OF_CLOUDTRAIL = {"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}}


def _log_streams(of: Any) -> dict[str, Any]:
    """Streams of the log group of the stack, which CloudTrail names after an account."""
    return sub(
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${LogGroup}"
        ":log-stream:${Of}",
        Of=of,
    )


def _writes_log_streams(name: str, stacks: tuple[str, ...], organization: Any) -> Promise:
    return Promise(
        name=name,
        sentence="The role of the trail writes log events of its account, its management account "
        "and its organization to the log group of the stack, and does nothing else.",
        where=_role("TrailRole", *stacks),
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": [
                    _log_streams(sub("${AWS::AccountId}_CloudTrail*")),
                    organization,
                    if_(
                        "NamesManagementAccount",
                        _log_streams(sub("${ManagementAccountId}_CloudTrail*")),
                    ),
                ],
            },
        ),
    )


_BUCKET = if_(
    "ImportsBucket",
    {"Fn::ImportValue": sub("${InstallationName}-LogBucketName")},
    {"Ref": "LogBucketName"},
)
_KEYS: dict[str, Any] = sub(
    "${Prefix}AWSLogs/${Organization}",
    Prefix={"Fn::If": ["HasPrefix", sub("${KeyPrefix}/"), ""]},
    Organization={"Fn::If": ["IsOrganizationTrail", sub("${OrganizationId}/"), ""]},
)
_LOG_BUCKET_ARN = sub("arn:${AWS::Partition}:s3:::${Bucket}", Bucket=_BUCKET)
_RESULTS = {"Fn::GetAtt": ["ResultBucket", "Arn"]}


def _glue(name: str) -> dict[str, Any]:
    return sub(f"arn:${{AWS::Partition}}:glue:${{AWS::Region}}:${{AWS::AccountId}}:{name}")


IDENTITY_PROMISES = (
    _writes_log_streams(
        "trail-role-writes-log-events",
        ("trail", "security-alerts"),
        if_("IsOrganizationTrail", _log_streams(sub("${OrganizationId}_*"))),
    ),
    _writes_log_streams(
        "trail-role-writes-log-events-of-organization",
        ("organization-trail",),
        _log_streams(sub("${OrganizationId}_*")),
    ),
    Promise(
        name="forwarding-role-sends-to-hub",
        sentence="The role of the rules sends events to the event bus of the hub, and does nothing "
        "else.",
        where=_role("ForwardRole", "realtime-forward"),
        claim=Claim.ALLOWS_ONLY,
        requests=({"Action": "events:PutEvents", "Resource": {"Ref": "HubBusArn"}},),
    ),
    Promise(
        name="chat-role-has-no-permissions",
        sentence="The role of chat channels allows nothing, so that no one acts through a channel.",
        where=_role("ChatRole", "realtime-chat"),
        claim=Claim.NEVER_ALLOWS,
        requests=({"Action": "*"},),
    ),
    Promise(
        name="hunter-reads-log-files-only",
        sentence="A hunter reads the log files of this trail and decrypts what CloudTrail "
        "encrypted with this key, queries in this workgroup and this table, keeps results in the "
        "bucket of the stack, and does nothing else.",
        where=_HUNTER,
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {
                "Action": "s3:GetObject",
                "Resource": sub(
                    "arn:${AWS::Partition}:s3:::${Bucket}/${Keys}*", Bucket=_BUCKET, Keys=_KEYS
                ),
            },
            {
                "Action": "s3:ListBucket",
                "Resource": _LOG_BUCKET_ARN,
                "Condition": {"StringLike": {"s3:prefix": sub("${Keys}*", Keys=_KEYS)}},
            },
            {"Action": "s3:GetBucketLocation", "Resource": [_LOG_BUCKET_ARN, _RESULTS]},
            if_(
                "HasKey",
                {
                    "Action": "kms:Decrypt",
                    "Resource": {"Ref": "KeyArn"},
                    "Condition": _OF_CLOUDTRAIL,
                },
            ),
            {
                "Action": [
                    *("athena:BatchGetNamedQuery", "athena:GetNamedQuery", "athena:GetQuery*"),
                    *("athena:GetWorkGroup", "athena:ListNamedQueries", "athena:*QueryExecution*"),
                ],
                "Resource": sub(
                    "arn:${AWS::Partition}:athena:${AWS::Region}:${AWS::AccountId}:workgroup/"
                    "${InstallationName}-hunt"
                ),
            },
            {
                "Action": ["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"],
                "Resource": [
                    _glue("catalog"),
                    _glue("database/${DatabaseName}"),
                    _glue("table/${DatabaseName}/cloudtrail_logs"),
                ],
            },
            {"Action": ["s3:ListBucket", "s3:ListBucketMultipartUploads"], "Resource": _RESULTS},
            {
                "Action": [
                    *("s3:GetObject", "s3:PutObject"),
                    *("s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"),
                ],
                "Resource": sub("${ResultBucket.Arn}/*"),
            },
        ),
    ),
    Promise(
        name="pipeline-reads-log-files-only",
        sentence="The role of a pipeline reads log files of the log bucket, decrypts what "
        "CloudTrail encrypted with keys of this account and Region, receives the messages of its "
        "queue, stores rejected events, writes to its destination, and does nothing else.",
        where=_role("PipelineRole", "search"),
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {
                "Action": "s3:GetObject",
                "Resource": sub("arn:${AWS::Partition}:s3:::${Bucket}/*AWSLogs/*", Bucket=_BUCKET),
            },
            {
                "Action": "kms:Decrypt",
                "Resource": sub("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"),
                "Condition": _OF_CLOUDTRAIL,
            },
            {
                "Action": [
                    *("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"),
                ],
                "Resource": {"Fn::GetAtt": ["Queue", "Arn"]},
            },
            {"Action": "s3:PutObject", "Resource": sub("${RejectedEventsBucket.Arn}/rejected/*")},
            if_(
                "WritesToDomain",
                {
                    "Action": ["es:ESHttpGet", "es:ESHttpHead", "es:ESHttpP*"],
                    "Resource": sub("${DestinationArn}/*"),
                },
                {
                    "Action": "aoss:APIAccessAll",
                    "Resource": if_(
                        "MakesCollection",
                        {"Fn::GetAtt": ["Collection", "Arn"]},
                        {"Ref": "DestinationArn"},
                    ),
                },
            ),
            if_(
                "WritesToDomain",
                {"Action": "es:DescribeDomain", "Resource": {"Ref": "DestinationArn"}},
                {"Action": "aoss:BatchGetCollection"},
            ),
        ),
    ),
)
