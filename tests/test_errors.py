"""What people read when something is wrong: each message whole."""

import pytest

from trailbell.errors import (
    AccessDeniedError,
    AwsError,
    ContentError,
    InputError,
    OperationInProgressError,
    OutputError,
    PatternError,
    SettingsError,
    TrailbellError,
    UnknownNameError,
    UnsupportedError,
)


def denied_in_rollout(operation: str, reason: str, rollout: str) -> AccessDeniedError:
    """An error as a command about a rollout raises it."""
    error = AccessDeniedError(operation, reason)
    error.rollout = rollout
    return error


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
            UnknownNameError(
                "account", "000000000099", [f"0000000000{n:02}" for n in range(1, 13)]
            ),
            'unknown account "000000000099"; known: 000000000001, 000000000002, 000000000003, '
            "000000000004, 000000000005, 000000000006, 000000000007, 000000000008, 000000000009, "
            "000000000010 and 2 more",
            id="an account, which is never guessed",
        ),
        pytest.param(
            SettingsError(
                "a.toml", "accounts", "no", "correct it", ("000000000001",), "000000000002"
            ),
            "a.toml: accounts: no; correct it (000000000001)",
            id="an account in the settings, which is never guessed",
        ),
        pytest.param(
            AwsError("GetStackPolicy", "no"), "GetStackPolicy: no", id="an error of AWS, no hint"
        ),
        pytest.param(
            AccessDeniedError("GetTemplate", "no"),
            "GetTemplate: no\n  Show the required permissions with: trailbell permissions",
            id="a hint for all stacks",
        ),
        pytest.param(
            AccessDeniedError("GetTemplate", "no", "tamper"),
            "GetTemplate: no\n  Show the required permissions with: trailbell permissions tamper",
            id="a hint for one stack",
        ),
        pytest.param(
            denied_in_rollout("ListRoots", "no", "baseline"),
            "ListRoots: no\n  Show the required permissions with: "
            "trailbell rollout permissions baseline",
            id="a hint for a rollout",
        ),
        pytest.param(
            OperationInProgressError("DeleteStack", "Operation in progress"),
            "DeleteStack: Operation in progress\n  Wait until it has ended, then retry.",
            id="an operation in progress on what is not named",
        ),
        pytest.param(
            OperationInProgressError(
                "DeleteStack",
                "Stack [arn:aws:cloudformation:eu-west-1:111122223333:stack/watch-a/1] is in "
                "UPDATE_IN_PROGRESS state and can not be deleted",
            ),
            "DeleteStack: Stack [arn:aws:cloudformation:eu-west-1:111122223333:stack/watch-a/1] is "
            "in UPDATE_IN_PROGRESS state and can not be deleted\n  Wait for it with: "
            "trailbell follow watch-a",
            id="an operation in progress on a stack that AWS names",
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
