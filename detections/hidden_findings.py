"""Findings of services that detect threats: suppressed, archived, or no longer created."""

from detections._conditions import SUCCEEDED
from trailbell import (
    ACCOUNT,
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
_CONTROL_ARN = f"arn:aws:securityhub:us-east-1:{ACCOUNT}:control/example/v/1.0.0/S3.1"
_PRODUCT_ARN = "arn:aws:securityhub:us-east-1::product/aws/guardduty"

THREAT_FINDINGS_HIDDEN = Detection(
    id="threat-findings-hidden",
    title="Threat findings were hidden, or a rule or list that can hide them was changed",
    packs=("exposure",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").one_of(
                    "guardduty.amazonaws.com", "inspector2.amazonaws.com", "macie2.amazonaws.com"
                ),
                any_of(
                    field("requestParameters.action").one_of("ARCHIVE", "SUPPRESS"),
                    # A suppression rule stays one if an update omits the action.
                    all_of(
                        field("eventName").equals("UpdateFilter"),
                        field("requestParameters.action").missing(),
                    ),
                ),
            ),
            all_of(
                field("eventSource").equals("guardduty.amazonaws.com"),
                any_of(
                    # Created or updated.
                    field("eventName").ends_with("ateIPSet"),
                    field("eventName").ends_with("ateTrustedEntitySet"),
                    field("eventName").equals("ArchiveFindings"),
                ),
            ),
            # Only Access Analyzer has CreateArchiveRule and UpdateArchiveRule.
            field("eventName").ends_with("ateArchiveRule"),
            all_of(
                field("eventSource").equals("securityhub.amazonaws.com"),
                any_of(
                    # Automation rules, controls, insights, aggregators and policies, but not
                    # UpdateStandardsControl that enables a control.
                    all_of(
                        field("eventName").starts_with("Update"),
                        any_of(
                            field("requestParameters.ControlStatus").missing(),
                            field("requestParameters.ControlStatus").equals("DISABLED"),
                        ),
                    ),
                    field("eventName").starts_with("CreateAutomationRule"),
                    field("eventName").starts_with("BatchUpdateAutomationRules"),
                    field("eventName").starts_with("BatchUpdateStandards"),
                    field("eventName").equals("DeleteInsight"),
                    field("requestParameters.Workflow.Status").equals("SUPPRESSED"),
                    field("requestParameters.StatusId").equals(3),
                ),
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "A suppression or archive rule, a trusted list or a disabled control leaves the service "
        "running but hides its findings. That is less visible than disabling the service."
    ),
    runbook=(
        "Review requestParameters: which findings, which IP addresses or entities, which controls.",
        "If it was not planned: revert it, and disable the caller's credentials.",
        "Review the findings that were archived or suppressed since then.",
    ),
    false_positives=(
        "Analysts who suppress findings for good reasons; in Security Hub also changes of settings "
        "that hide nothing. Exclude the deployment role and the permission set of the analysts. "
        "Findings that are only resolved or get a note, and archived findings of Access Analyzer, "
        "are not detected."
    ),
    controls=Controls(mitre_attack=("T1685",)),
    shows=(
        "requestParameters.name",
        "requestParameters.action",
        "requestParameters.Workflow.Status",
    ),
    fires=(
        Example(
            "a GuardDuty suppression rule is created",
            api_call(
                "guardduty",
                "CreateFilter",
                iam_user("mallory"),
                request={"detectorId": _DETECTOR_ID, "name": "noise", "action": "ARCHIVE"},
            ),
        ),
        Example(
            "a trusted IP list of GuardDuty is created",
            api_call(
                "guardduty",
                "CreateIPSet",
                identity_center_user("mallory"),
                request={"detectorId": _DETECTOR_ID, "name": "ours", "activate": True},
            ),
        ),
        Example(
            "a list of trusted entities of GuardDuty is changed",
            api_call(
                "guardduty",
                "UpdateTrustedEntitySet",
                iam_user("mallory"),
                request={"detectorId": _DETECTOR_ID, "trustedEntitySetId": "a1", "activate": True},
            ),
        ),
        Example(
            "findings of GuardDuty are archived",
            api_call(
                "guardduty",
                "ArchiveFindings",
                iam_user("mallory"),
                request={"detectorId": _DETECTOR_ID, "findingIds": ["a1"]},
            ),
        ),
        Example(
            "a suppression rule of Inspector is created",
            api_call(
                "inspector2",
                "CreateFilter",
                iam_user("mallory"),
                request={"name": "quiet", "action": "SUPPRESS"},
            ),
        ),
        Example(
            "a suppression rule of GuardDuty is changed, without its action",
            api_call(
                "guardduty",
                "UpdateFilter",
                iam_user("mallory"),
                request={"detectorId": _DETECTOR_ID, "filterName": "noise"},
            ),
        ),
        Example(
            "a suppression rule of Macie is created",
            api_call(
                "macie2",
                "CreateFindingsFilter",
                identity_center_user("mallory"),
                request={"name": "quiet", "action": "ARCHIVE"},
            ),
        ),
        Example(
            "findings of Security Hub are suppressed",
            api_call(
                "securityhub",
                "BatchUpdateFindings",
                iam_user("mallory"),
                request={
                    "FindingIdentifiers": [{"Id": "a1", "ProductArn": _PRODUCT_ARN}],
                    "Workflow": {"Status": "SUPPRESSED"},
                },
            ),
        ),
        Example(
            "findings of Security Hub are suppressed with the newer version of the call",
            api_call(
                "securityhub",
                "BatchUpdateFindingsV2",
                iam_user("mallory"),
                request={"MetadataUids": ["a1"], "StatusId": 3},
            ),
        ),
        Example(
            "an automation rule of Security Hub is created with the newer version of the call",
            api_call(
                "securityhub",
                "CreateAutomationRuleV2",
                iam_user("mallory"),
                request={"RuleName": "quiet"},
            ),
        ),
        Example(
            "a control of Security Hub is disabled",
            api_call(
                "securityhub",
                "UpdateStandardsControl",
                iam_user("mallory"),
                request={"StandardsControlArn": _CONTROL_ARN, "ControlStatus": "DISABLED"},
            ),
        ),
        Example(
            "an archive rule of Access Analyzer is created",
            api_call(
                "access-analyzer",
                "CreateArchiveRule",
                iam_user("mallory"),
                request={"analyzerName": "ours", "ruleName": "quiet"},
            ),
        ),
        Example(
            "an insight of Security Hub is deleted",
            api_call("securityhub", "DeleteInsight", identity_center_user("mallory")),
        ),
    ),
    silent=(
        Example(
            "a control of Security Hub is enabled",
            api_call(
                "securityhub",
                "UpdateStandardsControl",
                assumed_role_identity("Deployer"),
                request={"StandardsControlArn": _CONTROL_ARN, "ControlStatus": "ENABLED"},
            ),
        ),
        Example(
            "findings of Security Hub are resolved",
            api_call(
                "securityhub",
                "BatchUpdateFindings",
                identity_center_user("alice"),
                request={
                    "FindingIdentifiers": [{"Id": "a1", "ProductArn": _PRODUCT_ARN}],
                    "Workflow": {"Status": "RESOLVED"},
                },
            ),
        ),
        Example(
            "a finding of Security Hub is resolved with the newer version of the call",
            api_call(
                "securityhub",
                "BatchUpdateFindingsV2",
                identity_center_user("alice"),
                request={"MetadataUids": ["a1"], "StatusId": 4},
            ),
        ),
        Example(
            "a filter of Inspector that only saves a view is created",
            api_call(
                "inspector2",
                "CreateFilter",
                iam_user("alice"),
                request={"name": "view", "action": "NONE"},
            ),
        ),
        Example(
            "a GuardDuty filter that only sorts findings is created",
            api_call(
                "guardduty",
                "CreateFilter",
                iam_user("alice"),
                request={"detectorId": _DETECTOR_ID, "name": "new", "action": "NOOP"},
            ),
        ),
        Example(
            "an IP set of AWS WAF is created, which is not a trusted IP list",
            api_call(
                "wafv2",
                "CreateIPSet",
                assumed_role_identity("Deployer"),
                request={"name": "office"},
            ),
        ),
        Example(
            "a call to create a trusted IP list is denied",
            api_call("guardduty", "CreateIPSet", iam_user("mallory"), error="AccessDenied"),
        ),
    ),
)
