"""
Single stacks in any account: as much of change sets as the management account and the members
of a rollout need. Whatever is executed is done at once.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name

from tests.fake_aws import ApiError

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TYPE = "AWS::CloudFormation::Stack"


@dataclass
class Stacks:
    """Stacks by account, Region and name. ``events`` are those of members, by stack ARN;
    ``fails`` holds places in which executing a change set fails.
    """

    found: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    fails: set[tuple[str, str]] = field(default_factory=set)

    def answer(
        self, operation: str, request: dict[str, Any], account: str, region: str
    ) -> dict[str, Any]:
        method = getattr(self, f"_{xform_name(operation)}")
        found: dict[str, Any] = method(request, account, region)
        return found

    def _stack(self, name: str, account: str, region: str) -> dict[str, Any] | None:
        for key, stack in self.found.items():
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
        where = f"arn:aws:cloudformation:{region}:{account}"
        arn = f"{where}:changeSet/{request['ChangeSetName']}/1"
        stack = self.found.setdefault(
            (account, region, name),
            {
                "StackName": name,
                "StackId": f"{where}:stack/{name}/1",
                "StackStatus": "REVIEW_IN_PROGRESS",
                "CreationTime": NOW,
            },
        )
        self.sets[arn] = {"request": request, "stack": stack, "account": account, "region": region}
        return {"Id": arn, "StackId": stack["StackId"]}

    def _describe_change_set(self, request: dict[str, Any], *_: str) -> dict[str, Any]:
        arn = request["ChangeSetName"]
        if arn not in self.sets:
            raise ApiError("ChangeSetNotFound", "no such change set", 404)
        made = self.sets[arn]
        return {
            "ChangeSetId": arn,
            "ChangeSetName": made["request"]["ChangeSetName"],
            "StackId": made["stack"]["StackId"],
            "StackName": made["stack"]["StackName"],
            "Status": "CREATE_COMPLETE",
            "ExecutionStatus": "AVAILABLE",
            "Parameters": made["request"].get("Parameters", []),
            "Changes": [],
        }

    def _execute_change_set(self, request: dict[str, Any], *_: str) -> dict[str, Any]:
        made = self.sets.pop(request["ChangeSetName"])
        stack, asked = made["stack"], made["request"]
        failed = (made["account"], made["region"]) in self.fails
        creates = asked["ChangeSetType"] == "CREATE"
        end = ("ROLLBACK_COMPLETE" if failed else "CREATE_COMPLETE") if creates else (
            "UPDATE_ROLLBACK_COMPLETE" if failed else "UPDATE_COMPLETE"
        )  # fmt: skip
        if not failed:
            stack["TemplateBody"] = asked["TemplateBody"]
            stack["Parameters"] = asked.get("Parameters", [])
            stack["Tags"] = asked.get("Tags", [])
        stack["StackStatus"] = end
        token = request["ClientRequestToken"]
        events = self.events.setdefault(stack["StackId"], [])
        if failed:
            events.insert(0, _event(stack, "LogBucket", "AWS::S3::Bucket", "CREATE_FAILED", token,
                                    "the bucket exists", len(events)))  # fmt: skip
        events.insert(0, _event(stack, stack["StackName"], TYPE, end, token, "", len(events)))
        return {}

    def _delete_change_set(self, request: dict[str, Any], *_: str) -> dict[str, Any]:
        self.sets.pop(request["ChangeSetName"], None)
        return {}

    def _list_change_sets(self, request: dict[str, Any], *_: str) -> dict[str, Any]:
        return {
            "Summaries": [
                {"ChangeSetId": arn, "ChangeSetName": made["request"]["ChangeSetName"],
                 "Status": "CREATE_COMPLETE"}
                for arn, made in self.sets.items()
                if request["StackName"] in (made["stack"]["StackId"], made["stack"]["StackName"])
            ]
        }  # fmt: skip

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
        for key, stack in list(self.found.items()):
            if stack["StackId"] == request["StackName"]:
                del self.found[key]
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
    """The events, newest first, of a stack that could not be made."""
    name = stack_id.split("/")[1]
    stack = {"StackId": stack_id, "StackName": name}
    told = [
        _event(stack, name, TYPE, "CREATE_IN_PROGRESS", "", "", 0),
        _event(stack, logical_id, kind, "CREATE_FAILED", "", reason, 1),
        _event(stack, "Other", "AWS::SNS::Topic", "CREATE_FAILED", "",
               "Resource creation cancelled", 2),
        _event(stack, name, TYPE, "ROLLBACK_COMPLETE", "", "", 3),
    ]  # fmt: skip
    return told[::-1]
