"""No proof is false: what cannot hold never matches, and what cannot fail always matches."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pattern.strategies import clauses, conditions, numbers
from trailbell.pattern import FilterPattern, Outcome
from trailbell.pattern.ast import Condition, JsonPattern, Member, Regex, Selector, Text
from trailbell.pattern.satisfiability import Satisfiability

SELECTORS = st.sampled_from(
    [Selector((Member("a"),)), Selector((Member("a"), Member("b"))), Selector((Member("c"),))]
)
TEXTS = ("", "x", "xy", "yx", "xyx", "5", "5.0", "55", "true", "z")
VALUES = st.one_of(
    st.sampled_from([*TEXTS, "x*", "*x", "*y*", "xy*", "*yx", "*", "x*x", "5*", "z*"]).map(Text),
    numbers,
    st.sampled_from(["5", "5.0", "4", "6"]).map(lambda digits: Text(digits)),
    st.just(Regex("^x")),
)
CONDITIONS = conditions(clauses(SELECTORS, VALUES), leaves=6)
SCALARS: st.SearchStrategy[object] = st.one_of(
    st.sampled_from(TEXTS), st.sampled_from([None, True, False, 0, 5, 5.0, 123, 12.0, 1000, []])
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {}, optional={"a": st.one_of(SCALARS, st.fixed_dictionaries({"b": SCALARS})), "c": SCALARS}
    ),
    min_size=20,
    max_size=20,
)


@settings(max_examples=200)
@given(CONDITIONS, EVENTS)
def test_no_proof_is_false(condition: Condition, events: list[object]) -> None:
    proof = Satisfiability(condition)
    pattern = FilterPattern(JsonPattern(condition), "")
    outcomes = {pattern.test(json.dumps(event)).name for event in events}
    if proof.assume({}, condition) is None:
        assert outcomes == {Outcome.NO_MATCH.name}
    if proof.deny({}, condition) is None:
        assert outcomes == {Outcome.MATCH.name}
