"""AWS services that detect threats: disabled, weakened, or administered by another account."""

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

_DETECTOR_ID = "12abc34d567e8fa901bc2d34e56789f0"

THREAT_DETECTION_DISABLED = Detection(
    id="threat-detection-disabled",
    title="A threat detection service was disabled or disconnected",
    packs=("exposure",),
    severity=Severity.HIGH,
    # Prefixes, because these services name the same calls alike, also for members and for the
    # organization: DisableSecurityHubV2, DisassociateFromMasterAccount, DeleteMembers.
    pattern=any_of(
        all_of(
            field("eventSource").one_of(
                "guardduty.amazonaws.com",
                "securityhub.amazonaws.com",
                "macie2.amazonaws.com",
                "inspector2.amazonaws.com",
                "detective.amazonaws.com",
                "shield.amazonaws.com",
            ),
            any_of(
                field("eventName").starts_with("Disable"),
                field("eventName").starts_with("Disassociate"),
                field("eventName").starts_with("DeleteMember"),
                # DeleteProtection, DeleteProtectionGroup, DeletePublishingDestination.
                field("eventName").starts_with("DeleteP"),
                field("eventName").one_of(
                    "BatchDisableStandards",
                    "DeleteDetector",
                    "DeleteGraph",
                    "StopMonitoringMembers",
                ),
            ),
        ),
        all_of(
            calls("guardduty", "UpdateDetector"),
            field("requestParameters.enable").is_false(),
        ),
        all_of(
            calls("macie2", "UpdateMacieSession", "UpdateMemberSession"),
            field("requestParameters.status").equals("PAUSED"),
        ),
        calls("access-analyzer", "DeleteAnalyzer", "DeleteServiceLinkedAnalyzer"),
    ),
    why=(
        "GuardDuty, Security Hub, Macie, Inspector and Access Analyzer find threats that metric "
        "filters cannot. Attackers disable them Region by Region."
    ),
    runbook=(
        "Restore the service in this Region (awsRegion), and check the other Regions.",
        "If it was not planned: disable the caller's credentials.",
        "Review in CloudTrail what the same caller did since then.",
    ),
    false_positives=(
        "Accounts that are being closed, and a move to another delegated administrator. Exclude "
        "the role that does this. Denied calls are detected as well, by design. A feature of "
        "GuardDuty that is disabled triggers threat-detection-narrowed."
    ),
    controls=Controls(mitre_attack=("T1685",)),
    fires=(
        Example(
            "the GuardDuty detector is deleted",
            api_call(
                "guardduty",
                "DeleteDetector",
                iam_user("mallory"),
                request={"detectorId": _DETECTOR_ID},
            ),
        ),
        Example(
            "the GuardDuty detector is suspended",
            api_call(
                "guardduty",
                "UpdateDetector",
                identity_center_user("mallory"),
                request={"detectorId": _DETECTOR_ID, "enable": False},
            ),
        ),
        Example(
            "a call to disable Security Hub is denied",
            api_call(
                "securityhub",
                "DisableSecurityHub",
                assumed_role_identity("WebServer"),
                error="AccessDenied",
            ),
        ),
        Example(
            "Security Hub is disabled with the newer version of the call",
            api_call("securityhub", "DisableSecurityHubV2", iam_user("mallory")),
        ),
        Example(
            "member accounts are removed from Security Hub",
            api_call(
                "securityhub",
                "DeleteMembers",
                identity_center_user("mallory"),
                request={"AccountIds": [OTHER_ACCOUNT]},
            ),
        ),
        Example(
            "the delegated administrator of GuardDuty is removed",
            api_call(
                "guardduty",
                "DisableOrganizationAdminAccount",
                iam_user("mallory"),
                request={"adminAccountId": OTHER_ACCOUNT},
            ),
        ),
        Example(
            "Macie is paused",
            api_call(
                "macie2", "UpdateMacieSession", iam_user("mallory"), request={"status": "PAUSED"}
            ),
        ),
        Example(
            "the behavior graph of Detective is deleted",
            api_call(
                "detective",
                "DeleteGraph",
                iam_user("mallory"),
                request={
                    "graphArn": f"arn:aws:detective:us-east-1:{ACCOUNT}:graph:0123456789abcdef"
                },
            ),
        ),
        Example(
            "a resource loses the protection of Shield Advanced",
            api_call(
                "shield",
                "DeleteProtection",
                identity_center_user("mallory"),
                request={"protectionId": "1234abcd-12ab-34cd-56ef-1234567890ab"},
            ),
        ),
    ),
    silent=(
        Example(
            "GuardDuty is set to publish findings more often",
            api_call(
                "guardduty",
                "UpdateDetector",
                assumed_role_identity("Deployer"),
                request={
                    "detectorId": _DETECTOR_ID,
                    "enable": True,
                    "findingPublishingFrequency": "FIFTEEN_MINUTES",
                },
            ),
        ),
        Example(
            "Macie is resumed",
            api_call(
                "macie2",
                "UpdateMacieSession",
                assumed_role_identity("Deployer"),
                request={"status": "ENABLED"},
            ),
        ),
        Example(
            "a suppression rule of GuardDuty is deleted, so that more findings are shown",
            api_call(
                "guardduty",
                "DeleteFilter",
                iam_user("alice"),
                request={"detectorId": _DETECTOR_ID, "filterName": "noise"},
            ),
        ),
        Example(
            "Security Hub is enabled",
            api_call("securityhub", "EnableSecurityHub", assumed_role_identity("Deployer")),
        ),
        Example(
            "Inspector is enabled",
            api_call("inspector2", "Enable", assumed_role_identity("Deployer")),
        ),
        Example(
            "member accounts of GuardDuty are invited",
            api_call("guardduty", "InviteMembers", assumed_role_identity("Deployer")),
        ),
        Example(
            "GuardDuty detectors are listed",
            api_call("guardduty", "ListDetectors", iam_user("alice"), read_only=True),
        ),
    ),
)

THREAT_DETECTION_NARROWED = Detection(
    id="threat-detection-narrowed",
    title="A feature, list or rule of a threat detection service was disabled or deleted",
    packs=("tamper",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").equals("guardduty.amazonaws.com"),
                any_of(
                    all_of(
                        field("eventName").one_of("UpdateDetector", "UpdateMemberDetectors"),
                        any_of(
                            field("requestParameters.features[*].status").equals("DISABLED"),
                            # The form of the call before features.
                            field("requestParameters.dataSources.s3Logs.enable").is_false(),
                            field(
                                "requestParameters.dataSources.kubernetes.auditLogs.enable"
                            ).is_false(),
                        ),
                    ),
                    all_of(
                        field("eventName").starts_with("UpdateCustomDetectionRule"),
                        field("requestParameters.mode").equals("DRY_RUN"),
                    ),
                    field("eventName").starts_with("DeleteCustomDetectionRule"),
                    field("eventName").starts_with("DeleteThreat"),
                    field("eventName").starts_with("DeleteMalware"),
                ),
            ),
            # New accounts of the organization are no longer protected.
            all_of(
                calls("guardduty", "UpdateOrganizationConfiguration"),
                any_of(
                    field("requestParameters.autoEnable").is_false(),
                    field("requestParameters.autoEnableOrganizationMembers").equals("NONE"),
                    field("requestParameters.features[*].autoEnable").equals("NONE"),
                ),
            ),
            all_of(
                field("eventSource").equals("macie2.amazonaws.com"),
                any_of(
                    field("requestParameters.findingPublishingFrequency").equals("SIX_HOURS"),
                    field("requestParameters.status").equals("DISABLED"),
                ),
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "The service still runs, but a data source, a threat list, a rule or new accounts are no "
        "longer covered. That is less visible than disabling it."
    ),
    runbook=(
        "Identify what is no longer covered (features, ruleId, accountIds), and restore it.",
        "If it was not planned: disable the caller's credentials.",
        "Review what the same caller did since then, above all with the resources it covered.",
    ),
    false_positives=(
        "Changes of protection plans to save costs: exclude the deployment role for this "
        "detection. Not detected: malware protection in the older form of GuardDuty's calls, scan "
        "types of Inspector, allow lists of Macie, and denied calls."
    ),
    controls=Controls(mitre_attack=("T1685",)),
    shows=(
        "requestParameters.ruleId",
        "requestParameters.mode",
        "requestParameters.autoEnableOrganizationMembers",
    ),
    fires=(
        Example(
            "S3 protection of GuardDuty is disabled",
            api_call(
                "guardduty",
                "UpdateDetector",
                iam_user("mallory"),
                request={
                    "detectorId": _DETECTOR_ID,
                    "enable": True,
                    "features": [
                        {"name": "EKS_AUDIT_LOGS", "status": "ENABLED"},
                        {"name": "S3_DATA_EVENTS", "status": "DISABLED"},
                    ],
                },
            ),
        ),
        Example(
            "a feature of GuardDuty is disabled in member accounts",
            api_call(
                "guardduty",
                "UpdateMemberDetectors",
                identity_center_user("mallory"),
                request={
                    "detectorId": _DETECTOR_ID,
                    "accountIds": [OTHER_ACCOUNT],
                    "features": [{"name": "RUNTIME_MONITORING", "status": "DISABLED"}],
                },
            ),
        ),
        Example(
            "GuardDuty is no longer enabled in new accounts",
            api_call(
                "guardduty",
                "UpdateOrganizationConfiguration",
                iam_user("mallory"),
                request={
                    "detectorId": _DETECTOR_ID,
                    "autoEnableOrganizationMembers": "NONE",
                },
            ),
        ),
        Example(
            "a custom detection rule of GuardDuty no longer creates findings",
            api_call(
                "guardduty",
                "UpdateCustomDetectionRuleAssociation",
                iam_user("mallory"),
                request={"ruleId": "admin-policy", "associationId": "a1", "mode": "DRY_RUN"},
            ),
        ),
        Example(
            "a custom detection rule of GuardDuty is removed",
            api_call(
                "guardduty",
                "DeleteCustomDetectionRuleAssociation",
                identity_center_user("mallory"),
                request={"ruleId": "admin-policy", "associationId": "a1"},
            ),
        ),
        Example(
            "S3 protection of GuardDuty is disabled with the older form of the call",
            api_call(
                "guardduty",
                "UpdateDetector",
                identity_center_user("mallory"),
                request={
                    "detectorId": _DETECTOR_ID,
                    "dataSources": {"s3Logs": {"enable": False}},
                },
            ),
        ),
        Example(
            "a threat list of GuardDuty is deleted",
            api_call(
                "guardduty",
                "DeleteThreatIntelSet",
                identity_center_user("mallory"),
                request={"detectorId": _DETECTOR_ID, "threatIntelSetId": "a1"},
            ),
        ),
        Example(
            "Macie publishes findings every six hours only",
            api_call(
                "macie2",
                "UpdateMacieSession",
                iam_user("mallory"),
                request={"findingPublishingFrequency": "SIX_HOURS"},
            ),
        ),
    ),
    silent=(
        Example(
            "a feature of GuardDuty is enabled",
            api_call(
                "guardduty",
                "UpdateDetector",
                assumed_role_identity("Deployer"),
                request={
                    "detectorId": _DETECTOR_ID,
                    "enable": True,
                    "features": [{"name": "S3_DATA_EVENTS", "status": "ENABLED"}],
                },
            ),
        ),
        Example(
            "a custom detection rule of GuardDuty is set to create findings",
            api_call(
                "guardduty",
                "UpdateCustomDetectionRuleAssociation",
                iam_user("alice"),
                request={"ruleId": "admin-policy", "associationId": "a1", "mode": "LIVE"},
            ),
        ),
        Example(
            "GuardDuty is enabled in new accounts",
            api_call(
                "guardduty",
                "UpdateOrganizationConfiguration",
                assumed_role_identity("Deployer"),
                request={"detectorId": _DETECTOR_ID, "autoEnableOrganizationMembers": "ALL"},
            ),
        ),
        Example(
            "a call to disable a feature of GuardDuty is denied",
            api_call(
                "guardduty",
                "UpdateDetector",
                iam_user("mallory"),
                request={
                    "detectorId": _DETECTOR_ID,
                    "features": [{"name": "S3_DATA_EVENTS", "status": "DISABLED"}],
                },
                error="AccessDenied",
            ),
        ),
        Example(
            "Macie publishes findings more often",
            api_call(
                "macie2",
                "UpdateMacieSession",
                assumed_role_identity("Deployer"),
                request={"findingPublishingFrequency": "FIFTEEN_MINUTES", "status": "ENABLED"},
            ),
        ),
        Example(
            "an allow list of trusted entities is deleted, so that more findings are created",
            api_call(
                "guardduty",
                "DeleteTrustedEntitySet",
                iam_user("alice"),
                request={"detectorId": _DETECTOR_ID, "trustedEntitySetId": "a1"},
            ),
        ),
    ),
)
