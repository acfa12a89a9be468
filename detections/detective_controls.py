"""AWS services that detect or record: disabled, weakened, or administered by another account."""

from detections._conditions import SUCCEEDED, calls
from trailbell import (
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
    pattern=any_of(
        calls(
            "guardduty",
            "DeleteDetector",
            "DisassociateFromAdministratorAccount",
            "DisassociateFromMasterAccount",
            "StopMonitoringMembers",
            "DisassociateMembers",
            "DeleteMembers",
            "DeletePublishingDestination",
        ),
        all_of(
            calls("guardduty", "UpdateDetector"),
            field("requestParameters.enable").is_false(),
        ),
        calls(
            "securityhub",
            "DisableSecurityHub",
            "BatchDisableStandards",
            "DisassociateFromAdministratorAccount",
        ),
        calls("macie2", "DisableMacie"),
        calls("access-analyzer", "DeleteAnalyzer"),
        calls("inspector2", "Disable"),
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
        "the role that does this. Denied calls are detected as well, by design. Disabling a single "
        "GuardDuty feature is not detected."
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
            "Security Hub is enabled",
            api_call("securityhub", "EnableSecurityHub", assumed_role_identity("Deployer")),
        ),
        Example(
            "Inspector is enabled",
            api_call("inspector2", "Enable", assumed_role_identity("Deployer")),
        ),
        Example(
            "GuardDuty detectors are listed",
            api_call("guardduty", "ListDetectors", iam_user("alice"), read_only=True),
        ),
    ),
)

THREAT_FINDINGS_HIDDEN = Detection(
    id="threat-findings-hidden",
    title="A rule or list that can hide threat findings was created or changed",
    packs=("exposure",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                calls("guardduty", "CreateFilter", "UpdateFilter"),
                field("requestParameters.action").equals("ARCHIVE"),
            ),
            calls("guardduty", "CreateIPSet", "UpdateIPSet"),
            calls("access-analyzer", "CreateArchiveRule", "UpdateArchiveRule"),
            calls(
                "securityhub",
                "UpdateStandardsControl",
                "BatchUpdateStandardsControlAssociations",
                "DisableImportFindingsForProduct",
                "CreateAutomationRule",
                "BatchUpdateAutomationRules",
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "A suppression or archive rule, a trusted IP list or a disabled control leaves the service "
        "running but hides its findings. That is less visible than disabling the service."
    ),
    runbook=(
        "Review the rule or list: which IP addresses, which types of findings.",
        "If it was not planned: revert it, and disable the caller's credentials.",
        "Review the findings that were archived since then.",
    ),
    false_positives=(
        "Users who suppress findings for good reasons; in Security Hub also rules that only label "
        "findings, and controls that are enabled. Exclude the deployment role, so that only manual "
        "changes trigger. Filters of Inspector and Macie are not detected."
    ),
    controls=Controls(mitre_attack=("T1685",)),
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
    ),
    silent=(
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

RECORDING_DISABLED = Detection(
    id="recording-disabled",
    title="AWS Config, flow logs, DNS query logs or WAF logs were disabled, at least in part",
    packs=("exposure",),
    severity=Severity.HIGH,
    pattern=any_of(
        calls(
            "config",
            "StopConfigurationRecorder",
            "DeleteConfigurationRecorder",
            "DeleteDeliveryChannel",
            "DeleteConfigRule",
            "DeleteOrganizationConfigRule",
            "DeleteConformancePack",
            "DeleteConfigurationAggregator",
        ),
        calls("ec2", "DeleteFlowLogs"),
        calls(
            "route53resolver",
            "DeleteResolverQueryLogConfig",
            "DisassociateResolverQueryLogConfig",
        ),
        calls("wafv2", "DeleteLoggingConfiguration"),
    ),
    why=(
        "Flow logs and query logs show network connections, AWS Config shows changes of resources. "
        "Without them, an incident cannot be reconstructed."
    ),
    runbook=(
        "Restore the recording in this Region (awsRegion).",
        "If it was not planned: disable the caller's credentials.",
        "Review in CloudTrail what the same caller did since then.",
    ),
    false_positives=(
        "Deployments that delete a VPC or a Config rule. Exclude the deployment role. Denied calls "
        "are detected as well, by design. Access logs of buckets and load balancers are not "
        "covered."
    ),
    controls=Controls(related_cis_control=9, mitre_attack=("T1685.002", "T1685")),
    fires=(
        Example(
            "flow logs are deleted",
            api_call(
                "ec2",
                "DeleteFlowLogs",
                iam_user("mallory"),
                request={
                    "DeleteFlowLogsRequest": {
                        "FlowLogId": {"content": "fl-0123456789abcdef0", "tag": 1}
                    }
                },
            ),
        ),
        Example(
            "the configuration recorder is stopped",
            api_call(
                "config",
                "StopConfigurationRecorder",
                identity_center_user("mallory"),
                request={"configurationRecorderName": "default"},
            ),
        ),
    ),
    silent=(
        Example(
            "flow logs are created",
            api_call("ec2", "CreateFlowLogs", assumed_role_identity("Deployer")),
        ),
        Example(
            "a Config rule is changed",
            api_call(
                "config",
                "PutConfigRule",
                assumed_role_identity("Deployer"),
                request={"configRule": {"configRuleName": "x"}},
            ),
        ),
        Example(
            "flow logs are listed",
            api_call("ec2", "DescribeFlowLogs", iam_user("alice"), read_only=True),
        ),
    ),
)

ORGANIZATION_DELEGATION_CHANGES = Detection(
    id="organization-delegation-changes",
    title="Delegated administration or service access in the organization was changed",
    packs=("identity",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        calls(
            "organizations",
            "RegisterDelegatedAdministrator",
            "DeregisterDelegatedAdministrator",
            "EnableAWSServiceAccess",
            "DisableAWSServiceAccess",
            "PutResourcePolicy",
            "DeleteResourcePolicy",
        ),
        SUCCEEDED,
    ),
    why=(
        "A delegated administrator of StackSets, IAM Identity Center or GuardDuty acts in every "
        "account. Removing one can leave all accounts without that service."
    ),
    runbook=(
        "Identify the account and the service (accountId, servicePrincipal).",
        "If it was not planned: revert it, and disable the caller's credentials.",
        "Review what the delegated account did with the service since then.",
    ),
    false_positives=(
        "Services that are introduced for the organization, usually some days apart. Triggers only "
        "in the management account. Denied calls are not detected."
    ),
    controls=Controls(related_cis_control=15, mitre_attack=("T1098.003", "T1484.002", "T1685")),
    fires=(
        Example(
            "another account becomes delegated administrator of StackSets",
            api_call(
                "organizations",
                "RegisterDelegatedAdministrator",
                iam_user("mallory"),
                request={
                    "accountId": OTHER_ACCOUNT,
                    "servicePrincipal": "member.org.stacksets.cloudformation.amazonaws.com",
                },
            ),
        ),
        Example(
            "CloudTrail's access to the organization is disabled",
            api_call(
                "organizations",
                "DisableAWSServiceAccess",
                identity_center_user("mallory"),
                request={"servicePrincipal": "cloudtrail.amazonaws.com"},
            ),
        ),
    ),
    silent=(
        Example(
            "a call to register a delegated administrator is denied",
            api_call(
                "organizations",
                "RegisterDelegatedAdministrator",
                iam_user("mallory"),
                error="AccessDenied",
            ),
        ),
        Example(
            "the resource policy of a secret is set",
            api_call("secretsmanager", "PutResourcePolicy", assumed_role_identity("Deployer")),
        ),
        Example(
            "delegated administrators are listed",
            api_call(
                "organizations", "ListDelegatedAdministrators", iam_user("alice"), read_only=True
            ),
        ),
    ),
)
