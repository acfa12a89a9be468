"""Records of what happens, other than the trail: disabled, or narrowed to a part of it."""

from detections._conditions import SUCCEEDED, calls
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

_NO_LOGGING = {"xmlns": "http://s3.amazonaws.com/doc/2006-03-01/"}

RECORDING_DISABLED = Detection(
    id="recording-disabled",
    title="AWS Config, or logs of networks, DNS, WAF or models were disabled, at least in part",
    packs=("exposure",),
    severity=Severity.HIGH,
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").equals("config.amazonaws.com"),
                any_of(
                    # Rules, recorders, aggregators and conformance packs, also of the organization.
                    field("eventName").starts_with("DeleteCon"),
                    field("eventName").starts_with("DeleteOrganization"),
                    field("eventName").starts_with("DeleteServiceLinked"),
                    field("eventName").one_of("DeleteDeliveryChannel", "StopConfigurationRecorder"),
                ),
            ),
            calls("ec2", "DeleteFlowLogs"),
            calls(
                "route53resolver",
                "DeleteResolverQueryLogConfig",
                "DisassociateResolverQueryLogConfig",
            ),
            calls("route53", "DeleteQueryLoggingConfig"),
            calls("wafv2", "DeleteLoggingConfiguration"),
            calls("bedrock", "DeleteModelInvocationLoggingConfiguration"),
            calls("securitylake", "DeleteAwsLogSource", "DeleteDataLake"),
        ),
        # Security Hub deletes its Config rules, Firewall Manager those of its policies.
        any_of(
            field("userIdentity.arn").missing(),
            field("userIdentity.arn").present_and_does_not_contain("/AWSServiceRoleFor"),
        ),
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
        "Deployments that delete a VPC or a Config rule. Exclude the deployment role. What AWS "
        "services delete with their service-linked roles is not detected. Denied calls are "
        "detected as well, by design. Access logs of load balancers and distributions are not "
        "covered."
    ),
    controls=Controls(related_cis_control=9, mitre_attack=("T1685.002", "T1685")),
    shows=(
        "requestParameters.configurationRecorderName",
        "requestParameters.configRuleName",
        "requestParameters.id",
    ),
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
        Example(
            "a resource type is no longer recorded by a service-linked recorder",
            api_call(
                "config",
                "DeleteServiceLinkedConfigurationRecorder",
                iam_user("mallory"),
                request={"servicePrincipal": "observabilityadmin.amazonaws.com"},
            ),
        ),
        Example(
            "a conformance pack of the organization is deleted",
            api_call(
                "config",
                "DeleteOrganizationConformancePack",
                iam_user("mallory"),
                request={"organizationConformancePackName": "baseline"},
            ),
        ),
        Example(
            "prompts and answers of Bedrock's models are no longer logged",
            api_call("bedrock", "DeleteModelInvocationLoggingConfiguration", iam_user("mallory")),
        ),
        Example(
            "DNS queries of a public hosted zone are no longer logged",
            api_call(
                "route53",
                "DeleteQueryLoggingConfig",
                identity_center_user("mallory"),
                request={"id": "1234abcd-12ab-34cd-56ef-1234567890ab"},
            ),
        ),
        Example(
            "a call to delete the data lake of Security Lake is denied",
            api_call(
                "securitylake",
                "DeleteDataLake",
                assumed_role_identity("WebServer"),
                error="AccessDenied",
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
            "Security Hub deletes one of its Config rules",
            api_call(
                "config",
                "DeleteConfigRule",
                assumed_role_identity(
                    "AWSServiceRoleForSecurityHub",
                    "securityhub",
                    invoked_by="securityhub.amazonaws.com",
                ),
                request={"configRuleName": "securityhub-s3-bucket-logging-enabled-0123abcd"},
            ),
        ),
        Example(
            "a query that was saved in AWS Config is deleted",
            api_call(
                "config",
                "DeleteStoredQuery",
                iam_user("alice"),
                request={"queryName": "unused"},
            ),
        ),
        Example(
            "prompts and answers of Bedrock's models are logged",
            api_call(
                "bedrock",
                "PutModelInvocationLoggingConfiguration",
                assumed_role_identity("Deployer"),
            ),
        ),
        Example(
            "flow logs are listed",
            api_call("ec2", "DescribeFlowLogs", iam_user("alice"), read_only=True),
        ),
    ),
)

RECORDING_NARROWED = Detection(
    id="recording-narrowed",
    title="A log or the recorder of AWS Config was restricted, or a log delivery was deleted",
    packs=("tamper",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").equals("config.amazonaws.com"),
                any_of(
                    field("eventName").equals("DisassociateResourceTypes"),
                    # Only PutConfigurationRecorder has it.
                    field(
                        "requestParameters.configurationRecorder.recordingGroup.allSupported"
                    ).is_false(),
                ),
            ),
            calls("redshift", "DisableLogging"),
            all_of(
                calls("s3", "PutBucketLogging"),
                field(
                    "requestParameters.BucketLoggingStatus.LoggingEnabled.TargetBucket"
                ).missing(),
            ),
            all_of(
                calls("eks", "UpdateClusterConfig"),
                field("requestParameters.logging.clusterLogging[*].enabled").is_false(),
            ),
            calls("network-firewall", "UpdateLoggingConfiguration"),
            all_of(
                field("eventSource").equals("observabilityadmin.amazonaws.com"),
                any_of(
                    field("eventName").starts_with("Delete"),
                    field("eventName").starts_with("Stop"),
                ),
            ),
            all_of(
                field("eventSource").equals("logs.amazonaws.com"),
                field("eventName").starts_with("DeleteDelivery"),
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "What is no longer recorded cannot be investigated. Attackers leave the recorder or the "
        "log running and exclude only what they will use."
    ),
    runbook=(
        "Identify what is no longer recorded: resourceTypes, bucketName, logging, name.",
        "If it was not planned: restore it, and disable the caller's credentials.",
        "Review in CloudTrail what the same caller did with these resources since then.",
    ),
    false_positives=(
        "Deployments that delete resources with their logs, or record only some types on purpose: "
        "exclude the deployment role for this detection. In the console of EKS, each change of the "
        "logs lists the types that are off. Each change of the logs of Network Firewall is "
        "detected, because the call lists what remains. Denied calls are not detected."
    ),
    controls=Controls(related_cis_control=9, mitre_attack=("T1685.002",)),
    shows=(
        "requestParameters.bucketName",
        "requestParameters.name",
        "requestParameters.configurationRecorderArn",
    ),
    fires=(
        Example(
            "AWS Config no longer records IAM users",
            api_call(
                "config",
                "DisassociateResourceTypes",
                iam_user("mallory"),
                request={
                    "configurationRecorderArn": (
                        f"arn:aws:config:us-east-1:{ACCOUNT}:configuration-recorder/default/a1"
                    ),
                    "resourceTypes": ["AWS::IAM::User"],
                },
            ),
        ),
        Example(
            "AWS Config records only some resource types",
            api_call(
                "config",
                "PutConfigurationRecorder",
                identity_center_user("mallory"),
                request={
                    "configurationRecorder": {
                        "name": "default",
                        "recordingGroup": {
                            "allSupported": False,
                            "includeGlobalResourceTypes": False,
                            "resourceTypes": ["AWS::EC2::Volume"],
                        },
                    }
                },
            ),
        ),
        Example(
            "access logs of a bucket are disabled",
            api_call(
                "s3",
                "PutBucketLogging",
                iam_user("mallory"),
                request={"bucketName": "shop", "logging": "", "BucketLoggingStatus": _NO_LOGGING},
            ),
        ),
        Example(
            "access logs of a bucket are disabled with an empty document",
            api_call(
                "s3",
                "PutBucketLogging",
                iam_user("mallory"),
                request={"bucketName": "shop", "logging": "", "BucketLoggingStatus": ""},
            ),
        ),
        Example(
            "audit logs of a Kubernetes cluster are disabled",
            api_call(
                "eks",
                "UpdateClusterConfig",
                iam_user("mallory"),
                request={
                    "name": "shop",
                    "logging": {"clusterLogging": [{"types": ["audit"], "enabled": False}]},
                },
            ),
        ),
        Example(
            "audit logs of a Redshift cluster are disabled",
            api_call(
                "redshift",
                "DisableLogging",
                iam_user("mallory"),
                request={"clusterIdentifier": "shop"},
            ),
        ),
        Example(
            "logs of the organization are no longer copied to the central account",
            api_call(
                "observabilityadmin",
                "DeleteCentralizationRuleForOrganization",
                identity_center_user("mallory"),
                request={"ruleIdentifier": "central"},
            ),
        ),
        Example(
            "a log delivery is deleted",
            api_call("logs", "DeleteDelivery", iam_user("mallory"), request={"id": "a1"}),
        ),
    ),
    silent=(
        Example(
            "access logs of a bucket are enabled",
            api_call(
                "s3",
                "PutBucketLogging",
                assumed_role_identity("Deployer"),
                request={
                    "bucketName": "shop",
                    "logging": "",
                    "BucketLoggingStatus": {
                        **_NO_LOGGING,
                        "LoggingEnabled": {"TargetBucket": "shop-logs", "TargetPrefix": "shop/"},
                    },
                },
            ),
        ),
        Example(
            "AWS Config records all resource types",
            api_call(
                "config",
                "PutConfigurationRecorder",
                assumed_role_identity("Deployer"),
                request={
                    "configurationRecorder": {
                        "name": "default",
                        "recordingGroup": {
                            "allSupported": True,
                            "includeGlobalResourceTypes": True,
                        },
                    }
                },
            ),
        ),
        Example(
            "AWS Config records another resource type",
            api_call(
                "config",
                "AssociateResourceTypes",
                iam_user("alice"),
                request={"resourceTypes": ["AWS::IAM::User"]},
            ),
        ),
        Example(
            "audit logs of a Kubernetes cluster are enabled",
            api_call(
                "eks",
                "UpdateClusterConfig",
                assumed_role_identity("Deployer"),
                request={
                    "name": "shop",
                    "logging": {"clusterLogging": [{"types": ["audit"], "enabled": True}]},
                },
            ),
        ),
        Example(
            "the endpoint of a Kubernetes cluster is changed, not its logs",
            api_call(
                "eks",
                "UpdateClusterConfig",
                assumed_role_identity("Deployer"),
                request={"name": "shop", "resourcesVpcConfig": {"endpointPublicAccess": False}},
            ),
        ),
        Example(
            "a call to disable access logs of a bucket is denied",
            api_call(
                "s3",
                "PutBucketLogging",
                iam_user("mallory"),
                request={"bucketName": "shop", "logging": "", "BucketLoggingStatus": _NO_LOGGING},
                error="AccessDenied",
            ),
        ),
    ),
)
