"""
Service principals, and misspellings of them.

In:    the text of a principal, such as ``lambda.amazonaws.com``.
Out:   the service principal that it is a misspelling of.
Never: a finding for a name that is merely unknown: AWS publishes no list of service principals.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

import re
from functools import cache

from trailbell.iam.service_reference import services

_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn")
_REGION = re.compile(r"\.[a-z]{2}(-[a-z]+)+-\d$")

# Principals that are no prefix of actions, from the documentation of the services.
_OTHERS = frozenset(
    (
        *("airflow", "airflow-env", "apidestinations"),
        *("application-insights", "application.autoscaling"),
        *("appstream.application-autoscaling", "arc-zonal-shift", "assets.iotsitewise"),
        *("automation", "autoscaling-plans", "avsecurity.chime", "awsconnector"),
        *("backup-gateway", "batchoperations.s3", "bedrock-agentcore", "billing"),
        *("billingconductor", "billingconsole", "bugbust", "build.apprunner"),
        *("channels.lex", "channels.lexv2", "cks.kms", "clouddirectory", "cloudfront"),
        *("cloudhsm", "cloudsearch", "cloudtrail", "cloudwatch", "cloudwatch-crossaccount"),
        *("codecommit", "codedeploy", "codepipeline", "codestar-notifications"),
        *("cognito-idp", "cognito-sync", "compute-optimizer", "compute.apprunner", "config"),
        *("config-conforms", "config-multiaccountsetup", "connect", "connect-campaigns"),
        *("continuousexport", "controltower", "cost-optimization-hub", "costalerts", "crm"),
        *("cur", "custom-resource.application-autoscaling", "cw-syn", "databrew"),
        *("datapipeline", "delivery.apigateway", "delivery.logs", "deployment.chime"),
        *("diode", "directconnect", "discovery", "dlm", "dms", "drs", "ds", "dynamodb"),
        *("dynamodb.application-autoscaling", "ec2", "ec2.application-autoscaling"),
        *("ec2fleet", "ec2scheduled", "ecs", "ecs-tasks", "ecs.application-autoscaling"),
        *("edgelambda", "eks", "eks-fargate", "eks-fargate-pods", "eks-nodegroup"),
        *("elasticache", "elasticbeanstalk", "elasticfilesystem", "elasticloadbalancing"),
        *("elasticmapreduce", "elastictranscoder", "email", "email.cognito-idp"),
        *("emr-containers", "emr-serverless", "emrwal", "entityresolution", "es", "events"),
        *("events.rds", "eventsv2", "export.rds", "finspace", "firehose", "fis", "fms"),
        *("forecast", "freertos", "fsx", "gamelift", "glacier", "globalaccelerator", "glue"),
        *("grafana", "greengrass", "guardduty", "hooks.cloudformation", "imagebuilder"),
        *("importexport", "incremental.s3", "inspector", "inspector2", "internetmonitor"),
        *("invoicing", "iotdeviceadvisor", "iotevents", "iotsitewise", "iotthingsgraph"),
        *("iotwireless", "ipam", "ivs", "jellyfish", "kafka", "kafkaconnect", "kendra", "kinesis"),
        *("kinesisanalytics", "kms", "lakeformation", "lambda", "lambda.alarms.cloudwatch"),
        *("lex", "lexv2", "license-manager", "license-manager.master-account"),
        *("license-manager.member-account", "lightsail", "logdelivery.elasticloadbalancing"),
        *("logger.cloudfront", "logging.s3", "logs", "m2", "machinelearning", "macie"),
        *("maintenance-windows.ssm", "malware-protection-plan.guardduty"),
        *("malware-protection.guardduty", "managedservices", "management.chime"),
        *("mediaconnect", "mediaconvert", "mediaimport", "medialive", "mediapackage"),
        *("mediastore", "mediatailor", "member.org.stacksets.cloudformation"),
        *("metering-marketplace", "mgn", "migrationhub", "mobileanalytics", "mobilehub"),
        *("monitoring", "monitoring.rds", "mwaa", "network-firewall", "networkmanager"),
        *("nimble", "opensearchserverless.osis", "opensearchservice", "ops.apigateway"),
        *("ops.emr-serverless", "opsdatasync.ssm", "organizations", "osis"),
        *("osis-pipelines", "personalize", "pinpoint", "pipes", "pod-identity", "pods.eks"),
        *("polly", "prod.workflows", "purchaseorders", "qldb", "quicksight", "ram", "rds"),
        *("rds.application-autoscaling", "redshift", "redshift-serverless", "rekognition"),
        *("replication.dynamodb", "replication.ecr", "replicator.lambda"),
        *("reporting.trustedadvisor", "repository.sync.codeconnections", "resiliencehub"),
        *("resource-explorer-2", "resource-groups", "rolesanywhere", "route53"),
        *("route53domains", "route53resolver", "rum", "s3", "sagemaker"),
        *("sagemaker.application-autoscaling", "scheduler", "schemas", "scraper.aps"),
        *("secretsmanager", "securityhub", "securityhubv2", "securitylake"),
        *("serverlessrepo", "servicecatalog", "servicecatalog-appregistry"),
        *("servicediscovery", "servicequotas", "ses", "shield", "signer", "signin"),
        *("simple-workflow", "simpledb", "sms", "snow-device-management", "snowball", "sns"),
        *("spot", "spotfleet", "sqs", "ssm", "ssm-contacts", "ssm-guiconnect"),
        *("ssm-incidents", "ssm-quicksetup", "ssm-sap", "sso", "sso-directory", "states"),
        *("storage-lens.s3", "storagegateway", "streams.metrics.cloudwatch", "sts"),
        *("support", "supportapp", "swf", "synthetics", "tagpolicies.tag"),
        *("tasks.apprunner", "textract", "timestream", "timestream-influxdb", "transcribe"),
        *("transcribe.streaming", "transcribestreaming", "transfer", "transitgateway"),
        *("translate", "trustedadvisor", "verified-access", "verifiedpermissions", "vmie"),
        *("voice-id", "voiceconnector.chime", "vpc-flow-logs", "vpc-lattice", "vpce", "waf"),
        *("waf-regional", "wafv2", "wellarchitected", "wisdom", "workdocs", "worklink"),
        *("workmail", "workspaces", "workspaces-web", "xray"),
    )
)


@cache
def _known() -> frozenset[str]:
    return _OTHERS | services()


@cache
def misspelled(principal: str) -> str:
    """The service principal that a text is a misspelling of; empty if it may be right."""
    text = principal.lower()
    suffix = next((suffix for suffix in _SUFFIXES if text.endswith(suffix)), "")
    if not suffix:
        return _with_right_suffix(text)
    name = _REGION.sub("", text.removesuffix(suffix))
    if name in _known() or len(name) < 4:
        return ""
    limit = 1 if len(name) < 9 else 2
    similar = sorted(
        (distance, known)
        for known in _known()
        if len(known) >= 3
        and abs(len(known) - len(name)) <= limit
        and (distance := edit_distance(name, known)) <= limit
    )
    return f"{similar[0][1]}{suffix}" if similar else ""


def _with_right_suffix(text: str) -> str:
    """The principal that a known name with another domain, or without one, should be."""
    name, _, domain = text.partition(".")
    is_wrong = domain in ("", "aws.com", "aws.amazon.com") or (
        0 < edit_distance(domain, "amazonaws.com") <= 3
    )
    return f"{name}.amazonaws.com" if name in _known() and is_wrong else ""


def edit_distance(left: str, right: str) -> int:
    """The number of characters to insert, remove, replace or swap with the next one."""
    before: list[int] = []
    row: list[int] = [*range(len(right) + 1)]
    for i, a in enumerate(left, 1):
        older: list[int] = before
        before, row = row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return int(row[-1])
