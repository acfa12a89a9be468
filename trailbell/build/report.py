"""
The report of a build.

In:    a `BuildResult`.
Out:   text, JSON, or SARIF 2.1.0, which code hosts show on pull requests.
Never: color or line width. `trailbell.command` knows the terminal.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from trailbell import __version__
from trailbell.build.build import BuildResult
from trailbell.errors import ContentError
from trailbell.project.root import BASELINE_NAME
from trailbell.source_location import SourceLocation, is_installed
from trailbell.template.resources import resources_of_type
from trailbell.validate.finding import Finding, Level, describe_path
from trailbell.wording import pluralize

_SARIF_LEVEL = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFORMATION: "note"}


def findings(build: BuildResult) -> tuple[Finding, ...]:
    """All findings that are not ignored: content errors first, then by stack."""
    return (
        *(_from_content_error(error) for error in build.content_errors),
        *(finding for finding in build.findings if not finding.ignored),
    )


def _from_content_error(error: ContentError) -> Finding:
    path, _, line = error.location.rpartition(":")
    location = (
        SourceLocation(path, int(line))
        if path and line.isdigit()
        else SourceLocation(error.location, 1)
    )
    return Finding(
        stack="",
        rule="T0000",
        name="content-unusable",
        level=Level.ERROR,
        message=f"{error.problem}; {error.hint}",
        source_location=location,
    )


_ORDER = (Level.INFORMATION, Level.WARNING, Level.ERROR)


def paragraphs(build: BuildResult) -> Iterator[tuple[Level, str]]:
    """A paragraph for each finding, most important last, where the terminal ends."""
    for level in _ORDER:
        for finding in build.findings:
            if finding.level is level and not finding.ignored:
                yield level, str(finding)
    for error in build.content_errors:
        yield Level.ERROR, str(error)


def suppressed_lines(build: BuildResult) -> Iterator[str]:
    """A line for each note, and for each ignored rule with the reason."""
    yield from (f"note: {note}" for note in build.notes)
    ignored = Counter(finding.rule for finding in build.findings if finding.ignored)
    for rule, reason in sorted(build.ignore.items()):
        count = pluralize(ignored[rule], "finding")
        yield f"ignored: {rule} in trailbell.toml ({reason}): {count}"
    own = [r for r in build.results if not is_installed(r.compiled.stack.location)]
    theirs = sum(len(r.suppressions) for r in build.results if r not in own)
    if theirs:
        yield (
            f"ignored: {pluralize(theirs, 'suppression')} in stacks of the baseline, each with its "
            'reason; "--format json" lists them'
        )
    for result in own:
        for suppression in result.suppressions:
            rules = ", ".join(suppression.rules)
            location = f"{result.compiled.stack.name}: {describe_path(suppression.path)}"
            yield f"ignored: {rules} in {location} ({suppression.reason or 'no reason given'})"


def count_text(build: BuildResult) -> str:
    """The number of problems that fail a build: ``2 errors and 1 warning``."""
    counts = Counter(finding.level for finding in build.findings if finding.fails_build)
    counts[Level.ERROR] += len(build.content_errors)
    parts = [
        pluralize(counts[level], level) for level in (Level.ERROR, Level.WARNING) if counts[level]
    ]
    return " and ".join(parts)


def to_json(build: BuildResult) -> str:
    """An object with lists: ``regions``, ``stacks``, ``findings``, ``notes``, ``ignored`` and
    ``suppressions``.

    The settings make a finding ``ignored``; ``suppressions`` are in the templates.
    """
    return json.dumps(
        {
            "regions": build.regions,
            "stacks": [
                {
                    "name": result.compiled.stack.name,
                    "resources": len(result.compiled.document["Resources"]),
                    "seconds": round(result.seconds, 3),
                    "quotas": [
                        {"name": quota.name, "used": quota.used, "limit": quota.limit}
                        for quota in result.quotas
                    ],
                }
                for result in build.results
            ],
            "findings": [_to_dict(finding) for finding in findings(build)],
            "notes": build.notes,
            "ignored": [
                _to_dict(finding) | {"reason": finding.ignored}
                for finding in build.findings
                if finding.ignored
            ],
            "suppressions": [
                {
                    "stack": result.compiled.stack.name,
                    "rules": suppression.rules,
                    "reason": suppression.reason,
                    "path": suppression.path,
                }
                for result in build.results
                for suppression in result.suppressions
            ],
        },
        indent=2,
    )


def _to_dict(finding: Finding) -> dict[str, Any]:
    location = (
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
    } | location


def to_sarif(build: BuildResult, folder: str = "") -> str:
    """SARIF, in which paths begin with the folder of the project in its repository.

    https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
    """
    results = (*findings(build), *(finding for finding in build.findings if finding.ignored))
    rules = {finding.rule: finding for finding in results}
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
                    "results": [_sarif_result(finding, folder) for finding in results],
                }
            ],
        },
        indent=2,
    )


def _sarif_rule(finding: Finding) -> dict[str, Any]:
    rule = {"id": finding.rule, "name": finding.name, "shortDescription": {"text": finding.name}}
    return rule | ({"helpUri": finding.url} if finding.url else {})


def _sarif_result(finding: Finding, folder: str) -> dict[str, Any]:
    source = finding.source_location or SourceLocation("build.py", 1)
    ours = source.path.startswith(f"{BASELINE_NAME}/")
    path = f"{folder}/{source.path}" if folder and not ours else source.path
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(path)},
            "region": {"startLine": source.line},
        }
    }
    text = finding.message
    if finding.stack:  # a content error is not in a template
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
    """A line for each stack with its use of quotas, largest share first.

    Of several quotas with the same name, the largest share counts. Quotas of which less than 5 %
    is used are left out; JSON contains them all.
    """
    for result in build.results:
        shares: dict[str, float] = {}
        for quota in result.quotas:
            if quota.share >= 0.05:
                shares.setdefault(quota.name, quota.share)
        text = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        yield f"{result.compiled.stack.name}: {text or 'under 5% of every quota'}"
    yield from _log_group_line(build)


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
_FILTERS = 100
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
_FILTERS_WITH_REGEXES = 5


def _log_group_line(build: BuildResult) -> Iterator[str]:
    """The metric filters of all packs on one log group, if there are any.

    Of stacks with the same pack, only one is deployed.
    """
    by_pack: dict[str, list[str]] = {}
    for result in build.results:
        patterns = [
            json.dumps(properties.get("FilterPattern", ""), default=str)
            for _, properties in resources_of_type(
                result.compiled.document, "AWS::Logs::MetricFilter"
            )
        ]
        pack = str(result.compiled.stack.pack)
        by_pack[pack] = max(patterns, by_pack.get(pack, []), key=len)
    all_patterns = [pattern for patterns in by_pack.values() for pattern in patterns]
    if not all_patterns:
        return
    regexes = sum("= %" in pattern for pattern in all_patterns)
    line = (
        f"log group with all packs: {len(all_patterns)} of {_FILTERS} metric filters, {regexes} of "
        f"{_FILTERS_WITH_REGEXES} with regular expressions"
    )
    if len(all_patterns) > _FILTERS or regexes > _FILTERS_WITH_REGEXES:
        line += "; this is too many: deploy fewer packs, or exclude less"
    yield line
