"""What people read when something is wrong: each message whole."""

import pytest

from trailbell.errors import (
    ContentError,
    InputError,
    OutputError,
    PatternError,
    SettingsError,
    TrailbellError,
    UnknownNameError,
    UnsupportedError,
)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        pytest.param(
            PatternError('{ ($.a = "b") & ($.c = "d") }', 14, "unexpected '&'", "use '&&'"),
            "unexpected '&'; use '&&'\n  { ($.a = \"b\") & ($.c = \"d\") }\n                ^",
            id="a pattern is quoted and its fault underlined",
        ),
        pytest.param(
            PatternError("", 0, "nothing", "write a pattern"),
            "nothing; write a pattern\n  \n  ^",
            id="an empty pattern",
        ),
        pytest.param(
            PatternError("{ a\n  b }", 6, "unexpected 'b'", "end it"),
            "unexpected 'b'; end it\n    b }\n    ^",
            id="the line of a pattern of several",
        ),
        pytest.param(
            PatternError("{ a", 3, "the end", "write '}'"),
            "the end; write '}'\n  { a\n     ^",
            id="the end of a pattern",
        ),
        pytest.param(
            UnsupportedError("EventBridge", "$.a NOT EXISTS", "no such thing"),
            "cannot translate $.a NOT EXISTS to EventBridge: no such thing",
            id="what a target cannot say",
        ),
        pytest.param(
            ContentError("stacks/a.py:5", "exports no STACK", "end it with one"),
            "stacks/a.py:5: exports no STACK; end it with one",
            id="content",
        ),
        pytest.param(
            UnknownNameError("stack", "trial", ["trail", "alerts"]),
            'unknown stack "trial"; did you mean "trail"?',
            id="a name like a known one",
        ),
        pytest.param(
            UnknownNameError("stack", "x", iter(["trail", "alerts"])),
            'unknown stack "x"; known: alerts, trail',
            id="a name like none",
        ),
        pytest.param(
            UnknownNameError("stack", "x", []),
            'unknown stack "x"; known: none',
            id="a name where there is none",
        ),
        pytest.param(
            OutputError("dist", "no space left on device"),
            "cannot write dist: no space left on device; no files were changed",
            id="a file that could not be written",
        ),
        pytest.param(
            SettingsError("trailbell.toml", "catalog.disable", '"x"', "a list"),
            'trailbell.toml: catalog.disable: "x"; a list',
            id="a setting",
        ),
        pytest.param(
            SettingsError(
                "trailbell.toml", "catalog.pakcs", "", "nothing reads it", ("packs",), "pakcs"
            ),
            'trailbell.toml: catalog.pakcs; nothing reads it, did you mean "packs"?',
            id="a setting like a known one",
        ),
    ],
)
def test_messages(error: TrailbellError, message: str) -> None:
    assert str(error) == message


def test_a_message_can_be_read_twice() -> None:
    error = UnknownNameError("stack", "x", iter(["trail", "alerts"]))
    assert str(error) == str(error)


@pytest.mark.parametrize(
    "kind", [PatternError, UnsupportedError, ContentError, UnknownNameError, SettingsError]
)
def test_what_somebody_wrote_is_one_kind_of_error(kind: type[Exception]) -> None:
    assert issubclass(kind, InputError)
