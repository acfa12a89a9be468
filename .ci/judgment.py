"""
Compare what tools find in templates with what the templates suppress.

In:    findings, and templates with suppressions in the metadata of their resources.
Out:   one sentence for each finding without a suppression, and for each suppression without a
       finding or without a reason.
Never: an import of a tool.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

JUDGES = ("checkov", "cfripper", "cloudsplaining", "parliament")
# Prowler reads deployed accounts, so what templates say to it is not compared.
_ARGUED = ("prowler",)


@dataclass(frozen=True, order=True)
class Finding:
    """A finding of a tool about a resource, or the suppression of one with its reason."""

    stack: str
    resource: str
    tool: str
    id: str
    detail: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a suppression and a finding have in common."""
        return self.stack, self.resource, self.tool, self.id

    def __str__(self) -> str:
        return f"{self.stack}: {self.resource}: {self.tool} {self.id}"


def read_suppressions(stack: str, template: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the suppressions in a template, with the reason as ``detail``."""
    for logical_id, resource in template["Resources"].items():
        for tool, value in resource.get("Metadata", {}).items():
            if tool == "checkov":
                reasons = {entry["id"]: entry.get("comment", "") for entry in value["skip"]}
            elif tool in (*JUDGES, *_ARGUED):
                reasons = value
            else:
                continue
            for finding, reason in reasons.items():
                yield Finding(stack, logical_id, tool, finding, str(reason).strip())


def disagreements(findings: Iterable[Finding], suppressions: Iterable[Finding]) -> list[str]:
    """Return what is found and not suppressed, and what is suppressed without need or reason."""
    suppressions = list(suppressions)
    by_key = {each.key: each for each in sorted(findings, reverse=True)}  # the first of each
    suppressed = {each.key for each in suppressions}
    return [
        *(f"{by_key[key]}: {by_key[key].detail}" for key in sorted(by_key.keys() - suppressed)),
        *(f"{each}: the suppression has no reason" for each in suppressions if not each.detail),
        *(
            f"{each}: the suppression is not needed"
            for each in suppressions
            if each.tool in JUDGES and each.key not in by_key
        ),
    ]


Analyze = Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]
"""Returns the issues of a policy, each with its detail."""


def name_statements(policy: Mapping[str, Any], analyze: Analyze) -> Iterator[tuple[str, str]]:
    """Yield the issues of a policy as ``ISSUE in SID``, so that no suppression covers another one.

    An issue that no statement has alone keeps its name.
    """
    issues = dict(analyze(policy))
    of_statements = set()
    for statement in policy["Statement"]:
        for issue, detail in analyze({**policy, "Statement": [statement]}):
            if issue in issues:
                of_statements.add(issue)
                yield f"{issue} in {statement['Sid']}", detail
    yield from ((issue, detail) for issue, detail in issues.items() if issue not in of_statements)


def all_branches(value: Any) -> Any:
    """Replace each Fn::If among statements, policies and documents with both of its branches.

    Tools that read policies do not evaluate conditions, or fail on a statement with one.
    """
    match value:
        case {"Fn::If": [_, {"Statement": yes}, {"Statement": no}]} if len(value) == 1:
            return {"Version": "2012-10-17", "Statement": all_branches([*yes, *no])}
        case dict():
            return {key: all_branches(member) for key, member in value.items()}
        case list():
            return [each for entry in value for each in _branches(all_branches(entry))]
        case _:
            return value


def _branches(entry: Any) -> list[Any]:
    """The branches that are statements or policies; else the entry itself."""
    match entry:
        case {"Fn::If": [_, yes, no]} if len(entry) == 1:
            parts = [part for branch in (yes, no) for part in _branches(branch)]
            policies = [part for part in parts if isinstance(part, dict) and _POLICY & part.keys()]
            return policies or [entry]
        case _:
            return [entry]


_POLICY = {"Effect", "PolicyDocument"}
