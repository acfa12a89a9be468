"""Data shared with other accounts: snapshots, AMIs, SSM documents, Lambda layers."""

from detections._conditions import SUCCEEDED, calls
from trailbell import (
    ACCOUNT,
    OTHER_ACCOUNT,
    Controls,
    Detection,
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

_SNAPSHOT_ID = "snap-0123456789abcdef0"
_IMAGE_ID = "ami-0123456789abcdef0"

_ADDED_VOLUME_PERMISSION = "requestParameters.createVolumePermission.add.items[0]"
_ADDED_LAUNCH_PERMISSION = "requestParameters.launchPermission.add.items[0]"


def _layer_permission(principal: str) -> dict[str, object]:
    """A statement that lets a principal use a version of a Lambda layer."""
    return {
        "layerName": "shop",
        "versionNumber": 3,
        "statementId": "share",
        "action": "lambda:GetLayerVersion",
        "principal": principal,
    }


# One call either adds or removes permissions; a first added item means that it adds.
SNAPSHOT_SHARED = Detection(
    id="snapshot-shared",
    title="A snapshot was shared with another account or made public",
    packs=("exposure",),
    severity=Severity.HIGH,
    pattern=all_of(
        any_of(
            all_of(
                calls("ec2", "ModifySnapshotAttribute"),
                any_of(
                    field(f"{_ADDED_VOLUME_PERMISSION}.userId").present(),
                    field(f"{_ADDED_VOLUME_PERMISSION}.group").present(),
                ),
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
        "A snapshot is a complete EBS volume or database. Once shared, it can be copied to another "
        "account within minutes, and no event here shows who reads the copy."
    ),
    runbook=(
        "Identify the recipient: an account number, or 'all', which means public.",
        "If it was not planned: remove the permission, and disable the caller's credentials.",
        "Rotate every secret on the snapshot; assume that it was copied.",
    ),
    false_positives=(
        "Backups that are copied to another account of yours. Exclude the backup role; AWS Backup "
        "copies without sharing. Denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1537",)),
    shows=(
        "requestParameters.snapshotId",
        "requestParameters.dBSnapshotIdentifier",
        "requestParameters.dBClusterSnapshotIdentifier",
    ),
    fires=(
        Example(
            "an EBS snapshot is shared with another account",
            api_call(
                "ec2",
                "ModifySnapshotAttribute",
                iam_user("mallory"),
                request={
                    "snapshotId": _SNAPSHOT_ID,
                    "createVolumePermission": {"add": {"items": [{"userId": OTHER_ACCOUNT}]}},
                    "attributeType": "CREATE_VOLUME_PERMISSION",
                },
                response={"_return": True},
            ),
        ),
        Example(
            "an RDS snapshot is made public",
            api_call(
                "rds",
                "ModifyDBSnapshotAttribute",
                identity_center_user("mallory"),
                request={
                    "dBSnapshotIdentifier": "shop",
                    "attributeName": "restore",
                    "valuesToAdd": ["all"],
                },
            ),
        ),
        Example(
            "an EBS snapshot is made public",
            api_call(
                "ec2",
                "ModifySnapshotAttribute",
                iam_user("mallory"),
                request={
                    "snapshotId": _SNAPSHOT_ID,
                    "createVolumePermission": {"add": {"items": [{"group": "all"}]}},
                    "attributeType": "CREATE_VOLUME_PERMISSION",
                },
            ),
        ),
    ),
    silent=(
        Example(
            "an EBS snapshot is no longer shared",
            api_call(
                "ec2",
                "ModifySnapshotAttribute",
                iam_user("alice"),
                request={
                    "snapshotId": _SNAPSHOT_ID,
                    "createVolumePermission": {"remove": {"items": [{"userId": OTHER_ACCOUNT}]}},
                    "attributeType": "CREATE_VOLUME_PERMISSION",
                },
            ),
        ),
        Example(
            "an RDS snapshot is no longer shared",
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
            "a call to share a snapshot is denied",
            api_call(
                "ec2",
                "ModifySnapshotAttribute",
                iam_user("mallory"),
                request={
                    "snapshotId": _SNAPSHOT_ID,
                    "createVolumePermission": {"add": {"items": [{"userId": OTHER_ACCOUNT}]}},
                },
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "the snapshot of a cluster is no longer shared",
            api_call(
                "rds",
                "ModifyDBClusterSnapshotAttribute",
                iam_user("alice"),
                request={
                    "dBClusterSnapshotIdentifier": "shop",
                    "attributeName": "restore",
                    "valuesToRemove": ["all"],
                },
            ),
        ),
        Example(
            "a snapshot is created",
            api_call(
                "ec2",
                "CreateSnapshot",
                assumed_role_identity("Backup"),
                request={"volumeId": "vol-1"},
            ),
        ),
    ),
)

IMAGE_SHARED = Detection(
    id="image-shared",
    title="An AMI, SSM document or Lambda layer was shared with an account or made public",
    packs=("exposure",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                calls("ec2", "ModifyImageAttribute"),
                any_of(
                    *(
                        field(f"{_ADDED_LAUNCH_PERMISSION}.{member}").present()
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
            # CloudTrail records the name with or without the version of the API.
            all_of(
                field("eventSource").equals("lambda.amazonaws.com"),
                field("eventName").starts_with("AddLayerVersionPermission"),
                field("requestParameters.principal").present_and_differs("${OwnAccountId}"),
                field("requestParameters.organizationId").missing(),
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "An AMI contains everything on the EBS volumes it was created from, including keys and "
        "data. A document or a layer shows how your systems work."
    ),
    runbook=(
        "Identify the recipient: an account, an organization, or 'all', which means public.",
        "If it was not planned: remove the permission, and disable the caller's credentials.",
        "Rotate the secrets in the AMI, document or layer.",
    ),
    false_positives=(
        "Pipelines that build AMIs or layers for other accounts. Exclude their role; what other "
        "callers share is still detected. A layer that is shared with an organization is not "
        "detected, nor are denied calls."
    ),
    controls=Controls(mitre_attack=("T1537",)),
    accepted_issues={"unguarded-not-equal": "AddLayerVersionPermission requires a principal."},
    shows=(
        "requestParameters.imageId",
        "requestParameters.layerName",
        "requestParameters.principal",
    ),
    fires=(
        Example(
            "an AMI is shared with another account",
            api_call(
                "ec2",
                "ModifyImageAttribute",
                iam_user("mallory"),
                request={
                    "imageId": _IMAGE_ID,
                    "launchPermission": {"add": {"items": [{"userId": OTHER_ACCOUNT}]}},
                    "attributeType": "launchPermission",
                },
            ),
        ),
        Example(
            "an AMI is made public",
            api_call(
                "ec2",
                "ModifyImageAttribute",
                identity_center_user("mallory"),
                request={
                    "imageId": _IMAGE_ID,
                    "launchPermission": {"add": {"items": [{"group": "all"}]}},
                    "attributeType": "launchPermission",
                },
            ),
        ),
        Example(
            "an SSM document is made public",
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
        Example(
            "a Lambda layer is made public",
            api_call(
                "lambda",
                "AddLayerVersionPermission20181031",
                iam_user("mallory"),
                request=_layer_permission("*"),
            ),
        ),
        Example(
            "a Lambda layer is shared with another account, recorded without the API version",
            api_call(
                "lambda",
                "AddLayerVersionPermission",
                identity_center_user("mallory"),
                request=_layer_permission(OTHER_ACCOUNT),
            ),
        ),
    ),
    silent=(
        Example(
            "an AMI is no longer shared",
            api_call(
                "ec2",
                "ModifyImageAttribute",
                iam_user("alice"),
                request={
                    "imageId": _IMAGE_ID,
                    "launchPermission": {"remove": {"items": [{"userId": OTHER_ACCOUNT}]}},
                    "attributeType": "launchPermission",
                },
            ),
        ),
        Example(
            "the description of an AMI is changed",
            api_call(
                "ec2",
                "ModifyImageAttribute",
                iam_user("alice"),
                request={"imageId": _IMAGE_ID, "description": {"value": "shop"}},
            ),
        ),
        Example(
            "a Lambda layer is shared with the own account",
            api_call(
                "lambda",
                "AddLayerVersionPermission20181031",
                assumed_role_identity("Deployer"),
                request=_layer_permission(ACCOUNT),
            ),
        ),
        Example(
            "a Lambda layer is shared with the own organization",
            api_call(
                "lambda",
                "AddLayerVersionPermission20181031",
                assumed_role_identity("Deployer"),
                request=_layer_permission("*") | {"organizationId": "o-exampleorgid"},
            ),
        ),
        Example(
            "a call to share an AMI is denied",
            api_call(
                "ec2",
                "ModifyImageAttribute",
                iam_user("mallory"),
                request={
                    "imageId": _IMAGE_ID,
                    "launchPermission": {"add": {"items": [{"userId": OTHER_ACCOUNT}]}},
                    "attributeType": "launchPermission",
                },
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "an AMI is copied",
            api_call(
                "ec2",
                "CopyImage",
                assumed_role_identity("Builder"),
                request={"sourceImageId": _IMAGE_ID},
            ),
        ),
    ),
)
