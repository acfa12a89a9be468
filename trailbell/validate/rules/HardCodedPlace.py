"""A partition, an account or a Region written into a template."""

import re

from cfnlint.helpers import REGIONS
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import Path, texts

_FAULTS = (
    (re.compile(r"\barn:(aws[a-z-]*):"), "partition", "${AWS::Partition}"),
    (re.compile(r"(?<![\w-])(\d{12})(?![\w-])"), "account", "${AWS::AccountId}"),
    (
        re.compile(
            rf"(?<![\w-])({'|'.join(sorted(REGIONS, key=len, reverse=True))})[a-f]?(?![\w-])"
        ),
        "Region",
        "${AWS::Region}",
    ),
)
# Text for people, and patterns in which a person may name whom to leave out.
_NOT_READ = {
    "Description",
    "AlarmDescription",
    "FilterPattern",
    "EventPattern",
    "DisplayName",
    "QueryString",
    "DashboardBody",
}


class HardCodedPlace(CloudFormationLintRule):
    id = "E9808"
    shortdesc = "hard-coded-place"
    description = "No partition, account or Region is written into resources and outputs"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html"
    tags = ["base"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(at, f"{what} {found[1]!r} is hard-coded; use {instead}")
            for section in ("Resources", "Outputs")
            for text, at in texts(cfn.template.get(section), [section])
            if not _NOT_READ & set(_names(at))
            for pattern, what, instead in _FAULTS
            for found in [pattern.search(text)]
            if found
        ]


def _names(path: Path) -> list[str]:
    return [step for step in path[2:] if isinstance(step, str)]
