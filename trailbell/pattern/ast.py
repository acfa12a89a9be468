"""
The tree of a filter pattern: its meaning, not its spelling.

In:    the parser and the constructors build it.
Out:   evaluate, lint, the printer and the targets read it with an exhaustive ``match``.
Never: an evaluation, or an import of another module of ours.

The language: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

Span = tuple[int, int]
"""The range of a node in the text of the pattern: start and end (from 0, end excluded)."""

# ---------------------------------------------------------------- selectors: $.a['b.c'][0][*].*


@dataclass(frozen=True, slots=True)
class Member:
    """``.name``, or ``.['any text']`` where the name holds more than ``[A-Za-z0-9_-]``."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """``[3]``: one element of an array, counted from 0."""

    position: int


@dataclass(frozen=True, slots=True)
class AnyElement:
    """``[*]``: any element of an array."""


@dataclass(frozen=True, slots=True)
class AnyMember:
    """``.*``: any field of an object."""


Step = Member | Index | AnyElement | AnyMember


@dataclass(frozen=True, slots=True)
class Selector:
    """A path from the root of the event, at least one step long; at most one step is a wildcard."""

    steps: tuple[Step, ...]


def has_wildcard(selector: Selector) -> bool:
    """Whether the selector can select several values."""
    return any(isinstance(step, AnyElement | AnyMember) for step in selector.steps)


# ---------------------------------------------------------------- what a value is compared with


@dataclass(frozen=True, slots=True)
class Text:
    """Text without escapes. Every ``*`` is a wildcard: AWS documents no escape for it."""

    text: str
    quoted: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A number without quotes, as it was written (``1e-3``, ``10.0``); compared by value."""

    literal: str


@dataclass(frozen=True, slots=True)
class Regex:
    """``%source%``, in the subset that CloudWatch Logs supports; it matches anywhere."""

    source: str


Value = Text | Number | Regex

# ---------------------------------------------------------------- conditions on a JSON event


class Operator(StrEnum):
    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


class Literal(StrEnum):
    NULL = "NULL"
    TRUE = "TRUE"
    FALSE = "FALSE"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``selector operator value``. The ordering operators take a `Number` only."""

    selector: Selector
    operator: Operator
    value: Value
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class IsLiteral:
    """``selector IS NULL | TRUE | FALSE``: the JSON literal itself, never a text such as "true"."""

    selector: Selector
    literal: Literal
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NotExists:
    """``selector NOT EXISTS``: there is no value, not even null."""

    selector: Selector
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    """
    All of two or more parts. ``(a && b) && c`` and ``a && b && c`` are different trees.

    `grouped` is false for ``a && b`` in ``a && b || c``, which has no parentheses of its own.
    """

    parts: tuple["Condition", ...]
    span: Span | None = field(default=None, compare=False, repr=False)
    grouped: bool = field(default=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more parts."""

    parts: tuple["Condition", ...]
    span: Span | None = field(default=None, compare=False, repr=False)


Clause = Comparison | IsLiteral | NotExists
Condition = Clause | And | Or


def clauses(condition: Condition) -> Iterator[Clause]:
    """Every clause of a condition, from left to right."""
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from clauses(part)
        case _:
            yield condition


@dataclass(frozen=True, slots=True)
class JsonPattern:
    """``{ condition }``: the log event is a JSON object that meets the condition."""

    condition: Condition


# ---------------------------------------------------------------- terms: words in any log event


@dataclass(frozen=True, slots=True)
class Phrase:
    """Text that occurs anywhere in the log event. AWS documents no wildcard for it."""

    text: str
    quoted: bool = field(default=True, compare=False)


class Role(StrEnum):
    REQUIRED = ""
    EXCLUDED = "-"
    OPTIONAL = "?"


@dataclass(frozen=True, slots=True)
class Term:
    """``word``, ``-word``, ``?word``, ``"a phrase"`` or ``%regex%``."""

    role: Role
    sought: Phrase | Regex


@dataclass(frozen=True, slots=True)
class Terms:
    """One or more terms. If all are `Role.OPTIONAL`, one of them is enough."""

    terms: tuple[Term, ...]


# ---------------------------------------------------------------- fields separated by spaces


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """``name operator value`` for the field itself; the ordering operators take a `Number` only."""

    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class FieldAnd:
    """All of two or more parts."""

    parts: tuple["FieldCondition", ...]


@dataclass(frozen=True, slots=True)
class FieldOr:
    """Any of two or more parts."""

    parts: tuple["FieldCondition", ...]


FieldCondition = FieldComparison | FieldAnd | FieldOr


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name, and the condition on it (`None`: any text)."""

    name: str
    condition: FieldCondition | None


@dataclass(frozen=True, slots=True)
class FieldEllipsis:
    """``...``: any number of fields, or none."""


@dataclass(frozen=True, slots=True)
class SpaceDelimited:
    """``[a, b = 4*, ...]``: a log event of these fields, with at most one `FieldEllipsis`."""

    fields: tuple[Field | FieldEllipsis, ...]


# ---------------------------------------------------------------- whole patterns


@dataclass(frozen=True, slots=True)
class MatchAll:
    """The empty pattern, or ``" "``: every log event."""


Pattern = JsonPattern | Terms | SpaceDelimited | MatchAll
