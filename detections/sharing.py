"""What was given to others: snapshots, images, documents."""

from detections._conditions import SUCCEEDED, calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.pattern import all_of, any_of, field
from trailbell.samples import OTHER_ACCOUNT, api_call, iam_user, role, sso_person

_SNAPSHOT = "snap-0123456789abcdef0"
_IMAGE = "ami-0123456789abcdef0"

_ADDED = "requestParameters.createVolumePermission.add.items[0]"
_LAUNCH = "requestParameters.launchPermission.add.items[0]"

# A change adds or removes; the first thing that is added shows that it adds.
SNAPSHOT_SHARED = Detection(
    id="snapshot-shared",
    title="A snapshot was shared with another account or with everybody",
    packs=(Pack.EXPOSURE,),
    severity=Severity.HIGH,
    pattern=all_of(
        any_of(
            all_of(
                calls("ec2", "ModifySnapshotAttribute"),
                any_of(field(f"{_ADDED}.userId").present(), field(f"{_ADDED}.group").present()),
            ),
            all_of(
                calls("rds", "ModifyDBSnapshotAttribute", "ModifyDBClusterSnapshotAttribute"),
                field("requestParameters.valuesToAdd[0]").present(),
            ),
            calls("redshift", "AuthorizeSnapshotAccess"),
        ),
        SUCCEEDED,
    ),
    why=(
        "A snapshot is a whole disk or database. Shared, it is copied into another account within "
        "minutes, and nothing in this account sees it being read."
    ),
    respond=(
        "See with whom it was shared: an account number, or 'all', which is everybody.",
        "If nobody planned it: take the permission away, and disable who gave it.",
        "Take for granted that it was copied; renew every secret that was on it.",
    ),
    false_alarms=(
        "Backups that are copied to an account of yours. Exclude the role of the backup; AWS "
        "Backup itself copies without sharing."
    ),
    controls=Controls(attack=("T1537",)),
    fires=(
        Example(
            "a snapshot of a disk is shared with another account",
            api_call(
                "ec2",
                "ModifySnapshotAttribute",
                iam_user("mallory"),
                request={
                    "snapshotId": _SNAPSHOT,
                    "createVolumePermission": {"add": {"items": [{"userId": OTHER_ACCOUNT}]}},
                    "attributeType": "CREATE_VOLUME_PERMISSION",
                },
                response={"_return": True},
            ),
        ),
        Example(
            "a snapshot of a database is made public",
            api_call(
                "rds",
                "ModifyDBSnapshotAttribute",
                sso_person("mallory"),
                request={
                    "dBSnapshotIdentifier": "shop",
                    "attributeName": "restore",
                    "valuesToAdd": ["all"],
                },
            ),
        ),
        Example(
            "a snapshot of a disk is made public",
            api_call(
                "ec2",
                "ModifySnapshotAttribute",
                iam_user("mallory"),
                request={
                    "snapshotId": _SNAPSHOT,
                    "createVolumePermission": {"add": {"items": [{"group": "all"}]}},
                    "attributeType": "CREATE_VOLUME_PERMISSION",
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a snapshot is no longer shared",
            api_call(
                "ec2",
                "ModifySnapshotAttribute",
                iam_user("alice"),
                request={
                    "snapshotId": _SNAPSHOT,
                    "createVolumePermission": {"remove": {"items": [{"userId": OTHER_ACCOUNT}]}},
                    "attributeType": "CREATE_VOLUME_PERMISSION",
                },
            ),
        ),
        Example(
            "a snapshot of a database is no longer shared",
            api_call(
                "rds",
                "ModifyDBSnapshotAttribute",
                iam_user("alice"),
                request={
                    "dBSnapshotIdentifier": "shop",
                    "attributeName": "restore",
                    "valuesToRemove": [OTHER_ACCOUNT],
                },
            ),
        ),
        Example(
            "a snapshot is shared, which was refused",
            api_call(
                "ec2",
                "ModifySnapshotAttribute",
                iam_user("mallory"),
                request={
                    "snapshotId": _SNAPSHOT,
                    "createVolumePermission": {"add": {"items": [{"userId": OTHER_ACCOUNT}]}},
                },
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "a snapshot is made",
            api_call("ec2", "CreateSnapshot", role("Backup"), request={"volumeId": "vol-1"}),
        ),
    ),
)

IMAGE_SHARED = Detection(
    id="image-shared",
    title="An image or a document was shared with another account or with everybody",
    packs=(Pack.EXPOSURE,),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                calls("ec2", "ModifyImageAttribute"),
                any_of(
                    *(
                        field(f"{_LAUNCH}.{member}").present()
                        for member in (
                            "userId",
                            "group",
                            "organizationArn",
                            "organizationalUnitArn",
                        )
                    )
                ),
            ),
            all_of(
                calls("ssm", "ModifyDocumentPermission"),
                field("requestParameters.accountIdsToAdd[0]").present(),
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "An image holds what was on the disk it was made of, keys and data among it. A document "
        "of Systems Manager shows how machines are run."
    ),
    respond=(
        "See with whom it was shared: an account number, or 'all', which is everybody.",
        "If nobody planned it: take the permission away, and disable who gave it.",
        "Renew the secrets that were on the image.",
    ),
    false_alarms=(
        "Pipelines that build images for other accounts. Exclude their role; an image that a "
        "person shares still rings."
    ),
    controls=Controls(attack=("T1537",)),
    fires=(
        Example(
            "an image is shared with another account",
            api_call(
                "ec2",
                "ModifyImageAttribute",
                iam_user("mallory"),
                request={
                    "imageId": _IMAGE,
                    "launchPermission": {"add": {"items": [{"userId": OTHER_ACCOUNT}]}},
                    "attributeType": "launchPermission",
                },
            ),
        ),
        Example(
            "an image is made public",
            api_call(
                "ec2",
                "ModifyImageAttribute",
                sso_person("mallory"),
                request={
                    "imageId": _IMAGE,
                    "launchPermission": {"add": {"items": [{"group": "all"}]}},
                    "attributeType": "launchPermission",
                },
            ),
        ),
        Example(
            "a document is made public",
            api_call(
                "ssm",
                "ModifyDocumentPermission",
                iam_user("mallory"),
                request={
                    "name": "shop-restart",
                    "permissionType": "Share",
                    "accountIdsToAdd": ["all"],
                },
            ),
        ),
    ),
    silent=(
        Example(
            "an image is no longer shared",
            api_call(
                "ec2",
                "ModifyImageAttribute",
                iam_user("alice"),
                request={
                    "imageId": _IMAGE,
                    "launchPermission": {"remove": {"items": [{"userId": OTHER_ACCOUNT}]}},
                    "attributeType": "launchPermission",
                },
            ),
        ),
        Example(
            "the description of an image is changed",
            api_call(
                "ec2",
                "ModifyImageAttribute",
                iam_user("alice"),
                request={"imageId": _IMAGE, "description": {"value": "shop"}},
            ),
        ),
        Example(
            "an image is copied",
            api_call("ec2", "CopyImage", role("Builder"), request={"sourceImageId": _IMAGE}),
        ),
    ),
)
