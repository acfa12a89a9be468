"""
Stacks and change sets in any account, as far as the management account and the member accounts of
a rollout need them. A change set is executed immediately.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name

from tests.fake_aws import ApiError
from tests.rollout.fake_exports import exported_names

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TYPE = "AWS::CloudFormation::Stack"


@dataclass
class Stacks:
    """Stacks by account, Region and name, and events by stack ARN.

    ``fails`` has the accounts and Regions in which executing a change set fails.
    """

    stacks: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    change_sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    fails: set[tuple[str, str]] = field(default_factory=set)

    def exports(self, account: str, region: str) -> set[str]:
        """What the stacks in an account and Region export."""
        names: set[str] = set()
        for key, stack in self.stacks.items():
            if key[:2] == (account, region) and "TemplateBody" in stack:
                entries = stack["Parameters"]
                values = {p["ParameterKey"]: p.get("ParameterValue", "") for p in entries}
                names |= exported_names(stack["TemplateBody"], values)
        return names

    def answer(
        self, operation: str, request: dict[str, Any], account: str, region: str
    ) -> dict[str, Any]:
        method = getattr(self, f"_{xform_name(operation)}")
        response: dict[str, Any] = method(request, account, region)
        return response

    def _stack(self, name: str, account: str, region: str) -> dict[str, Any] | None:
        for key, stack in self.stacks.items():
            if name == stack["StackId"] or key == (account, region, name):
                return stack
        return None

    def _describe_stacks(
        self, request: dict[str, Any], account: str, region: str
    ) -> dict[str, Any]:
        stack = self._stack(request["StackName"], account, region)
        if stack is None:
            raise ApiError("ValidationError", f"Stack {request['StackName']} does not exist")
        return {"Stacks": [{k: v for k, v in stack.items() if k != "TemplateBody"}]}

    def _get_template(self, request: dict[str, Any], account: str, region: str) -> dict[str, Any]:
        stack = self._stack(request["StackName"], account, region)
        assert stack is not None
        return {"TemplateBody": stack["TemplateBody"]}

    def _create_change_set(
        self, request: dict[str, Any], account: str, region: str
    ) -> dict[str, Any]:
        name = request["StackName"]
        prefix = f"arn:aws:cloudformation:{region}:{account}"
        arn = f"{prefix}:changeSet/{request['ChangeSetName']}/1"
        stack = self.stacks.setdefault(
            (account, region, name),
            {
                "StackName": name,
                "StackId": f"{prefix}:stack/{name}/1",
                "StackStatus": "REVIEW_IN_PROGRESS",
                "CreationTime": NOW,
            },
        )
        self.change_sets[arn] = {
            "request": request,
            "stack": stack,
            "account": account,
            "region": region,
        }
        return {"Id": arn, "StackId": stack["StackId"]}

    def _describe_change_set(self, request: dict[str, Any], *_: str) -> dict[str, Any]:
        arn = request["ChangeSetName"]
        if arn not in self.change_sets:
            raise ApiError("ChangeSetNotFound", "no such change set", 404)
        change_set = self.change_sets[arn]
        return {
            "ChangeSetId": arn,
            "ChangeSetName": change_set["request"]["ChangeSetName"],
            "StackId": change_set["stack"]["StackId"],
            "StackName": change_set["stack"]["StackName"],
            "Status": "CREATE_COMPLETE",
            "ExecutionStatus": "AVAILABLE",
            "Parameters": change_set["request"].get("Parameters", []),
            "Changes": [],
        }

    def _execute_change_set(self, request: dict[str, Any], *_: str) -> dict[str, Any]:
        change_set = self.change_sets.pop(request["ChangeSetName"])
        stack, change_request = change_set["stack"], change_set["request"]
        failed = (change_set["account"], change_set["region"]) in self.fails
        creates = change_request["ChangeSetType"] == "CREATE"
        if creates:
            status = "ROLLBACK_COMPLETE" if failed else "CREATE_COMPLETE"
        else:
            status = "UPDATE_ROLLBACK_COMPLETE" if failed else "UPDATE_COMPLETE"
        if not failed:
            stack["TemplateBody"] = change_request["TemplateBody"]
            stack["Parameters"] = change_request.get("Parameters", [])
            stack["Tags"] = change_request.get("Tags", [])
        stack["StackStatus"] = status
        token = request["ClientRequestToken"]
        events = self.events.setdefault(stack["StackId"], [])
        if failed:
            events.insert(
                0,
                _event(
                    stack,
                    "LogBucket",
                    "AWS::S3::Bucket",
                    "CREATE_FAILED",
                    token,
                    "the bucket exists",
                    len(events),
                ),
            )
        events.insert(0, _event(stack, stack["StackName"], TYPE, status, token, "", len(events)))
        return {}

    def _delete_change_set(self, request: dict[str, Any], *_: str) -> dict[str, Any]:
        self.change_sets.pop(request["ChangeSetName"], None)
        return {}

    def _list_change_sets(self, request: dict[str, Any], *_: str) -> dict[str, Any]:
        return {
            "Summaries": [
                {
                    "ChangeSetId": arn,
                    "ChangeSetName": change_set["request"]["ChangeSetName"],
                    "Status": "CREATE_COMPLETE",
                }
                for arn, change_set in self.change_sets.items()
                if request["StackName"]
                in (change_set["stack"]["StackId"], change_set["stack"]["StackName"])
            ]
        }

    def _describe_stack_events(
        self, request: dict[str, Any], account: str, region: str
    ) -> dict[str, Any]:
        stack = self._stack(request["StackName"], account, region)
        id_ = stack["StackId"] if stack else request["StackName"]
        return {"StackEvents": self.events.get(id_, [])}

    def _describe_events(self, *_: Any) -> dict[str, Any]:
        return {"OperationEvents": []}

    def _list_stack_resources(self, *_: Any) -> dict[str, Any]:
        return {"StackResourceSummaries": []}

    def _delete_stack(self, request: dict[str, Any], *_: str) -> dict[str, Any]:
        for key, stack in list(self.stacks.items()):
            if stack["StackId"] == request["StackName"]:
                del self.stacks[key]
        return {}

    def _update_termination_protection(
        self, request: dict[str, Any], account: str, region: str
    ) -> dict[str, Any]:
        stack = self._stack(request["StackName"], account, region)
        assert stack is not None
        stack["EnableTerminationProtection"] = request["EnableTerminationProtection"]
        return {}


def _event(
    stack: dict[str, Any],
    logical_id: str,
    kind: str,
    status: str,
    token: str,
    reason: str,
    number: int,
) -> dict[str, Any]:
    return {
        "StackId": stack["StackId"],
        "EventId": f"{stack['StackName']}-{number}",
        "StackName": stack["StackName"],
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": stack["StackId"] if kind == TYPE else "",
        "ResourceType": kind,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "Timestamp": NOW,
        **({"ClientRequestToken": token} if token else {}),
    }


def failed_stack(stack_id: str, logical_id: str, kind: str, reason: str) -> list[dict[str, Any]]:
    """The events, newest first, of a stack whose creation failed."""
    name = stack_id.split("/")[1]
    stack = {"StackId": stack_id, "StackName": name}
    events = [
        _event(stack, name, TYPE, "CREATE_IN_PROGRESS", "", "", 0),
        _event(stack, logical_id, kind, "CREATE_FAILED", "", reason, 1),
        _event(
            stack, "Other", "AWS::SNS::Topic", "CREATE_FAILED", "", "Resource creation cancelled", 2
        ),
        _event(stack, name, TYPE, "ROLLBACK_COMPLETE", "", "", 3),
    ]
    return events[::-1]
