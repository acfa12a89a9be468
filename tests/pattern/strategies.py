"""
Generated patterns and events that are likely to match.

In:    nothing.
Out:   hypothesis strategies. Patterns use the same few fields and values as the events, so that
       most of them match some events and not others.
Never: a tree that CloudWatch Logs would reject.
"""

from collections.abc import Iterator

from hypothesis import strategies as st

from trailbell.pattern.ast import (
    And,
    AnyElement,
    AnyMember,
    Comparison,
    Condition,
    Field,
    FieldAnd,
    FieldComparison,
    FieldCondition,
    FieldEllipsis,
    FieldOr,
    Index,
    IsLiteral,
    JsonPattern,
    Literal,
    MatchAll,
    Member,
    NotExists,
    Number,
    Operator,
    Or,
    Pattern,
    Phrase,
    Regex,
    Role,
    Selector,
    SpaceDelimited,
    Step,
    Term,
    Terms,
    Text,
    Value,
)

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
Event = dict[str, JsonValue]

NAMES = ("eventName", "eventSource", "userIdentity", "type", "errorCode", "requestParameters")
ODD_NAMES = ("detail-type", "cluster.name", "spaced key", "x'y", "é")
WORDS = (
    "",
    "ConsoleLogin",
    "Console",
    "Root",
    "iam.amazonaws.com",
    "123",
    "12.0",
    "true",
    "111.111.111.111",
    'say "hi" \\ there',
    "é日本😀",
)
NUMBERS = ("0", "-1", "123", "+123", "12", "12.0", "1e3", "1000", "10e-3", "9007199254740993")
REGEXES = ("^Console", "[Ll]ogin$", r"\d{2,3}", r"amazonaws\.com", r"a|\x52oot", "1.+1")

ordering = st.sampled_from(
    (Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL)
)
equality = st.sampled_from((Operator.EQUAL, Operator.NOT_EQUAL))
numbers = st.sampled_from(NUMBERS).map(Number)
regexes = st.sampled_from(REGEXES).map(Regex)


@st.composite
def starred(draw: st.DrawFn) -> str:
    """A word, possibly with stars or truncated."""
    word = draw(st.sampled_from(WORDS))
    cut = draw(st.integers(0, len(word)))
    return draw(st.sampled_from((word, word, word[:cut] + "*", "*" + word[cut:], "*", f"*{word}*")))


texts = starred().map(Text)
exact_texts = st.sampled_from(WORDS).map(Text)
values: st.SearchStrategy[Value] = st.one_of(texts, texts, texts, numbers, regexes)


def selectors(*, wildcards: bool = True, odd_names: bool = True) -> st.SearchStrategy[Selector]:
    """One to four steps, the first of them a name; at most one wildcard."""
    names = st.sampled_from(NAMES + ODD_NAMES if odd_names else NAMES).map(Member)
    later: list[st.SearchStrategy[Step]] = [names, names, st.integers(0, 2).map(Index)]
    if wildcards:
        later += [st.sampled_from((AnyElement(), AnyMember()))]
    return st.tuples(names, st.lists(st.one_of(later), max_size=3)).map(
        lambda drawn: Selector((drawn[0], *_one_wildcard(drawn[1])))
    )


def _one_wildcard(steps: list[Step]) -> Iterator[Step]:
    seen = False
    for step in steps:
        wild = isinstance(step, AnyElement | AnyMember)
        if not (wild and seen):
            yield step
        seen = seen or wild


def clauses(
    selector: st.SearchStrategy[Selector] | None = None,
    value: st.SearchStrategy[Value] = values,
) -> st.SearchStrategy[Condition]:
    chosen = selectors() if selector is None else selector
    return st.one_of(
        st.builds(Comparison, chosen, equality, value),
        st.builds(Comparison, chosen, equality, value),
        st.builds(Comparison, chosen, ordering, numbers),
        st.builds(IsLiteral, chosen, st.sampled_from(Literal)),
        st.builds(NotExists, chosen),
    )


def conditions(
    clause: st.SearchStrategy[Condition] | None = None, *, leaves: int = 8
) -> st.SearchStrategy[Condition]:
    """Clauses joined to trees; within the limits of two regexes and three wildcards."""

    def joined(part: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        parts = st.lists(part, min_size=2, max_size=4).map(tuple)
        return st.one_of(parts.map(And), parts.map(Or))

    return st.recursive(clauses() if clause is None else clause, joined, max_leaves=leaves).filter(
        _within_limits
    )


def _within_limits(condition: Condition) -> bool:
    leaves = list(_leaves(condition))
    regexes_used = sum(isinstance(x, Comparison) and isinstance(x.value, Regex) for x in leaves)
    wild = sum(
        any(isinstance(step, AnyElement | AnyMember) for step in leaf.selector.steps)
        for leaf in leaves
    )
    return regexes_used <= 2 and wild <= 3


def _leaves(condition: Condition) -> Iterator[Comparison | IsLiteral | NotExists]:
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _leaves(part)
        case _:
            yield condition


def json_patterns(
    condition: st.SearchStrategy[Condition] | None = None,
) -> st.SearchStrategy[JsonPattern]:
    return st.builds(JsonPattern, conditions() if condition is None else condition)


phrases = st.sampled_from([word for word in WORDS if word] + [" ", "ERROR*"]).map(Phrase)


def term_patterns() -> st.SearchStrategy[Terms]:
    words = st.lists(st.builds(Term, st.sampled_from(Role), phrases), min_size=1, max_size=4)
    regex = regexes.map(lambda sought: [Term(Role.REQUIRED, sought)])
    return (
        st.one_of(words, words, regex)
        .map(lambda terms: Terms(tuple(terms)))
        .filter(lambda pattern: pattern.terms != (Term(Role.REQUIRED, Phrase(" ")),))
    )


def field_conditions() -> st.SearchStrategy[FieldCondition]:
    def joined(part: st.SearchStrategy[FieldCondition]) -> st.SearchStrategy[FieldCondition]:
        parts = st.lists(part, min_size=2, max_size=3).map(tuple)
        return st.one_of(parts.map(FieldAnd), parts.map(FieldOr))

    clause = st.one_of(
        st.builds(FieldComparison, equality, st.one_of(texts, numbers)),
        st.builds(FieldComparison, ordering, numbers),
    )
    return st.recursive(clause, joined, max_leaves=4)


@st.composite
def space_patterns(draw: st.DrawFn) -> SpaceDelimited:
    count = draw(st.integers(1, 5))
    fields: list[Field | FieldEllipsis] = [
        Field(f"w{number}", draw(st.none() | field_conditions())) for number in range(count)
    ]
    place = draw(st.none() | st.integers(0, count))
    if place is not None:
        fields.insert(place, FieldEllipsis())
    return SpaceDelimited(tuple(fields))


def patterns() -> st.SearchStrategy[Pattern]:
    """Every kind of pattern."""
    return st.one_of(
        json_patterns(), json_patterns(), term_patterns(), space_patterns(), everything
    )


everything: st.SearchStrategy[Pattern] = st.just(MatchAll())

scalars: st.SearchStrategy[JsonValue] = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from((0, -1, 12, 123, 1000, 12.0, 12.5, 0.01)),
    st.none(),
    st.booleans(),
)


def events() -> st.SearchStrategy[Event]:
    """Records like those of CloudTrail, with fields missing, null, boolean or nested."""
    names = st.sampled_from(NAMES + ODD_NAMES)
    nested: st.SearchStrategy[JsonValue] = st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.dictionaries(names, inner, max_size=3), st.lists(inner, max_size=3)
        ),
        max_leaves=6,
    )
    return st.dictionaries(names, nested, max_size=6)
