"""What events of API calls can meet of a condition."""

import pytest

from trailbell.catalog.event_calls import Call
from trailbell.catalog.possible_parts import possible_part
from trailbell.pattern.ast import JsonPattern
from trailbell.pattern.parser import tree
from trailbell.pattern.printer import condition_text

_DISABLE = ("kms.amazonaws.com", "DisableKey")
_KEY = '$.requestParameters.keyId = "a"'
_PUBLIC = "$.requestParameters.publiclyAccessible IS TRUE"
_USER = '$.userIdentity.type = "IAMUser"'


@pytest.mark.parametrize(
    ("condition", "calls", "expected"),
    [
        pytest.param(_KEY, [_DISABLE], _KEY, id="a field of the call"),
        pytest.param(_PUBLIC, [("kms.amazonaws.com", "*")], _PUBLIC, id="a service with others"),
        pytest.param(_PUBLIC, [("*", "DisableKey")], _PUBLIC, id="a call of any service"),
        pytest.param(_PUBLIC, [_DISABLE, ("x.amazonaws.com", "Do")], _PUBLIC, id="unknown calls"),
        pytest.param(
            '$.requestParameters.zzz != "a"',
            [_DISABLE],
            '$.requestParameters.zzz != "a"',
            id="a field that may be missing",
        ),
        pytest.param(
            "$.requestParameters.zzz NOT EXISTS",
            [_DISABLE],
            "$.requestParameters.zzz NOT EXISTS",
            id="a field that must be missing",
        ),
        pytest.param(_PUBLIC, [_DISABLE], None, id="a field of another call"),
        pytest.param(f"({_PUBLIC}) || ({_USER})", [_DISABLE], _USER, id="an alternative"),
        pytest.param(f"({_PUBLIC}) && ({_USER})", [_DISABLE], None, id="one of two conditions"),
        pytest.param(
            f"({_USER}) && (({_PUBLIC}) || ({_KEY}))",
            [_DISABLE],
            f"({_USER}) && ({_KEY})",
            id="an alternative in a condition",
        ),
        pytest.param(f"({_PUBLIC}) || ({_PUBLIC})", [_DISABLE], None, id="no alternative is left"),
    ],
)
def test_possible_part(condition: str, calls: list[Call], expected: str | None) -> None:
    pattern, _ = tree(f"{{ {condition} }}")
    assert isinstance(pattern, JsonPattern)
    possible = possible_part(pattern.condition, calls)
    text = condition_text(possible) if possible else None
    assert text == (_printed(expected) if expected else None)


def _printed(condition: str) -> str:
    pattern, _ = tree(f"{{ {condition} }}")
    assert isinstance(pattern, JsonPattern)
    return condition_text(pattern.condition)
