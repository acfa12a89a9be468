"""A literal partition, account ID or Region ties a template to one account or Region."""

import re

from cfnlint.helpers import REGIONS
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import strings

_LITERALS = (
    (re.compile(r"\barn:(aws[a-z-]*):"), "partition", "${AWS::Partition}"),
    (re.compile(r"(?<![\w-])(\d{12})(?![\w-])"), "account ID", "${AWS::AccountId}"),
    (
        re.compile(
            rf"(?<![\w-])({'|'.join(sorted(REGIONS, key=len, reverse=True))})[a-f]?(?![\w-])"
        ),
        "Region",
        "${AWS::Region}",
    ),
)
# Texts for people, and patterns and queries, in which exclusions can name an account or a role.
_SKIPPED = {
    "Description",
    "AlarmDescription",
    "FilterPattern",
    "EventPattern",
    "DisplayName",
    "QueryString",
    "DashboardBody",
}


class HardCodedAccountOrRegion(CloudFormationLintRule):
    id = "E9808"
    shortdesc = "hard-coded-account-or-region"
    description = "Resources and outputs contain no literal partition, account ID or Region"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html"
    tags = ["base"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(path, f"The {noun} {literal[1]!r} is hard-coded. Use {replacement} instead.")
            for section in ("Resources", "Outputs")
            for text, path in strings(cfn.template.get(section), (section,))
            if not _SKIPPED & set(_names(path))
            for pattern, noun, replacement in _LITERALS
            for literal in [pattern.search(text)]
            if literal
        ]


def _names(path: TemplatePath) -> list[str]:
    return [step for step in path[2:] if isinstance(step, str)]
