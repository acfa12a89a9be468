"""Every exception of the user's code becomes an error with its line."""

import sys

import pytest
from troposphere import Template, sns

from trailbell.compiler.content_errors import as_content_errors
from trailbell.errors import ContentError, PatternError, UnknownNameError
from trailbell.source_location import SourceLocation

_FILE = "tests/compiler/test_content_errors.py"


def _line() -> int:
    return sys._getframe(1).f_lineno


def _facts(raised: pytest.ExceptionInfo[ContentError]) -> tuple[str, str, str]:
    return raised.value.location, raised.value.problem, raised.value.hint


def test_code_without_an_exception() -> None:
    with as_content_errors("a stack", None):
        done = True
    assert done


def test_an_exception_has_its_line_and_its_cause() -> None:
    with pytest.raises(ContentError) as raised, as_content_errors("a stack", None):
        dict[str, str]()["key"]
    line = _line() - 1
    assert _facts(raised) == (f"{_FILE}:{line}", "a stack: KeyError: 'key'", "fix this line")
    assert type(raised.value.__cause__) is KeyError


def test_a_content_error_is_not_changed() -> None:
    error = ContentError("location", "problem", "hint")
    with pytest.raises(ContentError) as raised, as_content_errors("a stack", None):
        raise error
    assert raised.value is error


def test_our_errors_keep_their_message() -> None:
    with pytest.raises(ContentError) as raised, as_content_errors("a stack", None):
        raise UnknownNameError("detection", "rot", ["root"])
    assert _facts(raised)[1] == 'a stack: unknown detection "rot"; did you mean "root"?'


def test_our_errors_keep_the_mark_below_the_position() -> None:
    with pytest.raises(ContentError) as raised, as_content_errors("a stack", None):
        raise PatternError("{ & }", 2, "unexpected '&'", "use '&&'")
    line = _line() - 1
    assert str(raised.value) == (
        f"{_FILE}:{line}: a stack: unexpected '&'; use '&&'; fix this line\n  {{ & }}\n    ^"
    )


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt])
def test_an_interrupt_passes_through(interrupt: type[BaseException]) -> None:
    with pytest.raises(interrupt), as_content_errors("a stack", None):
        raise interrupt


def test_without_a_line_of_user_code_the_given_location_counts() -> None:
    with pytest.raises(ContentError) as raised:
        _without_content(SourceLocation("stacks/a.py", 7))
    assert _facts(raised) == (
        "stacks/a.py:7",
        "a stack: ZeroDivisionError: division by zero",
        "fix this line",
    )


def _without_content(location: SourceLocation) -> None:
    code = compile("with as_content_errors('a stack', location): 1 / 0", "<no file>", "exec")
    exec(code, {"as_content_errors": as_content_errors, "location": location})  # noqa: S102 - a frame without a file


@pytest.mark.parametrize(
    ("build", "problem"),
    [
        pytest.param(
            lambda: sns.Topic("Topic", Nme="x"),
            "AttributeError: AWS::SNS::Topic object does not support attribute Nme",
            id="an unknown property",
        ),
        pytest.param(
            lambda: sns.Topic("Topic", DisplayName=5),
            "TypeError: sns.Topic: Topic.DisplayName is int, expected str",
            id="a value of another type",
        ),
        pytest.param(
            lambda: sns.Topic("to-pic"),
            'ValueError: Name "to-pic" not alphanumeric',
            id="a logical ID that is not valid",
        ),
        pytest.param(
            lambda: sns.Topic("Topic", FifoTopic="x"),
            "ValueError: sns.Topic.FifoTopic is not a valid boolean",
            id="a validator without a message",
        ),
        pytest.param(
            lambda: sns.Subscription().to_dict(),
            "ValueError: Resource Endpoint required in type sns.Subscription",
            id="a missing property",
        ),
        pytest.param(
            lambda: Template().add_resource([sns.Topic("A"), sns.Topic("A")]),
            'ValueError: duplicate key "A" detected',
            id="a duplicate logical ID",
        ),
    ],
)
def test_exceptions_of_troposphere(
    build: object, problem: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert callable(build)
    with pytest.raises(ContentError) as raised, as_content_errors("stack x", None):
        build()
    assert (raised.value.problem, capfd.readouterr()) == (f"stack x: {problem}", ("", ""))
