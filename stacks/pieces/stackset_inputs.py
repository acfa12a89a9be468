"""
The parameters of the roles of StackSets.

In:    nothing.
Out:   `INPUTS`, and `CONDITIONS` on them.
"""

from typing import Any

from troposphere import And, Condition, Equals, Join, Not, Parameter, Ref, Select, Split

from stacks.pieces.installation import INSTALLATION_NAME
from trailbell import ParameterInput

ADMINISTRATOR_ACCOUNT_ID = ParameterInput(
    parameter=Parameter(
        "AdministratorAccountId",
        Type="String",
        AllowedPattern="^[0-9]{12}$",
        Description=(
            "StackSets administrator account. In that account both roles are created; in all "
            "others only the execution role."
        ),
        ConstraintDescription="must be a 12-digit account ID",
    ),
    label="Administrator account ID",
    group="StackSets",
)

OPT_IN_REGIONS = ParameterInput(
    parameter=Parameter(
        "OptInRegions",
        Type="String",
        Default="",
        AllowedPattern="^$|^[a-z]{2}(-[a-z]+)+-[0-9]+(,[a-z]{2}(-[a-z]+)+-[0-9]+)*$",
        Description=(
            "Regions that StackSets deploy to and that are not enabled by default, separated by "
            "commas without spaces (af-south-1,eu-south-1). Applies in the administrator account "
            "only."
        ),
        ConstraintDescription="must be empty, or names of Regions separated by commas",
    ),
    label="Opt-in Regions (optional)",
    group="StackSets",
)


def _role_name(name: str, default: str, label: str) -> ParameterInput:
    return ParameterInput(
        parameter=Parameter(
            name,
            Type="String",
            Default=default,
            AllowedPattern="^[\\w+=,.@-]{1,64}$",
            Description=(
                f"Name of the {label.lower()}. StackSets needs another name in its settings only "
                "if it is not the default, for a second installation in the same accounts."
            ),
            ConstraintDescription="must be the name of a role, of at most 64 characters",
        ),
        label=label,
        group="StackSets",
    )


ADMINISTRATION_ROLE_NAME = _role_name(
    "AdministrationRoleName", "AWSCloudFormationStackSetAdministrationRole", "Administration role"
)
EXECUTION_ROLE_NAME = _role_name(
    "ExecutionRoleName", "AWSCloudFormationStackSetExecutionRole", "Execution role"
)


def _arns(name: str, pattern: str, description: str, label: str) -> ParameterInput:
    return ParameterInput(
        parameter=Parameter(
            name,
            Type="CommaDelimitedList",
            Default="",
            AllowedPattern=f"^$|^arn:[a-z-]+:{pattern}$",
            Description=f"{description}, separated by commas. Wildcards are allowed.",
            ConstraintDescription="must be empty, or ARNs separated by commas",
        ),
        label=label,
        group="What the stacks use but do not make",
    )


FUNCTION_ARNS = _arns(
    "FunctionArns",
    "lambda:[a-z0-9*-]+:[0-9*]+:function:[\\w*-]+(:[\\w*$-]+)?",
    "ARNs of the Lambda functions that alarms notify",
    "Lambda functions (optional)",
)
LOG_GROUP_ARNS = _arns(
    "LogGroupArns",
    "logs:[a-z0-9*-]+:[0-9*]+:log-group:[\\w#/.*-]+(:[*])?",
    "ARNs of log groups that other stacks made, for metric filters",
    "Log groups (optional)",
)


ALLOW_SEARCH = ParameterInput(
    parameter=Parameter(
        "AllowSearch",
        Type="String",
        Default="no",
        AllowedValues=["yes", "no"],
        Description=(
            "Whether StackSets can deploy the stack search. IAM cannot limit some actions on "
            "OpenSearch and log delivery to names."
        ),
        ConstraintDescription="must be yes or no",
    ),
    label="Allow the stack search",
    group="What the stacks use but do not make",
)

DESTINATION_ARN = ParameterInput(
    parameter=Parameter(
        "DestinationArn",
        Type="String",
        Default="",
        AllowedPattern=(
            "^$|^arn:[a-z-]+:es:[a-z0-9*-]+:[0-9*]{1,12}:domain/[a-z0-9*-]{1,28}$"
            "|^arn:[a-z-]+:aoss:[a-z0-9*-]+:[0-9*]{1,12}:collection/[a-z0-9*]{1,40}$"
        ),
        Description=(
            "ARN of the OpenSearch domain or collection that search writes to. Wildcards are "
            "allowed. "
            "Leave empty if search makes its collection: every collection is allowed, because its "
            "ID is generated."
        ),
        ConstraintDescription="must be empty, or the ARN of a domain or collection",
    ),
    label="Domain or collection of search (optional)",
    group="What the stacks use but do not make",
)


def _destination_has(part: str) -> Not:
    arn = Ref("DestinationArn")
    return Not(Equals(Select(0, Split(part, arn)), arn))


INPUTS = (
    ADMINISTRATOR_ACCOUNT_ID,
    OPT_IN_REGIONS,
    ADMINISTRATION_ROLE_NAME,
    EXECUTION_ROLE_NAME,
    INSTALLATION_NAME,
    FUNCTION_ARNS,
    LOG_GROUP_ARNS,
    ALLOW_SEARCH,
    DESTINATION_ARN,
)
CONDITIONS: dict[str, Any] = {
    "IsAdministrator": Equals(Ref("AWS::AccountId"), Ref("AdministratorAccountId")),
    "HasOptInRegions": Not(Equals(Ref("OptInRegions"), "")),
    "HasFunctions": Not(Equals(Join("", Ref("FunctionArns")), "")),
    "AllowsSearch": Equals(Ref("AllowSearch"), "yes"),
    # The ARN of a domain has ":domain/", that of a collection does not.
    "WritesToDomain": And(Condition("AllowsSearch"), _destination_has(":domain/")),
    "WritesToCollections": And(Condition("AllowsSearch"), Not(_destination_has(":domain/"))),
    "HasCollection": _destination_has(":collection/"),
    "HasLogGroups": Not(Equals(Join("", Ref("LogGroupArns")), "")),
}
