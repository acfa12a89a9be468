"""Stacks of the project and small ones, with the policies of those who deploy them."""

from fnmatch import fnmatchcase
from typing import Any

from tests import PROJECT
from tests.deploy.conftest import target
from trailbell.deploy.environment import StackSettings
from trailbell.deploy.permissions.deployer import PermissionOptions, Policies, deployer_policies
from trailbell.deploy.permissions.policy import VIA_CLOUDFORMATION, Scope
from trailbell.deploy.target import StackToDeploy
from trailbell.dist.built_templates import load_templates

SCOPE = Scope(account="111122223333", region="us-east-1")
SOURCES = {source.stack: source for source in load_templates(PROJECT / "dist", ())}
_VALUES = {
    "alerts": {"LogGroupName": "watched", "HighEndpoint": ""},
    "log-archive": {"OrganizationId": "o-abcde12345", "ManagementAccountId": "123456789012"},
    "organization-trail": {"ArchiveBucketName": "archive", "OrganizationId": "o-abcde12345"},
    "search": {"DestinationArn": "create"},
    "stackset-roles": {"AdministratorAccountId": "123456789012"},
}


def built(stack: str, **settings: Any) -> StackToDeploy:
    """A stack of this project, with a value for each parameter without default."""
    values = {**_VALUES.get(stack, {}), **settings.pop("parameters", {})}
    options = StackSettings(stack_name=settings.pop("name", stack), parameters=values, **settings)
    return StackToDeploy(source=SOURCES[stack], options=options)


_EXPORTER = {
    "Resources": {"Group": {"Type": "AWS::Logs::LogGroup"}},
    "Outputs": {
        "Group": {
            "Value": {"Ref": "Group"},
            "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-Group"}},
        }
    },
}
ALL = tuple(map(built, SOURCES))
_OTHERS = (
    *(stack for stack in ALL if stack.stack != "alerts"),
    built("alerts", parameters={"InstallationName": "control-tower"}),
    target("exporter", _EXPORTER),
)


def policies(*targets: StackToDeploy, scope: Scope = SCOPE, **options: Any) -> Policies:
    return deployer_policies(targets, PermissionOptions(scope=scope, all_stacks=_OTHERS, **options))


def statements(*targets: StackToDeploy, **options: Any) -> dict[str, dict[str, Any]]:
    """The statements of all policies by Sid, which is unique."""
    by_sid = {}
    for policy in policies(*targets, **options).policies:
        for each in policy.document()["Statement"]:
            assert each["Sid"] not in by_sid
            by_sid[each["Sid"]] = each
    return by_sid


def allowed(by_sid: dict[str, dict[str, Any]], action: str, arn: str) -> bool:
    """Whether a statement without condition on the caller allows an action on an ARN."""
    return any(
        any(fnmatchcase(action, name) for name in each["Action"])
        and any(fnmatchcase(arn, pattern) for pattern in each["Resource"])
        for each in by_sid.values()
        if each.get("Condition") != VIA_CLOUDFORMATION
    )


ALARM: dict[str, Any] = {
    "Resources": {
        "A": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {"AlarmName": {"Fn::Sub": "${AWS::StackName}-root"}},
        }
    }
}
CHANNEL = {"SlackWorkspaceId": "T01234567", "SlackChannelId": "C01234567"}
LAMBDA = "arn:aws:lambda:us-east-1:111122223333:function:notify"
