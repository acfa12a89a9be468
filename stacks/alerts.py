"""Alarms without a trail, for a log group of an organization trail or of Control Tower."""

from troposphere import Parameter, Ref, Template

from stacks.pieces.alarms import LOG_GROUP_NAME, NAMESPACE, alarms
from stacks.pieces.base_refs import exported, exports, own_refs
from stacks.pieces.encryption import ALERTING_KEY_STATEMENTS, encryption
from stacks.pieces.installation import ACCEPTED
from stacks.pieces.self_monitoring import heartbeat
from stacks.pieces.topics import topics
from stacks.security_alerts import ESSENTIALS
from trailbell import Catalog, ParameterInput, Piece, Stack, assemble, is_set

_LOG_BUCKET_NAME = ParameterInput(
    parameter=Parameter(
        "LogBucketName",
        Type="String",
        Default="",
        AllowedPattern="^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        Description=(
            "Name of the CloudTrail log bucket, in any account, for packs that watch it. Leave "
            "empty for none."
        ),
        ConstraintDescription="must be empty or a bucket name",
    ),
    label="CloudTrail log bucket (optional)",
    group="Alerts",
)


def template(catalog: Catalog) -> Template:
    refs = own_refs(Ref("LogGroupName"))
    return assemble(
        "Trailbell: metric filters, alarms and SNS topics for an existing CloudTrail log group. "
        "Deploy in the account and Region of the log group.",
        ACCEPTED,
        Piece(
            inputs=(LOG_GROUP_NAME, _LOG_BUCKET_NAME, NAMESPACE),
            conditions={"NamesBucket": is_set("LogBucketName")},
            outputs=(
                exported(
                    "LogBucketName",
                    "Name of the CloudTrail log bucket",
                    Ref("LogBucketName"),
                    Condition="NamesBucket",
                ),
            ),
        ),
        topics(),
        alarms(catalog.in_pack(ESSENTIALS.name), refs, max_bytes=19_000),
        heartbeat(refs),
        encryption(key_statements=ALERTING_KEY_STATEMENTS, users="CloudWatch"),
        exports(refs),
    )


STACK = Stack(
    name="alerts",
    summary="Metric filters, alarms and topics for an existing log group",
    template=template,
    alternative_to="security-alerts",
    pack=ESSENTIALS,
    without_detections=True,
    without_bucket=True,
)
