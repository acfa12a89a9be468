"""
The parameters of a hunt: where the log files are, and how much a query may read.

In:    nothing.
Out:   `INPUTS`, their conditions, and references to what they mean.
"""

from troposphere import Equals, If, ImportValue, Not, Parameter, Ref, Sub

from stacks.pieces.installation import INSTALLATION_NAME, named
from stacks.pieces.log_bucket import KEY_PREFIX
from stacks.pieces.trail_owner import GROUP as TRAIL
from trailbell import ParameterInput, is_set

_IMPORT = "import"
_TABLE = "Table"
_QUERIES = "Queries"

LOG_BUCKET_NAME = ParameterInput(
    parameter=Parameter(
        "LogBucketName",
        Type="String",
        Default=_IMPORT,
        AllowedPattern="^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        Description=(
            'Bucket with the log files: "import" (from security-alerts), or the name of a bucket '
            "in this account, such as that of trail or log-archive."
        ),
        ConstraintDescription='must be "import" or a bucket name',
    ),
    label="CloudTrail log bucket",
    group=TRAIL,
)
_ORGANIZATION_ID = ParameterInput(
    parameter=Parameter(
        "OrganizationId",
        Type="String",
        Default="",
        AllowedPattern="^$|^o-[a-z0-9]{10,32}$",
        Description=(
            "ID of the organization whose trail delivers the log files. Leave empty for the trail "
            "of an account."
        ),
        ConstraintDescription="must be empty or an organization ID such as o-a1b2c3d4e5",
    ),
    label="Organization ID (optional)",
    group=TRAIL,
)
_KEY_ARN = ParameterInput(
    parameter=Parameter(
        "KeyArn",
        Type="String",
        Default="",
        AllowedPattern="^$|^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
        Description=(
            "ARN of the KMS key that encrypts the log files: the output KeyArn of the stack of the "
            "bucket. Leave empty if they have none."
        ),
        ConstraintDescription="must be empty or a KMS key ARN (arn:...:kms:...:key/...)",
    ),
    label="KMS key of the log files (optional)",
    group=TRAIL,
)
# Athena multiplies accounts, Regions and days to find log files, so all three are lists.
_ACCOUNT_IDS = ParameterInput(
    parameter=Parameter(
        "AccountIds",
        Type="String",
        Default="",
        AllowedPattern="^$|^[0-9]{12}(,[0-9]{12})*$",
        MaxLength=3900,
        Description=(
            "IDs of the accounts whose events can be queried, separated by commas, at most 300. "
            "Leave empty for this account."
        ),
        ConstraintDescription="must be empty, or 12-digit account IDs separated by commas",
    ),
    label="Accounts",
    group=_TABLE,
)
_REGIONS = ParameterInput(
    parameter=Parameter(
        "Regions",
        Type="String",
        # https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
        Default=(
            "us-east-1,us-east-2,us-west-1,us-west-2,ap-northeast-1,ap-northeast-2,ap-northeast-3,"
            "ap-south-1,ap-southeast-1,ap-southeast-2,ca-central-1,eu-central-1,eu-north-1,"
            "eu-west-1,eu-west-2,eu-west-3,sa-east-1"
        ),
        AllowedPattern="^[a-z]{2,4}(-[a-z]+)+-[0-9]+(,[a-z]{2,4}(-[a-z]+)+-[0-9]+)*$",
        MaxLength=2000,
        Description=(
            "Regions whose events can be queried, separated by commas. The default has those that "
            "every account uses: add the Regions that you enabled."
        ),
        ConstraintDescription="must be Region codes such as eu-west-1, separated by commas",
    ),
    label="Regions",
    group=_TABLE,
)
_FIRST_DAY = ParameterInput(
    parameter=Parameter(
        "FirstDay",
        Type="String",
        Default="2024/01/01",
        AllowedPattern="^20[0-9]{2}/(0[1-9]|1[0-2])/(0[1-9]|[12][0-9]|3[01])$",
        Description="First day of which log files can be queried, as year/month/day.",
        ConstraintDescription="must be a day such as 2024/01/31",
    ),
    label="First day",
    group=_TABLE,
)
_DATABASE_NAME = ParameterInput(
    parameter=Parameter(
        "DatabaseName",
        Type="String",
        Default="trailbell",
        AllowedPattern="^[a-z][a-z0-9_]{0,127}$",
        Description=(
            "Name of the new database in the Data Catalog. Another one for each installation in an "
            "account and Region."
        ),
        ConstraintDescription=(
            "must have at most 128 lowercase letters, digits and underscores, and start with a "
            "letter"
        ),
    ),
    label="Database",
    group=_TABLE,
)
_MAX_SCANNED = ParameterInput(
    parameter=Parameter(
        "MaxScannedGigabytes",
        Type="Number",
        Default=100,
        MinValue=1,
        MaxValue=1000000,
        Description=(
            "How much one query may read, in GB (5 USD per TB, so 100 GB are 0.50 USD). Athena "
            "cancels a query that would read more, and bills what it has read."
        ),
        ConstraintDescription="must be a number of GB from 1 to 1000000",
    ),
    label="Maximum for one query (GB)",
    group=_QUERIES,
)
_RESULT_DAYS = ParameterInput(
    parameter=Parameter(
        "ResultRetentionInDays",
        Type="Number",
        Default=30,
        MinValue=1,
        MaxValue=3650,
        Description="Days to keep the results of queries.",
        ConstraintDescription="must be a number of days from 1 to 3650",
    ),
    label="Retention of results (days)",
    group=_QUERIES,
)

INPUTS = (
    *(INSTALLATION_NAME, LOG_BUCKET_NAME, KEY_PREFIX, _ORGANIZATION_ID, _KEY_ARN, _ACCOUNT_IDS),
    *(_REGIONS, _FIRST_DAY, _DATABASE_NAME, _MAX_SCANNED, _RESULT_DAYS),
)
IMPORTS_BUCKET = {"ImportsBucket": Equals(Ref("LogBucketName"), _IMPORT)}
CONDITIONS = {
    **IMPORTS_BUCKET,
    "HasPrefix": is_set("KeyPrefix"),
    "IsOrganizationTrail": is_set("OrganizationId"),
    "HasKey": is_set("KeyArn"),
    "NamesAccounts": Not(Equals(Ref("AccountIds"), "")),
}

LOG_BUCKET = If("ImportsBucket", ImportValue(named("LogBucketName")), Ref("LogBucketName"))
ACCOUNTS = If("NamesAccounts", Ref("AccountIds"), Ref("AWS::AccountId"))
KEYS = Sub(
    "${Prefix}AWSLogs/${Organization}",
    Prefix=If("HasPrefix", Sub("${KeyPrefix}/"), ""),
    Organization=If("IsOrganizationTrail", Sub("${OrganizationId}/"), ""),
)
"""What the keys of log files begin with, up to the account.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""
# A number of GB in bytes: CloudFormation cannot multiply.
MAX_SCANNED_BYTES = Sub("${MaxScannedGigabytes}000000000")
