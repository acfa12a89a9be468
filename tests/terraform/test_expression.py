"""The expressions in strings of Terraform."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.terraform.expression import Expression, Piece, pieces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", (), id="an empty string"),
        pytest.param("plain $ { }", ("plain $ { }",), id="text"),
        pytest.param("$${x}", ("${x}",), id="an escaped expression"),
        pytest.param("50%%{x}", ("50%{x}",), id="an escaped directive"),
        pytest.param("${var.x}", (Expression("var.x"),), id="an expression"),
        pytest.param("${ var.x }", (Expression("var.x"),), id="spaces"),
        pytest.param(
            "a-${var.x}-b${local.y}",
            ("a-", Expression("var.x"), "-b", Expression("local.y")),
            id="expressions in text",
        ),
        pytest.param(
            '${merge({a = "}"}, var.x)}!',
            (Expression('merge({a = "}"}, var.x)'), "!"),
            id="braces and quotes in an expression",
        ),
        pytest.param("${var.x", (Expression("var.x"),), id="no end"),
        pytest.param(
            "%{ if var.x }a%{ endif }",
            (Expression("%{ if var.x }a%{ endif }"),),
            id="a directive",
        ),
    ],
)
def test_pieces(text: str, expected: tuple[Piece, ...]) -> None:
    assert pieces(text) == expected


@given(st.text(alphabet='ab${}%"\\ .'))
def test_every_string_has_pieces(text: str) -> None:
    assert all(piece for piece in pieces(text))


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        pytest.param("var.name", None, id="a variable"),
        pytest.param("each.value.arn", None, id="an element of for_each"),
        pytest.param("module.a.arn", None, id="an output of a module"),
        pytest.param('format("%s", aws_a.b.arn)', None, id="a function"),
        pytest.param("aws_a.b", None, id="a whole resource"),
        pytest.param("aws_a.b.arn", (False, "aws_a.b", "arn"), id="an attribute"),
        pytest.param("aws_a.b[0].arn", (False, "aws_a.b", "arn"), id="one of several"),
        pytest.param('aws_a.b["x"].arn', (False, "aws_a.b", "arn"), id="one by its key"),
        pytest.param("data.aws_a.b.json", (True, "aws_a.b", "json"), id="a data source"),
    ],
)
def test_reference(text: str, reference: tuple[bool, str, str] | None) -> None:
    assert Expression(text).reference() == reference
