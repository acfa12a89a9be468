"""
Values that together represent every value that a field can have, for the clauses on it.

In:    the clauses on one selector.
Out:   candidates, and the outcome of a clause for everything that a candidate represents.
Never: a certain outcome if it differs among the values that a candidate represents.

`trailbell.pattern.satisfiability` explains how candidates are used.

>>> from trailbell.pattern import parse
>>> clause = parse('{ $.a = "x*" }').tree.condition
>>> texts = [it.text for it in candidates({clause}) if it.represents is Represents.TEXTS]
>>> len(texts), [text.startswith("x") for text in texts]
(2, [False, True])
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from enum import Enum, auto
from itertools import pairwise, product

from trailbell.pattern.ast import Clause, Comparison, Number, Operator, Regex, Text
from trailbell.pattern.evaluate import clause_outcome
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.record import NumberText, SelectedValues

UNNAMED = "\ue000"
"""A character that no pattern contains. It makes a text differ from all that a condition names."""

_MAX_PARTS = 4
"""More parts (``*part*``) would make too many candidates: these make 2 ** 4 for each prefix."""


class Represents(Enum):
    ITSELF = auto()
    TEXTS = auto()
    """Every text with the same prefix, suffix and parts, of those that the condition contains."""
    SPELLINGS = auto()
    """Every spelling of the same number, or every number between the same two numbers."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a selector can select, and the values that it represents."""

    selected: SelectedValues
    represents: Represents = Represents.ITSELF

    @property
    def text(self) -> str | None:
        """`None` if the value is not a text."""
        node = self.selected.nodes[0] if self.selected.nodes else None
        return node if isinstance(node, str) and not isinstance(node, NumberText) else None

    @property
    def is_scalar(self) -> bool:
        """Whether the value is a text or a number."""
        return bool(self.selected.nodes) and isinstance(self.selected.nodes[0], str)


MISSING, _NULL, CONTAINER = 0, 1, 2
"""Every selector's list of candidates starts with `_BASIC`, so these indexes are always right."""

_BASIC = (
    SelectedValues((), some_missing=True),
    SelectedValues((None,), some_missing=False),
    SelectedValues(({},), some_missing=False),
    SelectedValues((True,), some_missing=False),
    SelectedValues((False,), some_missing=False),
)


# ---------------------------------------------------------------- the candidates of a selector


def candidates(named: set[Clause]) -> list[Candidate]:
    """Candidates that together represent every value, as far as these clauses distinguish it."""
    values = [clause.value for clause in named if isinstance(clause, Comparison)]
    texts = {value.text for value in values if isinstance(value, Text)}
    numbers = {value.literal for value in values if isinstance(value, Number)}
    exact = {text for text in texts if "*" not in text} | numbers
    scalars = [
        *(Candidate(_one(text)) for text in sorted(exact)),
        *(Candidate(_one(text), Represents.TEXTS) for text in _representative_texts(texts)),
    ]
    for number in _representative_numbers(numbers):
        scalars.append(Candidate(_one(NumberText(number)), Represents.SPELLINGS))
        scalars.append(Candidate(_one(number), Represents.SPELLINGS))
    return [*map(Candidate, _BASIC), *scalars]


def _one(node: str) -> SelectedValues:
    return SelectedValues((node,), some_missing=False)


def _parts(texts: Iterable[str]) -> set[str]:
    """``part`` of each text ``*part*``."""
    return {text.strip("*") for text in texts if text[:1] == text[-1:] == "*"} - {""}


def has_all_parts(named: set[Clause]) -> bool:
    """Whether the representative texts cover all parts that the clauses contain."""
    values = (clause.value for clause in named if isinstance(clause, Comparison))
    return len(_parts(value.text for value in values if isinstance(value, Text))) <= _MAX_PARTS


def _representative_texts(texts: set[str]) -> Iterator[str]:
    """A text for each prefix, each suffix and each set of parts that a text can have at once."""
    starred = {text for text in texts if "*" in text and "*" not in text.strip("*")}
    prefixes = {text.rstrip("*") for text in starred if text[0] != "*"} | {""}
    suffixes = {text.lstrip("*") for text in starred if text[-1] != "*"} | {""}
    parts = sorted(_parts(starred))[:_MAX_PARTS]
    for prefix, suffix in product(sorted(prefixes), sorted(suffixes)):
        for included in product((False, True), repeat=len(parts)):
            middle = (part for part, is_in in zip(parts, included, strict=True) if is_in)
            yield UNNAMED.join((prefix, *middle, suffix))


def _representative_numbers(literals: set[str]) -> Iterator[str]:
    """Each number that the condition contains, one between each two, and one beyond either end."""
    with localcontext(Context(prec=1_000, Emax=MAX_EMAX, Emin=MIN_EMIN)):
        values = sorted({Decimal(literal) for literal in literals} or {Decimal(7)})
        between = [(low + high) / 2 for low, high in pairwise(values)]
        below, above = values[0] - abs(values[0]) - 1, values[-1] + abs(values[-1]) + 1
        for value in sorted({*values, *between, below, above}):
            yield str(value)


# ---------------------------------------------------------------- a clause and a candidate


def candidate_outcome(clause: Clause, candidate: Candidate, *, all_parts: bool) -> Outcome:
    """The outcome for all values that a candidate represents, or uncertain if they differ.

    ``all_parts`` is false if the condition has more than `_MAX_PARTS` texts such as ``*part*``.
    """
    if not isinstance(clause, Comparison) or not candidate.is_scalar:
        return clause_outcome(clause, candidate.selected)
    if not _is_decided(clause, candidate, all_parts=all_parts):
        return Outcome.UNCERTAIN
    match clause.value:
        case Text(text) if "*" not in text and candidate.text is not None:
            equal = candidate.text == text
            return Outcome.unanimous([equal is (clause.operator is Operator.EQUAL)], "")
        case _:
            return clause_outcome(clause, candidate.selected)


def _is_decided(clause: Comparison, candidate: Candidate, *, all_parts: bool) -> bool:
    """Whether the comparison has the same outcome for all values that the candidate represents."""
    match candidate.represents, clause.value:
        case ((Represents.TEXTS | Represents.SPELLINGS), Regex()):
            return False
        case Represents.TEXTS, Text(text) if "*" in text.strip("*"):
            return False
        case Represents.TEXTS, Text(text) if text[:1] == text[-1:] == "*" and not all_parts:
            return False
        case Represents.SPELLINGS, Text(text) if _NUMBER_WITH_STARS.fullmatch(text):
            return False
        case _:
            return True


_NUMBER_WITH_STARS = re.compile(r"[0-9.eE+*-]*[0-9.eE+-][0-9.eE+*-]*")
