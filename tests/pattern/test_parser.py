"""The parser: errors, trees and ambiguities."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trailbell.errors import PatternError
from trailbell.pattern.ast import (
    And,
    AnyElement,
    AnyMember,
    Comparison,
    Field,
    FieldAnd,
    FieldComparison,
    FieldEllipsis,
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
    Term,
    Terms,
    Text,
)
from trailbell.pattern.parser import MAX_DEPTH, tree

A, B, C = (Selector((Member(name),)) for name in "abc")
A_IS_1, B_IS_2, C_IS_3 = (
    Comparison(selector, Operator.EQUAL, Number(number))
    for selector, number in ((A, "1"), (B, "2"), (C, "3"))
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "{ ($.a = 1) & ($.b = 2) }",
            "unexpected '&'; use '&&'\n  { ($.a = 1) & ($.b = 2) }\n              ^",
            id="one ampersand",
        ),
        pytest.param(
            "{ $.a == 1 }",
            "unexpected '=='; use '='\n  { $.a == 1 }\n        ^",
            id="two equals signs",
        ),
        pytest.param(
            "{ $.a = 1,\n $.b = 2 }",
            "unexpected ','; use '&&' or '||'\n  { $.a = 1,\n           ^",
            id="a comma, in the first of two lines",
        ),
        pytest.param(
            '{ $.a = 1 &&\n $."b" = 2 }',
            "the selector is not valid; write $.name, or $.['any text'] if the name "
            'has other characters\n   $."b" = 2 }\n   ^',
            id="a quoted name, in the second of two lines",
        ),
        pytest.param(
            '{ $.a > "1" }',
            "unexpected '\"1\"'; '>' takes a number, without quotes\n"
            '  { $.a > "1" }\n          ^',
            id="ordering against text",
        ),
        pytest.param(
            "{ $.a = x@y }",
            "unexpected '@' in a value without quotes; put the whole value in quotes: \"...\"\n"
            "  { $.a = x@y }\n           ^",
            id="a special character without quotes",
        ),
        pytest.param(
            "{ $.a = %a b% }",
            "unexpected ' ' in a regular expression; write whitespace as \\s\n"
            "  { $.a = %a b% }\n            ^",
            id="a blank in a regular expression",
        ),
        pytest.param(
            " { $.a = 1 }",
            "the pattern starts with whitespace; remove it; otherwise CloudWatch Logs reads "
            "the text as terms\n"
            "   { $.a = 1 }\n  ^",
            id="a leading blank",
        ),
        pytest.param(
            'level: "x"',
            "unexpected ':' in a term; put the whole term in quotes: \"...\"\n"
            '  level: "x"\n       ^',
            id="a colon in a term",
        ),
        pytest.param(
            "[a = 1 && b = 2]",
            "unexpected 'b'; write 'a'; all conditions of a field must use its own name\n"
            "  [a = 1 && b = 2]\n            ^",
            id="a condition on another field",
        ),
    ],
)
def test_error_underlines_the_fault_and_suggests_a_fix(text: str, message: str) -> None:
    with pytest.raises(PatternError) as caught:
        tree(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        pytest.param("", MatchAll(), id="nothing"),
        pytest.param('" "', MatchAll(), id="a blank in quotes"),
        pytest.param("{ $.a = 1 }", JsonPattern(A_IS_1), id="one comparison"),
        pytest.param(
            "{($.a=1)||($.b=2)&&$.c=3}", JsonPattern(Or((A_IS_1, And((B_IS_2, C_IS_3))))), id="&&"
        ),
        pytest.param(
            "{($.a=1||$.b=2)&&$.c=3}", JsonPattern(And((Or((A_IS_1, B_IS_2)), C_IS_3))), id="()"
        ),
        pytest.param(
            "{ ($.a=1 && $.b=2) && $.c=3 }",
            JsonPattern(And((And((A_IS_1, B_IS_2)), C_IS_3))),
            id="parentheses of the same operator are kept",
        ),
        pytest.param("{ $.a IS NULL }", JsonPattern(IsLiteral(A, Literal.NULL)), id="a literal"),
        pytest.param("{ $.a NOT EXISTS }", JsonPattern(NotExists(A)), id="absence"),
        pytest.param(
            "{ $.a[0].*.['b.c'] != %x% }",
            JsonPattern(
                Comparison(
                    Selector((Member("a"), Index(0), AnyMember(), Member("b.c"))),
                    Operator.NOT_EQUAL,
                    Regex("x"),
                )
            ),
            id="every kind of step but one",
        ),
        pytest.param(
            "{ $.a[*]=123.1* }",
            JsonPattern(
                Comparison(Selector((Member("a"), AnyElement())), Operator.EQUAL, Text("123.1*"))
            ),
            id="a starred number is text",
        ),
        pytest.param(
            r'{ $.a = "\"}\\" }',
            JsonPattern(Comparison(A, Operator.EQUAL, Text('"}\\'))),
            id="escapes and a brace in quotes",
        ),
        pytest.param(
            'a -b ?"c d"',
            Terms(
                (
                    Term(Role.REQUIRED, Phrase("a")),
                    Term(Role.EXCLUDED, Phrase("b")),
                    Term(Role.OPTIONAL, Phrase("c d")),
                )
            ),
            id="terms",
        ),
        pytest.param(
            "%a|b%", Terms((Term(Role.REQUIRED, Regex("a|b")),)), id="an expression alone"
        ),
        pytest.param(
            "[ip, ..., code=4* && code!=404, bytes]",
            SpaceDelimited(
                (
                    Field("ip", None),
                    FieldEllipsis(),
                    Field(
                        "code",
                        FieldAnd(
                            (
                                FieldComparison(Operator.EQUAL, Text("4*")),
                                FieldComparison(Operator.NOT_EQUAL, Number("404")),
                            )
                        ),
                    ),
                    Field("bytes", None),
                )
            ),
            id="fields",
        ),
    ],
)
def test_tree(text: str, pattern: Pattern) -> None:
    assert tree(text) == (pattern, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{ $.a = s3.amazonaws.com }", [], id="a dotted host name is shown by AWS"),
        pytest.param("{ $.a = us-east-1 }", ["us-east-1"], id="a hyphen without quotes"),
        pytest.param("{ $.a is null }", ["is null"], id="lower-case keywords"),
        pytest.param("{ $.a['b'] = 1 }", ["['b']"], id="brackets without a dot"),
        pytest.param('{ $.["b"] = 1 }', ['.["b"]'], id="double quotes in brackets"),
        pytest.param("{ $[0] = 1 }", ["[0]"], id="an element of the whole event"),
        pytest.param(r'{ $.a = "C:\Users" }', [r"\U"], id="an unknown escape"),
        pytest.param("{ $.a > 1 && $.b = .5 }", [".5"], id="a number without a leading digit"),
        pytest.param("%a% b", ["%a% b"], id="an expression among terms"),
        pytest.param("foo-bar", ["foo-bar"], id="a hyphen in a term"),
        pytest.param("[a, (b = 1 || b = 2)]", ["(b = 1 || b = 2)"], id="parentheses in a field"),
        pytest.param("   ", ["   "], id="blanks only"),
    ],
)
def test_ambiguities(text: str, expected: list[str]) -> None:
    _, ambiguities = tree(text)
    assert [text[it.start : it.end] for it in ambiguities] == expected


FRAGMENTS = (
    r"""{ } [ ] ( ) $.a $.b[0] $ .* [*] = != < && || & " "x*" % %a+% \ 1e3 IS NULL NOT EXISTS"""
    ", ... - ? word é [' '] {2,3}"
)
texts_of_fragments = st.lists(st.sampled_from([" ", "\n", *FRAGMENTS.split()]), max_size=20).map(
    "".join
)


@given(
    st.one_of(st.text(), texts_of_fragments, texts_of_fragments.map(lambda inner: f"{{ {inner} }}"))
)
@example("{" + "(" * 5_000)
@example("{ $.a[" + "9" * 5_000 + "] = 1 }")
@example("%a{" + "9" * 5_000 + "}%")
@example("[a, " + "(" * 5_000)
@example("- -")
@example("%\\")
def test_any_text_parses_or_raises_a_pattern_error(text: str) -> None:
    try:
        tree(text)
    except PatternError as error:
        place, message = error.position, str(error)
    else:
        place, message = 0, "parsed"
    assert 0 <= place <= len(text)
    assert message


def nested(levels: int) -> str:
    opening = "".join("($.a = 1 || " if level % 2 else "($.a = 1 && " for level in range(levels))
    return f"{{ {opening}$.b = 2{')' * levels} }}"


def test_depth_has_a_limit_that_parentheses_alone_do_not_reach() -> None:
    with pytest.raises(PatternError, match="nested too deep"):
        tree(nested(MAX_DEPTH + 1))
    tree(nested(MAX_DEPTH))
    assert tree("{" + "(" * 5_000 + "$.a=1" + ")" * 5_000 + "}") == tree("{ $.a = 1 }")
