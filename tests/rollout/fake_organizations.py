"""An organization as AWS Organizations describes it, and the alarms of an account."""

from dataclasses import dataclass, field
from typing import Any

from tests.fake_aws import ApiError

MANAGER = "111122223333"
ROOT = "r-ab12"


@dataclass
class Tree:
    """Accounts by unit, units by parent. ``alarms`` holds successive states of each alarm; ``page``
    is the number of entries in a response.
    """

    units: dict[str, list[str]] = field(default_factory=lambda: {ROOT: []})
    children: dict[str, list[str]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    delegates: list[str] = field(default_factory=list)
    alarms: dict[str, list[str]] = field(default_factory=dict)
    composite_alarms: set[str] = field(default_factory=set)
    page: int = 3

    def paged(self, request: dict[str, Any], key: str, entries: list[Any]) -> dict[str, Any]:
        start = int(request.get("NextToken", 0))
        response: dict[str, Any] = {key: entries[start : start + self.page]}
        if start + self.page < len(entries):
            response["NextToken"] = str(start + self.page)
        return response

    def _describe_organization(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"Organization": {"Id": "o-a1b2c3d4e5", "MasterAccountId": MANAGER}}

    def _list_delegated_administrators(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.paged(request, "DelegatedAdministrators", [{"Id": i} for i in self.delegates])

    def _list_accounts_for_parent(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["ParentId"] not in self.units:
            raise ApiError("ParentNotFoundException", "You specified parent that doesn't exist.")
        accounts = [self._account(id_) for id_ in self.units[request["ParentId"]]]
        return self.paged(request, "Accounts", accounts)

    def _account(self, id_: str) -> dict[str, Any]:
        return {"Id": id_, "Name": f"name-{id_[-2:]}", "State": self.states.get(id_, "ACTIVE")}

    def _list_organizational_units_for_parent(self, request: dict[str, Any]) -> dict[str, Any]:
        below = [{"Id": unit} for unit in self.children.get(request["ParentId"], [])]
        return self.paged(request, "OrganizationalUnits", below)

    def _describe_account(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["AccountId"] not in {a for members in self.units.values() for a in members}:
            raise ApiError("AccountNotFoundException", "no such account")
        return {"Account": self._account(request["AccountId"])}

    def _list_accounts(self, request: dict[str, Any]) -> dict[str, Any]:
        accounts = [self._account(id_) for members in self.units.values() for id_ in members]
        return self.paged(request, "Accounts", accounts)

    def _list_parents(self, request: dict[str, Any]) -> dict[str, Any]:
        """https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html"""
        child = request["ChildId"]
        above = [u for u, members in self.units.items() if child in members]
        above += [u for u, children in self.children.items() if child in children]
        if not above:
            raise ApiError("ChildNotFoundException", "no such account or unit")
        unit = above[0]
        kind = "ROOT" if unit.startswith("r-") else "ORGANIZATIONAL_UNIT"
        return {"Parents": [{"Id": unit, "Type": kind}]}

    def below(self, unit: str) -> list[str]:
        """The accounts in a unit and under it."""
        accounts = list(self.units.get(unit, []))
        return accounts + [a for u in self.children.get(unit, []) for a in self.below(u)]

    def _describe_alarms(self, request: dict[str, Any]) -> dict[str, Any]:
        """Each call returns the next state of an alarm; the last one is repeated.

        "If you omit [AlarmTypes], only metric alarms are returned, even if composite alarms or log
        alarms exist in the account." (DescribeAlarms)
        """
        members = {"MetricAlarm": "MetricAlarms", "CompositeAlarm": "CompositeAlarms"}
        answer: dict[str, Any] = {
            members[kind]: [] for kind in request.get("AlarmTypes", ["MetricAlarm"])
        }
        for name in request["AlarmNames"]:
            if name in self.alarms:
                states = self.alarms[name]
                kind = "CompositeAlarms" if name in self.composite_alarms else "MetricAlarms"
                if kind in answer:
                    answer[kind].append({"AlarmName": name, "StateValue": states[0]})
                if len(states) > 1:
                    states.pop(0)
        return answer
