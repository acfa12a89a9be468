"""
A parsed filter pattern: its text, its tree, and the log events that it matches.

In:    text (`parse`) or a tree (`FilterPattern.of`).
Out:   `FilterPattern`; two of them are equal if their trees are.
Never: a pattern that CloudWatch Logs is known to reject.
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
    A pattern and what it matches. Only `tree` is compared.

    `text` is the original text, and `str()` the canonical one. `ambiguities` are spellings that
    AWS does not document; if there are any, `test` is uncertain for every event.
    """

    tree: Pattern
    text: str = field(compare=False)
    ambiguities: tuple[Ambiguity, ...] = field(default=(), compare=False)

    @staticmethod
    def of(tree: Pattern | Condition) -> "FilterPattern":
        """
        Make a pattern of any length from a tree or from a condition on JSON.

        Raises `PatternError` if its text is not valid, such as with three regular expressions.
        """
        if not isinstance(tree, Pattern):
            tree = JsonPattern(tree)
        text = pattern_text(tree)
        pattern = parse(text, max_length=None)
        if pattern.tree != tree:
            raise PatternError(
                text, 0, f"the tree has no text that parses to it: {tree}", "use a different tree"
            )
        return pattern

    def test(self, message: str) -> Outcome:
        """Whether the pattern matches a log event, given as the service receives it."""
        return self._unless_ambiguous(evaluate.test(self.tree, message))

    def test_record(self, record: dict[str, object]) -> Outcome:
        """
        Whether the pattern matches a decoded log event.

        A number of type `int` or `float` is compared as Python writes it. To distinguish ``12.00``
        from ``12.0``, decode with `NumberText` for ``parse_int`` and ``parse_float``.
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
            "; ".join(dict.fromkeys(ambiguity.reason for ambiguity in self.ambiguities))
        )

    def __str__(self) -> str:
        return pattern_text(self.tree)


def parse(text: str, *, max_length: int | None = MAX_LENGTH) -> FilterPattern:
    """
    Parse ``text`` as CloudWatch Logs does.

    ``max_length`` is the maximum of the service; use `None` for a longer pattern that will be
    split before it is deployed. Raises `PatternError`.
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
