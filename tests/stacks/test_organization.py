"""The trail of an organization is split into two stacks of two accounts, which fit together."""

import json
from typing import Any

from tests import PROJECT


def _document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((PROJECT / "dist" / f"{name}.json").read_bytes())
    return document


_OWNER = {"Ref": "ManagementAccountId"}
_HOME = {"Fn::If": ["TrailIsElsewhere", {"Ref": "TrailRegion"}, {"Ref": "AWS::Region"}]}
_TRAIL = {
    "Fn::Sub": [
        (
            "arn:${AWS::Partition}:cloudtrail:${Home}:${Owner}"
            ":trail/${InstallationName}-${TrailName}-${Home}"
        ),
        {"Home": _HOME, "Owner": _OWNER},
    ]
}


def test_the_archive_bucket_allows_one_trail_of_another_account() -> None:
    policy = _document("log-archive")["Resources"]["LogBucketPolicy"]["Properties"]
    get_acl, put_object, *_ = policy["PolicyDocument"]["Statement"]
    assert get_acl["Condition"] == {"StringEquals": {"aws:SourceArn": _TRAIL}}
    assert put_object["Condition"]["StringEquals"]["aws:SourceArn"] == _TRAIL
    owned = put_object["Resource"][0]["Fn::Sub"][1]["Owner"]
    organization = put_object["Resource"][1]["Fn::Sub"][1]["Owner"]
    assert (owned, organization) == (_OWNER, {"Ref": "OrganizationId"})


def test_the_archive_key_allows_data_keys_for_that_trail() -> None:
    key = _document("log-archive")["Resources"]["Key"]["Properties"]["KeyPolicy"]
    statement = next(s for s in key["Statement"] if s.get("Sid") == "AllowCloudTrailEncryptLogs")
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceArn": _TRAIL},
        "StringLike": {
            "kms:EncryptionContext:aws:cloudtrail:arn": {
                "Fn::Sub": [
                    "arn:${AWS::Partition}:cloudtrail:*:${Owner}:trail/*",
                    {"Owner": _OWNER},
                ]
            }
        },
    }


def test_the_trail_delivers_to_the_archive_and_to_a_log_group_of_its_stack() -> None:
    document = _document("organization-trail")
    trail = document["Resources"]["Trail"]
    assert "DependsOn" not in trail
    properties = {
        k: trail["Properties"][k] for k in ("S3BucketName", "KMSKeyId", "IsMultiRegionTrail")
    }
    assert properties == {
        "S3BucketName": {"Ref": "ArchiveBucketName"},
        "KMSKeyId": {
            "Fn::If": ["HasArchiveKey", {"Ref": "ArchiveKeyArn"}, {"Ref": "AWS::NoValue"}]
        },
        "IsMultiRegionTrail": True,
    }
    assert "Default" not in document["Parameters"]["OrganizationId"]
    assert set(document["Resources"]) == {"Trail", "LogGroup", "TrailRole", "Key"}


def test_both_stacks_build_the_same_trail_name() -> None:
    trail, archive = _document("organization-trail"), _document("log-archive")
    assert trail["Resources"]["Trail"]["Properties"]["TrailName"] == {
        "Fn::Sub": "${InstallationName}-${TrailName}-${AWS::Region}"
    }
    for name in ("InstallationName", "TrailName"):
        assert trail["Parameters"][name] == archive["Parameters"][name]
