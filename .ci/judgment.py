"""
Compare what tools find in templates with what the templates suppress.

In:    findings, and templates with suppressions in the metadata of their resources.
Out:   one sentence for each finding without a suppression, and for each suppression without a
       finding or without a reason.
Never: an import of a tool.
"""

from collections.abc import Iterable, Iterator, Mapping
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
