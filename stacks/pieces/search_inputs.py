"""
The parameters for searching log files with OpenSearch, and their conditions.
"""

from troposphere import Equals, If, ImportValue, Join, Not, Parameter, Ref, Select, Split

from stacks.pieces.installation import named
from trailbell import ParameterInput, is_set, rule

_SEARCH = "Search"
_SOURCE = "Log files"
_NETWORK = "Network"
_IMPORT = "import"

_DESTINATION_ARN = ParameterInput(
    parameter=Parameter(
        "DestinationArn",
        Type="String",
        AllowedPattern=(
            "^create$|^arn:[a-z-]+:es:[a-z0-9-]+:[0-9]{12}:domain/[a-z][a-z0-9-]{2,27}$"
            "|^arn:[a-z-]+:aoss:[a-z0-9-]+:[0-9]{12}:collection/[a-z0-9]+$"
        ),
        Description=(
            'ARN of an existing OpenSearch domain or serverless collection, or "create" for a new '
            "collection (350 USD a month at least, half with StandbyReplicas=DISABLED)."
        ),
        ConstraintDescription='must be "create" or the ARN of a domain or collection',
    ),
    label="Domain or collection",
    group=_SEARCH,
)
_DESTINATION_ENDPOINT = ParameterInput(
    parameter=Parameter(
        "DestinationEndpoint",
        Type="String",
        Default="",
        AllowedPattern=r"^$|^https://[a-z0-9.-]+$",
        Description=(
            "Endpoint of the existing domain or collection, not a custom one. Leave empty if "
            "DestinationArn is create."
        ),
        ConstraintDescription="must be empty or https:// and a host name",
    ),
    label="Endpoint of the domain or collection",
    group=_SEARCH,
)
# The shortest of the names that are made of it: OpenSearch Ingestion allows 28 characters.
_PIPELINE_NAME = ParameterInput(
    parameter=Parameter(
        "PipelineName",
        Type="String",
        Default="security-alerts",
        AllowedPattern="^[a-z][a-z0-9-]{2,27}$",
        Description=(
            "Name of the pipeline and of a new collection. Another one for each installation in an "
            "account and Region."
        ),
        ConstraintDescription=(
            "must have 3 to 28 characters: a lowercase letter, then lowercase letters, digits and "
            "hyphens"
        ),
    ),
    label="Pipeline name",
    group=_SEARCH,
)
_MIN_UNITS = ParameterInput(
    parameter=Parameter(
        "MinUnits",
        Type="Number",
        Default=1,
        MinValue=1,
        MaxValue=96,
        Description="Smallest capacity of the pipeline in OCUs, each about 175 USD a month.",
        ConstraintDescription="must be a number from 1 to 96",
    ),
    label="Minimum capacity (OCUs)",
    group=_SEARCH,
)
_MAX_UNITS = ParameterInput(
    parameter=Parameter(
        "MaxUnits",
        Type="Number",
        Default=2,
        MinValue=1,
        MaxValue=96,
        Description="Largest capacity of the pipeline in OCUs, each about 0.24 USD an hour.",
        ConstraintDescription="must be a number from 1 to 96, and not below MinUnits",
    ),
    label="Maximum capacity (OCUs)",
    group=_SEARCH,
)
_STANDBY_REPLICAS = ParameterInput(
    parameter=Parameter(
        "StandbyReplicas",
        Type="String",
        Default="ENABLED",
        AllowedValues=["ENABLED", "DISABLED"],
        Description=(
            "Replicas of a new collection in another Availability Zone. Ignored for an existing "
            "domain or collection."
        ),
        ConstraintDescription="must be ENABLED or DISABLED",
    ),
    label="Standby replicas",
    group=_SEARCH,
)
_INDEX_DAYS = ParameterInput(
    parameter=Parameter(
        "IndexRetentionInDays",
        Type="Number",
        Default=90,
        MinValue=1,
        MaxValue=3650,
        Description=(
            "Days to keep events in a new collection. Ignored for an existing domain or collection."
        ),
        ConstraintDescription="must be a number of days from 1 to 3650",
    ),
    label="Retention of events (days)",
    group=_SEARCH,
)
_SEARCHER_ARNS = ParameterInput(
    parameter=Parameter(
        "SearcherArns",
        Type="String",
        Default="",
        AllowedPattern=(
            r"^$|^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[^\s,]+"
            r"(,arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[^\s,]+)*$"
        ),
        Description=(
            "ARNs of the IAM roles or users that may search a new collection, separated by commas "
            "without spaces. Ignored for an existing domain or collection."
        ),
        ConstraintDescription="must be empty or ARNs of IAM roles or users, separated by commas",
    ),
    label="Searchers (optional)",
    group=_SEARCH,
)
_LOG_BUCKET_NAME = ParameterInput(
    parameter=Parameter(
        "LogBucketName",
        Type="String",
        Default=_IMPORT,
        AllowedPattern="^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        Description=(
            'Log bucket with LogBucketEvents=true: "import" (from security-alerts), or the name of '
            "a bucket in this account and Region."
        ),
        ConstraintDescription='must be "import" or a bucket name',
    ),
    label="CloudTrail log bucket",
    group=_SOURCE,
)
_ALARM_TOPIC_ARN = ParameterInput(
    parameter=Parameter(
        "AlarmTopicArn",
        Type="String",
        Default=_IMPORT,
        AllowedPattern=r"^$|^import$|^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:\S+$",
        Description=(
            'Topic for alarms on events that are not indexed: "import" (medium severity, from the '
            "base stack), an ARN, or empty for no alarms."
        ),
        ConstraintDescription='must be "import", the ARN of a topic, or empty',
    ),
    label="Topic for alarms",
    group=_SOURCE,
)
_SUBNET_IDS = ParameterInput(
    parameter=Parameter(
        "SubnetIds",
        Type="CommaDelimitedList",
        Default="",
        AllowedPattern="^$|^subnet-[0-9a-f]{8,17}$",
        Description=(
            "Subnets of the pipeline, for a domain in a VPC. Leave empty for a domain or "
            "collection with public access."
        ),
        ConstraintDescription="must be empty or subnet IDs, separated by commas",
    ),
    label="Subnets (optional)",
    group=_NETWORK,
)
_SECURITY_GROUP_IDS = ParameterInput(
    parameter=Parameter(
        "SecurityGroupIds",
        Type="CommaDelimitedList",
        Default="",
        AllowedPattern="^$|^sg-[0-9a-f]{8,17}$",
        Description="Security groups of the pipeline. Ignored if SubnetIds is empty.",
        ConstraintDescription="must be empty or IDs of security groups, separated by commas",
    ),
    label="Security groups (optional)",
    group=_NETWORK,
)

INPUTS = (
    _DESTINATION_ARN,
    _DESTINATION_ENDPOINT,
    _PIPELINE_NAME,
    _MIN_UNITS,
    _MAX_UNITS,
    _STANDBY_REPLICAS,
    _INDEX_DAYS,
    _SEARCHER_ARNS,
    _LOG_BUCKET_NAME,
    _ALARM_TOPIC_ARN,
    _SUBNET_IDS,
    _SECURITY_GROUP_IDS,
)
CONDITIONS = {
    "MakesCollection": Equals(Ref("DestinationArn"), "create"),
    # The ARN of a domain has ":domain/", that of a collection does not.
    "WritesToDomain": Not(
        Equals(Select(0, Split(":domain/", Ref("DestinationArn"))), Ref("DestinationArn"))
    ),
    "HasSearchers": is_set("SearcherArns"),
    "ImportsBucket": Equals(Ref("LogBucketName"), _IMPORT),
    "ImportsTopic": Equals(Ref("AlarmTopicArn"), _IMPORT),
    "HasAlarms": is_set("AlarmTopicArn"),
    "IsInVpc": Not(Equals(Join("", Ref("SubnetIds")), "")),
    "HasSecurityGroups": Not(Equals(Join("", Ref("SecurityGroupIds")), "")),
}

RULES = {
    "ExistingDestinationHasEndpoint": rule(
        "DestinationEndpoint must be given, unless DestinationArn is create",
        is_set("DestinationEndpoint"),
        when=Not(Equals(Ref("DestinationArn"), "create")),
    )
}

LOG_BUCKET = If("ImportsBucket", ImportValue(named("LogBucketName")), Ref("LogBucketName"))
ALARM_TOPIC = If("ImportsTopic", ImportValue(named("MediumTopicArn")), Ref("AlarmTopicArn"))
