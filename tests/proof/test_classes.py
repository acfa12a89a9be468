"""Every text is in a class, and the example of a class is in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailbell.proof.classes import UndecidableError, text_classes
from trailbell.proof.matcher import Compare, Glob, arn_wildcards, literal, wildcards

_patterns = st.builds(
    lambda text, ignore_case: wildcards(text, ignore_case=ignore_case),
    st.text("abA*?", max_size=5),
    st.booleans(),
)


@settings(max_examples=100, deadline=None)
@given(st.frozensets(_patterns, max_size=4), st.lists(st.text("abAcB", max_size=6), min_size=5))
def test_every_text_is_in_a_class(patterns: frozenset[Glob], texts: list[str]) -> None:
    found = {text_class.accepted_by for text_class in text_classes(patterns, ())}
    accepting = {frozenset(p for p in patterns if p.accepts(text)) for text in texts}
    assert accepting - found == (set() if patterns else {frozenset()})


@settings(max_examples=100, deadline=None)
@given(st.frozensets(_patterns, max_size=4))
def test_the_example_of_a_class_is_in_it(patterns: frozenset[Glob]) -> None:
    assert [
        text_class
        for text_class in text_classes(patterns, ())
        if text_class.accepted_by != {p for p in patterns if p.accepts(text_class.text)}
    ] == []


def test_a_class_that_no_pattern_alone_shows() -> None:
    begins, ends = wildcards("ab*"), wildcards("*cd")
    found = {text_class.accepted_by for text_class in text_classes(frozenset({begins, ends}), ())}
    assert found == {frozenset(), frozenset({begins}), frozenset({ends}), frozenset({begins, ends})}


def test_a_text_compared_as_text_and_as_a_number() -> None:
    with pytest.raises(UndecidableError):
        text_classes(frozenset({literal("1"), Compare("<", 2.0)}), ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("arn:aws:sns:x:y:111122223333:t", False, id="a wildcard ends at a colon"),
        pytest.param("arn:aws:sns::111122223333:t:u", True, id="but not in the last part"),
        pytest.param("arn:aws:sns:us-east-1:111122223333:t", True, id="one part"),
    ],
)
def test_arns_are_compared_part_by_part(text: str, *, expected: bool) -> None:
    pattern = arn_wildcards("arn:aws:sns:*:111122223333:*")
    assert pattern is not None
    assert pattern.accepts(text) is expected
