"""Event patterns with the types of parameters, and the results that are stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from trailbell import cache
from trailbell.catalog import typed_event_pattern
from trailbell.catalog.typed_event_pattern import compile_event_pattern, differences
from trailbell.errors import UnsupportedError
from trailbell.pattern import parse
from trailbell.pattern.ast import Pattern

_SHARE = '($.eventSource = "rds.amazonaws.com") && ($.eventName = "ModifyDBSnapshotAttribute")'


def _tree(clause: str) -> Pattern:
    return parse(f"{{ {_SHARE} && ({clause}) }}").tree


def _forget() -> None:
    typed_event_pattern._translation.cache_clear()


@pytest.fixture(autouse=True)
def _empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.folder.cache_clear()
    _forget()
    yield
    cache.folder.cache_clear()
    _forget()


def _stored() -> int:
    return len([*cache.folder().iterdir()]) if cache.folder().exists() else 0


def test_a_stored_result_is_the_same() -> None:
    tree = _tree('$.requestParameters.valuesToAdd[0] = "all"')
    first = compile_event_pattern(tree), differences(tree)
    _forget()
    assert (compile_event_pattern(tree), differences(tree)) == first
    assert first[1] == ('$.requestParameters.valuesToAdd[0] = "all"',)
    assert _stored() == 1


def test_a_stored_error_is_the_same() -> None:
    tree = _tree("$.requestParameters.valuesToAdd[0] = %a[bc]%")
    messages = []
    for _ in range(2):
        _forget()
        with pytest.raises(UnsupportedError) as error:
            compile_event_pattern(tree)
        messages.append(str(error.value))
    assert messages[0] == messages[1]
    assert _stored() == 1


def test_a_pattern_without_parameters_is_not_stored() -> None:
    compile_event_pattern(parse('{ $.eventName = "CreateUser" }').tree)
    assert _stored() == 0


def test_a_changed_result_does_not_change_the_next_one() -> None:
    tree = _tree('$.requestParameters.valuesToAdd[*] = "all"')
    compile_event_pattern(tree)["detail"].clear()
    assert compile_event_pattern(tree)["detail"]["requestParameters"] == {"valuesToAdd": ["all"]}
