"""
The page of a rule for cfn-lint: what it wants, why, examples, how to suppress it.

In:    the class of a rule.
Out:   the text of ``docs/reference/rules/<name>.md``.
Never: a finding that the rule does not have. Those of the example are what it says of it.
"""

from textwrap import fill
from typing import Any

from cfnlint.decode.decode import decode_str
from cfnlint.template import Template

from trailbell.validate.finding import Level, describe_path
from trailbell.validate.rule_guide import RuleGuide, rule_guide

_LEVELS = {
    Level.ERROR: "An error: it stops a build.",
    Level.WARNING: "A warning: it stops a build, unless it is ignored with a reason.",
    Level.INFORMATION: "Information: it stops no build.",
}


def rule_page(rule: Any) -> str:
    """The page of a rule. Raises `ValueError` if a part of its docstring is missing."""
    guide = rule_guide(rule)
    findings = [
        f"{guide.id} {describe_path(tuple(match.path))}: {match.message}"
        for match in rule().match(Template("template.yaml", decode_str(guide.fails)[0], []))
    ]
    return "\n".join(
        [
            f"# {guide.name} ({guide.id})",
            "",
            "<!-- Generated from the docstring of the rule by `trailbell docs`. -->",
            "",
            f"**{guide.requirement}.** {_LEVELS[guide.level]} [What AWS says]({guide.url})",
            "",
            guide.why,
            "",
            "## Example that fails",
            "",
            f"```yaml\n{guide.fails}```",
            "",
            *(f"```text\n{_wrapped(finding)}\n```\n" for finding in findings),
            "## Example that passes",
            "",
            f"```yaml\n{guide.passes}```",
            "",
            "## When it is silent",
            "",
            guide.silent,
            "",
            *_suppression(guide),
        ]
    )


def _wrapped(finding: str) -> str:
    """A finding in lines that a page shows whole."""
    return fill(finding, 88, break_long_words=False, break_on_hyphens=False)


def _suppression(guide: RuleGuide) -> list[str]:
    return [
        "## How to suppress it",
        "",
        "For one resource, with the reason:",
        "",
        "```yaml",
        "    Metadata:",
        "      cfn-lint:",
        f"        config: {{ignore_checks: [{guide.id}]}}",
        "        reason: Why it is right here.",
        "```",
        "",
        f"For all templates of a project, `{guide.id}` with the reason under `[lint.ignore]` in",
        "[`trailbell.toml`](../settings.md#lint). In plain cfn-lint and in `trailbell lint`:",
        f"`--ignore-checks {guide.id}`. In programs of CDK, and in Terraform:",
        "[Check Terraform and CDK](../../how-to/lint-terraform-and-cdk.md).",
        "",
    ]
