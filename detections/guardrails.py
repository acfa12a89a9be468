"""Those who watch besides us: switched off, or told to look away."""

from detections._conditions import SUCCEEDED, calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.pattern import all_of, any_of, field
from trailbell.samples import OTHER_ACCOUNT, api_call, iam_user, role, sso_person

_DETECTOR = "12abc34d567e8fa901bc2d34e56789f0"

THREAT_DETECTION_DISABLED = Detection(
    id="threat-detection-disabled",
    title="A service that looks for threats was switched off or cut off",
    packs=(Pack.EXPOSURE,),
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
        "GuardDuty, Security Hub, Macie, Inspector and Access Analyzer tell what no metric filter "
        "can. Whoever wants to work in peace switches them off, Region by Region."
    ),
    respond=(
        "Switch the service on again in this Region (awsRegion), and look at the other Regions.",
        "If nobody planned it: disable who switched it off.",
        "See in CloudTrail what the same caller did meanwhile.",
    ),
    false_alarms=(
        "Accounts that are taken down, and a move to another delegated administrator. Exclude the "
        "role that does so; attempts that are refused ring as well, on purpose. Single features "
        "of GuardDuty that are switched off do not ring."
    ),
    controls=Controls(attack=("T1685",)),
    fires=(
        Example(
            "GuardDuty's detector is deleted",
            api_call(
                "guardduty",
                "DeleteDetector",
                iam_user("mallory"),
                request={"detectorId": _DETECTOR},
            ),
        ),
        Example(
            "GuardDuty's detector is paused",
            api_call(
                "guardduty",
                "UpdateDetector",
                sso_person("mallory"),
                request={"detectorId": _DETECTOR, "enable": False},
            ),
        ),
        Example(
            "somebody may not switch Security Hub off and tries",
            api_call("securityhub", "DisableSecurityHub", role("WebServer"), error="AccessDenied"),
        ),
    ),
    silent=(
        Example(
            "GuardDuty reports more often",
            api_call(
                "guardduty",
                "UpdateDetector",
                role("Deployer"),
                request={
                    "detectorId": _DETECTOR,
                    "enable": True,
                    "findingPublishingFrequency": "FIFTEEN_MINUTES",
                },
            ),
        ),
        Example(
            "Security Hub is switched on",
            api_call("securityhub", "EnableSecurityHub", role("Deployer")),
        ),
        Example(
            "Inspector is switched on",
            api_call("inspector2", "Enable", role("Deployer")),
        ),
        Example(
            "detectors are listed",
            api_call("guardduty", "ListDetectors", iam_user("alice"), read_only=True),
        ),
    ),
)

THREAT_FINDINGS_HIDDEN = Detection(
    id="threat-findings-hidden",
    title="A rule or list that may hide findings of threats was made or changed",
    packs=(Pack.EXPOSURE,),
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
        "A rule of GuardDuty, Security Hub or Access Analyzer that archives findings, or a list "
        "of trusted addresses, keeps the service running and blind. That is quieter than "
        "switching it off."
    ),
    respond=(
        "Read the rule or list: whose addresses, which kinds of findings.",
        "If nobody planned it: delete it, and disable who made it.",
        "Look through the findings that were archived since.",
    ),
    false_alarms=(
        "People who tidy up findings, with good reason; of Security Hub also rules that only mark "
        "findings, and controls that are switched on. Exclude the role that deploys your rules, "
        "so that only those made by hand ring. Filters of Inspector and Macie do not."
    ),
    controls=Controls(attack=("T1685",)),
    fires=(
        Example(
            "findings of GuardDuty are archived at once",
            api_call(
                "guardduty",
                "CreateFilter",
                iam_user("mallory"),
                request={"detectorId": _DETECTOR, "name": "noise", "action": "ARCHIVE"},
            ),
        ),
        Example(
            "GuardDuty trusts more addresses",
            api_call(
                "guardduty",
                "CreateIPSet",
                sso_person("mallory"),
                request={"detectorId": _DETECTOR, "name": "ours", "activate": True},
            ),
        ),
    ),
    silent=(
        Example(
            "a filter only sorts findings",
            api_call(
                "guardduty",
                "CreateFilter",
                iam_user("alice"),
                request={"detectorId": _DETECTOR, "name": "new", "action": "NOOP"},
            ),
        ),
        Example(
            "a list of trusted addresses of a firewall is made, which is another thing",
            api_call("wafv2", "CreateIPSet", role("Deployer"), request={"name": "office"}),
        ),
        Example(
            "a list of trusted addresses is asked for and refused",
            api_call("guardduty", "CreateIPSet", iam_user("mallory"), error="AccessDenied"),
        ),
    ),
)

RECORDING_DISABLED = Detection(
    id="recording-disabled",
    title="Config, flow logs, DNS query logs or WAF logs were switched off, at least in part",
    packs=(Pack.EXPOSURE,),
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
        "Flow logs and query logs show who talked to whom, Config shows what was changed. Without "
        "them an incident cannot be told afterwards."
    ),
    respond=(
        "Switch it on again, in this Region (awsRegion).",
        "If nobody planned it: disable who switched it off.",
        "See in CloudTrail what the same caller did meanwhile.",
    ),
    false_alarms=(
        "Deployments that remove a VPC or a rule with it. Exclude their role; attempts that are "
        "refused ring as well, on purpose. Access logs of buckets and load balancers do not ring."
    ),
    controls=Controls(relates_to=9, attack=("T1685.002", "T1685")),
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
            "Config's recorder is stopped",
            api_call(
                "config",
                "StopConfigurationRecorder",
                sso_person("mallory"),
                request={"configurationRecorderName": "default"},
            ),
        ),
    ),
    silent=(
        Example(
            "flow logs are switched on",
            api_call("ec2", "CreateFlowLogs", role("Deployer")),
        ),
        Example(
            "a rule of Config is changed",
            api_call(
                "config",
                "PutConfigRule",
                role("Deployer"),
                request={"configRule": {"configRuleName": "x"}},
            ),
        ),
        Example(
            "flow logs are listed",
            api_call("ec2", "DescribeFlowLogs", iam_user("alice"), read_only=True),
        ),
    ),
)

DELEGATION_CHANGES = Detection(
    id="organization-delegation-changes",
    title="Who administers a service for the whole organization was changed",
    packs=(Pack.IDENTITY,),
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
        "account. One who is removed may leave all accounts without that guard."
    ),
    respond=(
        "See which account and service it was: accountId and servicePrincipal.",
        "If nobody planned it: undo it, and disable who did it.",
        "See what the delegated account did with the service since then.",
    ),
    false_alarms=(
        "Services that are introduced for the organization; some days apart, never many at once. "
        "Rings only where the organization is managed."
    ),
    controls=Controls(relates_to=15, attack=("T1098.003", "T1484.002", "T1685")),
    fires=(
        Example(
            "another account may deploy stacks everywhere",
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
            "CloudTrail may no longer work for the organization",
            api_call(
                "organizations",
                "DisableAWSServiceAccess",
                sso_person("mallory"),
                request={"servicePrincipal": "cloudtrail.amazonaws.com"},
            ),
        ),
    ),
    silent=(
        Example(
            "a delegated administrator is asked for and refused",
            api_call(
                "organizations",
                "RegisterDelegatedAdministrator",
                iam_user("mallory"),
                error="AccessDenied",
            ),
        ),
        Example(
            "a policy of a secret is set, which is another thing",
            api_call("secretsmanager", "PutResourcePolicy", role("Deployer")),
        ),
        Example(
            "delegated administrators are listed",
            api_call(
                "organizations", "ListDelegatedAdministrators", iam_user("alice"), read_only=True
            ),
        ),
    ),
)
