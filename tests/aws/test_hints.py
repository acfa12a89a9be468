"""What the hint about a reason is, whatever its letter case."""

import pytest

from trailbell.aws.hints import hint_for


def _start(text: str) -> str:
    return text.split(".", maxsplit=1)[0]


@pytest.mark.parametrize("change", [str, str.upper, str.lower], ids=["as is", "upper", "lower"])
@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        pytest.param("Resource creation cancelled", "", id="nothing to say"),
        pytest.param("The topic has no limitations", "", id="a word that only begins alike"),
        pytest.param(
            "User: arn:aws:iam::111122223333:user/u is not authorized to perform: sns:CreateTopic",
            "The deployer lacks a permission", id="a missing permission",
        ),
        pytest.param("Access denied for operation 'x'", "The deployer lacks a permission",
                     id="a missing permission, in other words"),
        pytest.param("trail-logs already exists", "A resource with this name already exists",
                     id="a name that exists"),
        pytest.param("ResourceLimitExceeded", "A quota of the account is reached", id="a limit"),
        pytest.param("You have reached the maximum number of trails", "A quota of the account is "
                     "reached", id="a maximum number"),
        pytest.param("Limit of metric filters reached", "A quota of the account is reached",
                     id="a limit that is reached"),
        pytest.param("Rate exceeded", "AWS throttled the request", id="a rate, not a limit"),
        pytest.param("Account is not enabled in this region", "The account has not enabled the "
                     "Region", id="a Region that is not enabled"),
        pytest.param("Region af-south-1 is disabled", "The account has not enabled the Region",
                     id="a Region that is disabled"),
        pytest.param(
            # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-troubleshooting.html
            "Account 111122223333 should have 'AWSCloudFormationStackSetExecutionRole' role with "
            "trust relationship to Role 'AWSCloudFormationStackSetAdministrationRole'.",
            "Deploy the stack stackset-roles in that account, or correct the role names in "
            "trailbell", id="a role that is missing",
        ),
        pytest.param(
            # https://github.com/linz/geostore/issues/630
            "Export base-Topic cannot be updated as it is in use by tamper",
            "Other stacks import this export", id="an export in use",
        ),
        pytest.param("No export named base-Topic found", "No stack in this account and Region "
                     "exports this name", id="an import of nothing"),
        pytest.param("Action denied by stack policy: Statement [#1] does not allow [Update:*]",
                     "The stack policy denies this update", id="a stack policy"),
    ],
)  # fmt: skip
def test_a_reason_has_its_hint(reason: str, hint: str, change: type[str]) -> None:
    assert _start(hint_for(change(reason))) == hint


@pytest.mark.parametrize(
    ("reason", "stack", "command"),
    [
        pytest.param("Access Denied", "", "trailbell permissions", id="no name is known"),
        pytest.param("Access Denied", "tamper", "trailbell permissions tamper", id="denied"),
        pytest.param(
            # https://github.com/anomalyco/sst/issues/970
            "Replacement type updates not supported on stack with disable-rollback", "tamper",
            "trailbell rollback tamper", id="a replacement in a failed stack",
        ),
        pytest.param(
            "Stack [x] cannot be deleted while TerminationProtection is enabled", "tamper",
            "trailbell delete tamper --disable-termination-protection", id="protected",
        ),
    ],
)  # fmt: skip
def test_a_command_has_the_real_name(reason: str, stack: str, command: str) -> None:
    assert hint_for(reason, stack).rpartition(": ")[2] == command
