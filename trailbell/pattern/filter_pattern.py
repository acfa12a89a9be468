"""
A filter pattern that was read: text, tree, and what it says of log events.

In:    text (`parse`) or a tree (`FilterPattern.of`).
Out:   `FilterPattern`, equal by tree.
Never: a pattern that CloudWatch Logs is known to refuse.
"""

from dataclasses import dataclass, field, replace

from trailbell.errors import PatternError
from trailbell.pattern import evaluate, parser
from trailbell.pattern.ast import Condition, JsonPattern, Pattern
from trailbell.pattern.evaluate import Explanation
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.parser_state import Ambiguity
from trailbell.pattern.printer import pattern_text

MAX_LENGTH = 1_024
"""
The maximum length of a filter pattern, in characters.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
"""


@dataclass(frozen=True, slots=True)
class FilterPattern:
    """
    `text` is what was written, `str()` the canonical spelling; `ambiguities` lists spellings of
    which nobody knows whether the service accepts them: with any, `test` is uncertain of every
    event. Only `tree` is compared.
    """

    tree: Pattern
    text: str = field(compare=False)
    ambiguities: tuple[Ambiguity, ...] = field(default=(), compare=False)

    @staticmethod
    def of(tree: Pattern | Condition) -> "FilterPattern":
        """
        A pattern from a tree or from a condition on JSON, of any length.

        Raises `PatternError` if its text is no pattern, such as one with three regular expressions.
        """
        if not isinstance(tree, Pattern):
            tree = JsonPattern(tree)
        text = pattern_text(tree)
        read = parse(text, max_length=None)
        if read.tree != tree:
            raise PatternError(
                text, 0, f"the tree has no text that parses to it: {tree}", "use a different tree"
            )
        return read

    def test(self, message: str) -> Outcome:
        """What the pattern says of one log event, given as the service receives it."""
        return self._unless_ambiguous(evaluate.test(self.tree, message))

    def test_record(self, record: dict[str, object]) -> Outcome:
        """
        The same for an event that is decoded already.

        A number that was decoded to `int` or `float` is taken as Python writes it; decode with
        `NumberText` for ``parse_int`` and ``parse_float`` to keep ``12.00`` from ``12.0``.
        """
        return self._unless_ambiguous(evaluate.test_record(self.tree, record))

    def explain(self, message: str) -> Explanation:
        """The outcome of `test`, part by part."""
        explained = evaluate.explain(self.tree, message)
        return replace(explained, outcome=self._unless_ambiguous(explained.outcome))

    def _unless_ambiguous(self, outcome: Outcome) -> Outcome:
        if not self.ambiguities:
            return outcome
        return Outcome.uncertain(
            "; ".join(dict.fromkeys(doubt.reason for doubt in self.ambiguities))
        )

    def __str__(self) -> str:
        return pattern_text(self.tree)


def parse(text: str, *, max_length: int | None = MAX_LENGTH) -> FilterPattern:
    """
    Read ``text`` as CloudWatch Logs would.

    ``max_length`` is the service's limit of 1,024 characters; give `None` to read a longer pattern
    that is to be split before it is deployed. Raises `PatternError`.
    """
    if max_length is not None and len(text) > max_length:
        raise PatternError(
            text,
            max_length,
            f"the pattern has {len(text):,} characters",
            f"use at most {max_length:,}; a pattern of alternatives ('||') can be split",
        )
    tree, ambiguities = parser.tree(text)
    return FilterPattern(tree, text, ambiguities)
