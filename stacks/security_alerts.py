"""The trail, and the topics and alarms for it, in one stack."""

from troposphere import Ref, Template

from stacks.pieces.alarms import NAMESPACE, alarms
from stacks.pieces.base_refs import exported, exports, own_refs
from stacks.pieces.encryption import ALERTING_KEY_STATEMENTS, TRAIL_KEY_STATEMENTS, encryption
from stacks.pieces.installation import ACCEPTED
from stacks.pieces.self_monitoring import heartbeat
from stacks.pieces.topics import topics
from stacks.pieces.trail import trail_fragments
from stacks.pieces.trail_owner import GROUP
from trailbell import Catalog, Pack, Piece, RegionScope, Stack, assemble

ESSENTIALS = Pack(name="essentials", title="what every account should be alerted to", order=10)


def template(catalog: Catalog) -> Template:
    refs = own_refs(Ref("LogGroup"))
    return assemble(
        "Trailbell: CloudTrail trail, SNS topics and alarms for one account or an organization. "
        "Deploy in the home Region only: the trail records all Regions.",
        ACCEPTED,
        topics(),
        Piece(inputs=(NAMESPACE,)),
        alarms(catalog.in_pack(ESSENTIALS.name), refs, max_bytes=18_300, role_group=GROUP),
        heartbeat(refs),
        *trail_fragments(all_options=False),
        encryption(
            key_statements=[*TRAIL_KEY_STATEMENTS, *ALERTING_KEY_STATEMENTS],
            has_readers=True,
        ),
        exports(refs),
        Piece(outputs=(exported("LogBucketName", "Name of the log bucket", Ref("LogBucket")),)),
    )


STACK = Stack(
    name="security-alerts",
    summary="Trail, topics and the alarms of pack essentials, for an account or an organization",
    template=template,
    region_scope=RegionScope.HOME_REGION,
    pack=ESSENTIALS,
    without_detections=True,
    without_bucket=True,
)
