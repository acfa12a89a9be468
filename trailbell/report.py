"""
A build as people and machines read it.

In:    a `Build`.
Out:   text, JSON, or SARIF 2.1.0 for a code host to show on a pull request.
Never: colour or width. The command knows the terminal.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from trailbell import __version__
from trailbell.build import Build
from trailbell.errors import ContentError
from trailbell.finding import Finding, Level
from trailbell.place import Place

_SARIF_LEVEL = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFORMATION: "note"}


def findings(build: Build) -> tuple[Finding, ...]:
    """Everything that is wrong: what kept content from compiling first, then by stack."""
    return (
        *(_of_fault(fault) for fault in build.faults),
        *(finding for verdict in build.verdicts for finding in verdict.findings),
    )


def _of_fault(fault: ContentError) -> Finding:
    path, _, line = fault.place.rpartition(":")
    place = Place(path, int(line)) if path and line.isdigit() else Place(fault.place, 1)
    return Finding(
        stack="",
        rule="T0000",
        name="content-unusable",
        level=Level.ERROR,
        message=f"{fault.found}; {fault.expected}",
        place=place,
    )


def as_text(build: Build) -> str:
    """A paragraph for each finding; empty if there are none."""
    return "\n".join(
        [
            *(str(fault) for fault in build.faults),
            *(str(finding) for verdict in build.verdicts for finding in verdict.findings),
        ]
    )


def as_json(build: Build) -> str:
    """``{"regions": [...], "stacks": [...], "findings": [...]}``."""
    return json.dumps(
        {
            "regions": build.regions,
            "stacks": [
                {
                    "name": verdict.compiled.stack.name,
                    "resources": len(verdict.compiled.document["Resources"]),
                    "seconds": round(verdict.seconds, 3),
                    "quotas": [
                        {"name": quota.name, "used": quota.used, "limit": quota.limit}
                        for quota in verdict.quotas
                    ],
                }
                for verdict in build.verdicts
            ],
            "findings": [_as_dict(finding) for finding in findings(build)],
        },
        indent=2,
    )


def _as_dict(finding: Finding) -> dict[str, Any]:
    place = {"file": finding.place.path, "line": finding.place.line} if finding.place else {}
    return {
        "stack": finding.stack,
        "rule": finding.rule,
        "name": finding.name,
        "level": finding.level,
        "message": finding.message,
        "path": list(finding.path),
        "url": finding.url,
    } | place


def as_sarif(build: Build) -> str:
    """https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""
    found = findings(build)
    rules = {finding.rule: finding for finding in found}
    return json.dumps(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "trailbell",
                            "version": __version__,
                            "rules": [_sarif_rule(rule) for _, rule in sorted(rules.items())],
                        }
                    },
                    "results": list(map(_sarif_result, found)),
                }
            ],
        },
        indent=2,
    )


def _sarif_rule(finding: Finding) -> dict[str, Any]:
    rule = {"id": finding.rule, "name": finding.name, "shortDescription": {"text": finding.name}}
    return rule | ({"helpUri": finding.url} if finding.url else {})


def _sarif_result(finding: Finding) -> dict[str, Any]:
    place = finding.place or Place("build.py", 1)
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.path)},
            "region": {"startLine": place.line},
        }
    }
    text = finding.message
    if finding.stack:  # what kept content from compiling is in no template
        location["logicalLocations"] = [{"fullyQualifiedName": finding.where}]
        text = f"{finding.where}: {text}"
    return {
        "ruleId": finding.rule,
        "level": _SARIF_LEVEL[finding.level],
        "message": {"text": text},
        "locations": [location],
    }


def budget(build: Build) -> Iterator[str]:
    """For each stack a line that says how near it is to its quotas, nearest first.

    Quotas used to less than a twentieth are left out; JSON has them all.
    """
    for verdict in build.verdicts:
        near = [
            f"{quota.name} {quota.share:.0%}" for quota in verdict.quotas if quota.share >= 0.05
        ]
        yield f"{verdict.compiled.stack.name}: {', '.join(near) or 'under 5% of every quota'}"
