"""
What ``trailbell explain`` shows of a rule for cfn-lint.

In:    the rules.
Out:   its guide, as lines.
Never: a finding. `trailbell lint` has those.
"""

import re
from collections.abc import Iterator, Set

from trailbell.errors import ContentError, UnknownNameError
from trailbell.styled_text import Line, Span, Style, line, styled
from trailbell.validate.rule_guide import RuleGuide, rule_guide
from trailbell.validate.rules import CLASSES

# https://github.com/aws-cloudformation/cfn-lint#categories: 9XXX are reserved for users.
_OF_CFN_LINT = re.compile(r"[EWI][0-8]\d{3}", re.IGNORECASE)
_CFN_LINT = "https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md"
_LISTING = '"trailbell list" has the detections, "trailbell lint --list-rules" the rules'
_ITEMS = re.compile(r"\n(?=- )")


def find_guide(name: str, detections: Set[str]) -> RuleGuide:
    """The guide of the rule with this ID, in any case, or name.

    Raises `UnknownNameError`, which suggests a rule or one of the detections, and `ContentError`
    for a rule of cfn-lint.
    """
    for rule in CLASSES.values():
        if name.upper() == rule.id or name == rule.shortdesc:
            return rule_guide(rule)
    if _OF_CFN_LINT.fullmatch(name):
        raise ContentError(name, "not a rule of Trailbell", f"cfn-lint's are at {_CFN_LINT}")
    known = {text for rule in CLASSES.values() for text in (rule.id, rule.shortdesc)}
    kind = "detection or rule" if detections else "rule"
    raise UnknownNameError(kind, name, known | detections, _LISTING)


def rule_lines(guide: RuleGuide) -> Iterator[Line]:
    """The guide for people."""
    yield line(Span(guide.id, Style.HEADING), f" {guide.name}: {guide.requirement}")
    yield line(f"  level     {guide.level}")
    yield line(f"  AWS says  {guide.url}", whole=True)
    yield line()
    yield from _paragraphs(guide.why)
    for heading, template in (("Fails", guide.fails), ("Passes", guide.passes)):
        yield from (line(), styled(heading, Style.HEADING))
        yield from (line(f"  {text}", whole=True) for text in template.splitlines())
    yield from (line(), styled("Silent", Style.HEADING))
    yield from _paragraphs(guide.silent)
    yield from (line(), styled("Suppress", Style.HEADING))
    yield line(
        f"{guide.id} with a reason under [lint.ignore] in trailbell.toml, or in the Metadata of a "
        f"resource: cfn-lint: {{config: {{ignore_checks: [{guide.id}]}}, reason: ...}}. For "
        f"trailbell lint: --ignore-checks {guide.id}",
        hanging=0,
    )


def _paragraphs(text: str) -> Iterator[Line]:
    """One line for each paragraph and each item of a list, which a terminal wraps."""
    for number, block in enumerate(text.split("\n\n")):
        if number:
            yield line()
        for item in _ITEMS.split(block):
            yield line(" ".join(item.split()), hanging=2 if item.startswith("- ") else 0)
