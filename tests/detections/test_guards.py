"""Siblings and forms of calls that disable, narrow or open something, beyond the sample events."""

from typing import Any

import pytest

from tests.detections.corpora import detections
from trailbell import OTHER_ACCOUNT, PLACEHOLDERS, api_call, assumed_role_identity, fires, iam_user

_BY_ID = {detection.id: detection for detection in detections()}
_BUCKET = PLACEHOLDERS["LogBucketName"]
_ROLE = "security-alerts-TrailRole-EXAMPLE"
_ALARM = f"{PLACEHOLDERS['AlarmPrefix']}-root-account-use"
_MEMBERS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_ALL_BLOCKED = dict.fromkeys(_MEMBERS, True)


def _call(service: str, name: str, request: dict[str, Any] | None = None, **more: Any) -> Any:
    return api_call(service, name, iam_user("mallory"), request=request, **more)


def _block(configuration: dict[str, bool]) -> Any:
    return _call(
        "s3",
        "PutBucketPublicAccessBlock",
        {"bucketName": "shop", "PublicAccessBlockConfiguration": configuration},
    )


def _security_group(**rule: str) -> Any:
    changed = {"SecurityGroupRuleId": "sgr-0123456789abcdef0", "SecurityGroupRule": rule}
    return _call(
        "ec2",
        "ModifySecurityGroupRules",
        {"ModifySecurityGroupRulesRequest": {"SecurityGroupRule": changed}},
    )


_SILENT = [
    pytest.param(
        "threat-detection-disabled", _call("guardduty", "DeleteFilter"), id="DeleteFilter"
    ),
    pytest.param(
        "threat-detection-disabled",
        _call("securityhub", "UpdateDetector", {"enable": False}),
        id="a call of another service with the name of GuardDuty's",
    ),
    pytest.param(
        "threat-detection-disabled",
        _call("ec2", "DisableFastSnapshotRestores"),
        id="another service that disables something",
    ),
    pytest.param(
        "threat-detection-narrowed",
        _call("guardduty", "CreateDetector", {"features": [{"name": "x", "status": "DISABLED"}]}),
        id="a detector that is created with a disabled feature",
    ),
    pytest.param(
        "threat-detection-narrowed",
        _call("inspector2", "UpdateOrganizationConfiguration", {"autoEnable": {"ec2": False}}),
        id="scan types of Inspector for new accounts",
    ),
    pytest.param(
        "threat-findings-hidden",
        _call("guardduty", "UpdateFindingsFeedback", {"feedback": "USEFUL"}),
        id="feedback about findings",
    ),
    pytest.param(
        "threat-findings-hidden",
        _call("wafv2", "UpdateIPSet", {"name": "x"}),
        id="an IP set of WAF",
    ),
    pytest.param(
        "threat-findings-hidden",
        _call("guardduty", "UpdateThreatIntelSet", {"activate": True}),
        id="a threat list",
    ),
    pytest.param(
        "recording-narrowed",
        _call("s3", "PutBucketAcl", {"bucketName": "shop"}),
        id="a call about a bucket without a target of logs",
    ),
    pytest.param("recording-disabled", _call("config", "DeleteStoredQuery"), id="a stored query"),
    pytest.param("public-access-block-loosened", _block(_ALL_BLOCKED), id="everything is blocked"),
    pytest.param(
        "secrets-read-in-batch",
        api_call(
            "ssm",
            "GetParametersByPath",
            assumed_role_identity("PaymentService"),
            request={"path": "/", "withDecryption": True},
        ),
        id="a workload that reads all parameters",
    ),
    pytest.param(
        "security-group-opened-to-the-world", _security_group(CidrIpv6="fd00::/8"), id="own IPv6"
    ),
    pytest.param(
        "database-made-public",
        _call("rds", "RebootDBInstance", response={"publiclyAccessible": True}),
        id="a reboot of a public database",
    ),
    pytest.param(
        "snapshot-shared", _call("redshift", "RevokeSnapshotAccess"), id="a snapshot of Redshift"
    ),
    pytest.param(
        "public-access-switch-disabled",
        _call("ssm", "UpdateServiceSetting", {"settingId": "/ssm/x", "settingValue": "Enable"}),
        id="another setting that is enabled",
    ),
]
_FIRING = [
    *(
        pytest.param("public-access-block-loosened", _block(_ALL_BLOCKED | {name: False}), id=name)
        for name in _MEMBERS
    ),
    *(
        pytest.param(
            "public-access-block-loosened",
            _block({member: True for member in _MEMBERS if member != name}),
            id=f"{name} is left out",
        )
        for name in _MEMBERS
    ),
    pytest.param(
        "public-access-block-loosened", _call("ec2", "DisableImageBlockPublicAccess"), id="AMIs"
    ),
    *(
        pytest.param("threat-detection-disabled", _call(service, name), id=f"{service} {name}")
        for service, name in (
            ("access-analyzer", "DeleteAnalyzer"),
            ("access-analyzer", "DeleteServiceLinkedAnalyzer"),
            ("detective", "DisassociateMembership"),
            ("guardduty", "DeletePublishingDestination"),
            ("guardduty", "DisassociateFromAdministratorAccount"),
            ("guardduty", "StopMonitoringMembers"),
            ("inspector2", "Disable"),
            ("inspector2", "DisassociateMember"),
            ("macie2", "DeleteMember"),
            ("macie2", "DisableMacie"),
            ("securityhub", "BatchDisableStandards"),
            ("securityhub", "DisableSecurityHubFeatureV2"),
            ("securityhub", "DisassociateFromMasterAccount"),
            ("shield", "DisableProactiveEngagement"),
        )
    ),
    pytest.param(
        "threat-detection-disabled",
        _call("macie2", "UpdateMemberSession", {"id": OTHER_ACCOUNT, "status": "PAUSED"}),
        id="Macie is paused in a member account",
    ),
    *(
        pytest.param("threat-detection-narrowed", _call(service, name, request), id=identifier)
        for service, name, request, identifier in (
            ("guardduty", "DeleteMalwareProtectionPlan", {}, "malware protection of a bucket"),
            (
                "guardduty",
                "UpdateDetector",
                {"dataSources": {"kubernetes": {"auditLogs": {"enable": False}}}},
                "audit logs, in the older form",
            ),
            (
                "guardduty",
                "UpdateOrganizationConfiguration",
                {"autoEnable": False},
                "new accounts, in the older form",
            ),
            (
                "guardduty",
                "UpdateOrganizationConfiguration",
                {"features": [{"name": "S3_DATA_EVENTS", "autoEnable": "NONE"}]},
                "a feature in new accounts",
            ),
            (
                "guardduty",
                "UpdateCustomDetectionRuleOrgConfiguration",
                {"mode": "DRY_RUN"},
                "a custom rule of the organization",
            ),
            (
                "macie2",
                "UpdateAutomatedDiscoveryConfiguration",
                {"status": "DISABLED"},
                "automated discovery",
            ),
        )
    ),
    *(
        pytest.param("threat-findings-hidden", _call("securityhub", name), id=name)
        for name in (
            "BatchUpdateAutomationRules",
            "BatchUpdateStandardsControlAssociations",
            "CreateAutomationRule",
            "UpdateAutomationRuleV2",
            "UpdateFindings",
            "UpdateInsight",
            "UpdateSecurityControl",
        )
    ),
    *(
        pytest.param("recording-disabled", _call(service, name), id=f"{service} {name}")
        for service, name in (
            ("config", "DeleteConfigRule"),
            ("config", "DeleteConfigurationRecorder"),
            ("config", "DeleteConformancePack"),
            ("config", "DeleteDeliveryChannel"),
            ("config", "DeleteOrganizationConfigRule"),
            ("route53resolver", "DeleteResolverQueryLogConfig"),
            ("route53resolver", "DisassociateResolverQueryLogConfig"),
            ("securitylake", "DeleteAwsLogSource"),
            ("wafv2", "DeleteLoggingConfiguration"),
        )
    ),
    *(
        pytest.param("recording-narrowed", _call(service, name), id=f"{service} {name}")
        for service, name in (
            ("logs", "DeleteDeliverySource"),
            ("network-firewall", "UpdateLoggingConfiguration"),
            ("observabilityadmin", "StopTelemetryEvaluationForOrganization"),
        )
    ),
    *(
        pytest.param(
            "database-made-public",
            _call(service, name, {"publiclyAccessible": True}),
            id=f"{service} {name}",
        )
        for service, name in (
            ("lightsail", "UpdateRelationalDatabase"),
            ("redshift", "ModifyCluster"),
            ("timestream-influxdb", "CreateDbInstance"),
        )
    ),
    pytest.param(
        "database-made-public",
        _call("rds", "CreateDBInstance", response={"publiclyAccessible": True}),
        id="a new database that is public by default",
    ),
    pytest.param(
        "security-group-opened-to-the-world", _security_group(CidrIpv6="::/0"), id="IPv6, modified"
    ),
    pytest.param(
        "snapshot-shared", _call("redshift", "AuthorizeSnapshotAccess"), id="Redshift snapshot"
    ),
    pytest.param(
        "bucket-opened-by-acl",
        _call("s3", "CreateBucket", {"bucketName": "x", "x-amz-acl": "authenticated-read"}),
        id="a new bucket for all users with an AWS account",
    ),
    *(
        pytest.param("trail-tampering", _call("cloudtrail", name), id=name)
        for name in (
            "DeleteEventDataStore",
            "DeleteResourcePolicy",
            "DeregisterOrganizationDelegatedAdmin",
            "PutInsightSelectors",
            "StopEventDataStoreIngestion",
            "UpdateEventDataStore",
            "UpdateTrail",
        )
    ),
    *(
        pytest.param("trail-role-tampering", _call("iam", name, {"roleName": _ROLE}), id=name)
        for name in (
            "AttachRolePolicy",
            "DeleteRolePermissionsBoundary",
            "DetachRolePolicy",
            "PutRolePolicy",
        )
    ),
    *(
        pytest.param("trail-bucket-tampering", _call("s3", name, {"bucketName": _BUCKET}), id=name)
        for name in (
            "DeleteBucketEncryption",
            "DeleteBucketLifecycle",
            "DeleteBucketOwnershipControls",
            "DeleteBucketPolicy",
            "DeleteBucketPublicAccessBlock",
            "PutBucketAcl",
            "PutBucketEncryption",
            "PutBucketLogging",
            "PutBucketObjectLockConfiguration",
            "PutBucketOwnershipControls",
            "PutBucketPublicAccessBlock",
            "PutBucketReplication",
            "PutBucketVersioning",
        )
    ),
    pytest.param(
        "log-group-tampering",
        _call("logs", "PutAccountPolicy", {"policyType": "TRANSFORMER_POLICY"}),
        id="a policy of the account that transforms log events",
    ),
    *(
        pytest.param("alarm-tampering", _call("monitoring", name, {"alarmName": _ALARM}), id=name)
        for name in ("PutCompositeAlarm", "PutMetricAlarm")
    ),
    *(
        pytest.param("organization-delegation-changes", _call(service, name), id=name)
        for service, name in (
            ("controltower", "DeleteLandingZone"),
            ("controltower", "DisableBaseline"),
            ("fms", "DisassociateAdminAccount"),
            ("organizations", "EnableAWSServiceAccess"),
            ("organizations", "DeleteResourcePolicy"),
        )
    ),
]


@pytest.mark.parametrize(("identifier", "event"), _SILENT)
def test_silent(identifier: str, event: Any) -> None:
    assert not fires(_BY_ID[identifier], event)


@pytest.mark.parametrize(("identifier", "event"), _FIRING)
def test_fires(identifier: str, event: Any) -> None:
    assert fires(_BY_ID[identifier], event)
