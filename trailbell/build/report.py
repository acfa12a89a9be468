"""
A build as people and machines read it.

In:    a `BuildResult`.
Out:   text, JSON, or SARIF 2.1.0 for a code host to show on a pull request.
Never: colour or width. The command knows the terminal.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from trailbell import __version__
from trailbell.build.build import BuildResult
from trailbell.errors import ContentError
from trailbell.source_location import SourceLocation
from trailbell.validate.finding import Finding, Level, part

_SARIF_LEVEL = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFORMATION: "note"}


def findings(build: BuildResult) -> tuple[Finding, ...]:
    """All that was found and is not ignored: what kept content from compiling first, then by
    stack.
    """
    return (
        *(_from_content_error(fault) for fault in build.content_errors),
        *(finding for finding in build.findings if not finding.ignored),
    )


def _from_content_error(fault: ContentError) -> Finding:
    path, _, line = fault.location.rpartition(":")
    place = (
        SourceLocation(path, int(line))
        if path and line.isdigit()
        else SourceLocation(fault.location, 1)
    )
    return Finding(
        stack="",
        rule="T0000",
        name="content-unusable",
        level=Level.ERROR,
        message=f"{fault.problem}; {fault.hint}",
        source_location=place,
    )


_ORDER = (Level.INFORMATION, Level.WARNING, Level.ERROR)


def paragraphs(build: BuildResult) -> Iterator[tuple[Level, str]]:
    """A paragraph for each finding, worst last, so that a screen ends with what matters most."""
    for level in _ORDER:
        for finding in build.findings:
            if finding.level is level and not finding.ignored:
                yield level, str(finding)
    for fault in build.content_errors:
        yield Level.ERROR, str(fault)


def suppressed_lines(build: BuildResult) -> Iterator[str]:
    """A line for each note, and for each rule that is ignored somewhere, with the reason."""
    yield from (f"note: {note}" for note in build.notes)
    ignored = Counter(finding.rule for finding in build.findings if finding.ignored)
    for rule, reason in sorted(build.ignore.items()):
        found = "1 finding" if ignored[rule] == 1 else f"{ignored[rule]} findings"
        yield f"ignored: {rule} in trailbell.toml ({reason}): {found}"
    for verdict in build.verdicts:
        for suppression in verdict.suppressions:
            rules = ", ".join(suppression.rules)
            where = f"{verdict.compiled.stack.name}: {part(suppression.path)}"
            yield f"ignored: {rules} in {where} ({suppression.reason or 'no reason given'})"


def count_text(build: BuildResult) -> str:
    """What stops a build, in numbers, like ``2 errors and 1 warning``."""
    stops = Counter(finding.level for finding in build.findings if finding.stops)
    stops[Level.ERROR] += len(build.content_errors)
    parts = [
        f"{stops[level]} {level}{'' if stops[level] == 1 else 's'}"
        for level in (Level.ERROR, Level.WARNING)
        if stops[level]
    ]
    return " and ".join(parts)


def to_json(build: BuildResult) -> str:
    """An object of lists: ``regions``, ``stacks``, ``findings``, ``notes``, and what passes:
    findings that settings let pass are ``ignored``, ``suppressions`` are those of templates.
    """
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
            "notes": build.notes,
            "ignored": [
                _as_dict(finding) | {"reason": finding.ignored}
                for finding in build.findings
                if finding.ignored
            ],
            "suppressions": [
                {
                    "stack": verdict.compiled.stack.name,
                    "rules": suppression.rules,
                    "reason": suppression.reason,
                    "path": suppression.path,
                }
                for verdict in build.verdicts
                for suppression in verdict.suppressions
            ],
        },
        indent=2,
    )


def _as_dict(finding: Finding) -> dict[str, Any]:
    place = (
        {"file": finding.source_location.path, "line": finding.source_location.line}
        if finding.source_location
        else {}
    )
    return {
        "stack": finding.stack,
        "rule": finding.rule,
        "name": finding.name,
        "level": finding.level,
        "message": finding.message,
        "path": list(finding.path),
        "url": finding.url,
    } | place


def to_sarif(build: BuildResult) -> str:
    """https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""
    found = (*findings(build), *(finding for finding in build.findings if finding.ignored))
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
    place = finding.source_location or SourceLocation("build.py", 1)
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.path)},
            "region": {"startLine": place.line},
        }
    }
    text = finding.message
    if finding.stack:  # what kept content from compiling is in no template
        location["logicalLocations"] = [{"fullyQualifiedName": finding.template_location}]
        text = f"{finding.template_location}: {text}"
    result = {
        "ruleId": finding.rule,
        "level": _SARIF_LEVEL[finding.level],
        "message": {"text": text},
        "locations": [location],
    }
    if finding.ignored:
        result["suppressions"] = [{"kind": "external", "justification": finding.ignored}]
    return result


def quota_lines(build: BuildResult) -> Iterator[str]:
    """For each stack a line that says how near it is to its quotas, nearest first.

    Of quotas of one name the nearest counts. Those used to less than a twentieth are left out;
    JSON has them all.
    """
    for verdict in build.verdicts:
        near: dict[str, float] = {}
        for quota in verdict.quotas:
            if quota.share >= 0.05:
                near.setdefault(quota.name, quota.share)
        told = ", ".join(f"{name} {share:.0%}" for name, share in near.items())
        yield f"{verdict.compiled.stack.name}: {told or 'under 5% of every quota'}"
