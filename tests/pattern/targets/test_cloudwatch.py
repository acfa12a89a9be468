import pytest

from trailbell.errors import UnsupportedError
from trailbell.pattern import parse
from trailbell.pattern.targets import cloudwatch


@pytest.mark.parametrize(
    ("written", "compiled"),
    [
        pytest.param(
            "{($.a=b)||($.c=d)&&($.e NOT EXISTS)}",
            '{ ($.a = "b") || (($.c = "d") && ($.e NOT EXISTS)) }',
            id="precedence becomes parentheses, bare words become quoted",
        ),
        pytest.param("ERROR -debug", '"ERROR" -"debug"', id="terms are text as well"),
    ],
)
def test_the_canonical_text(written: str, compiled: str) -> None:
    assert cloudwatch.compile(parse(written).tree) == compiled


def test_too_long_a_pattern_is_not_supported() -> None:
    text = " || ".join(f'($.eventName = "Name{number:04}")' for number in range(50))
    tree = parse(f"{{ {text} }}", max_length=None).tree
    with pytest.raises(UnsupportedError) as error:
        cloudwatch.compile(tree)
    assert error.value.reason == (
        "the pattern has 1,500 characters, but the maximum is 1,024; "
        "split it into several metric filters"
    )
