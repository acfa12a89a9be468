"""Whatever content raises arrives as one fault that names its line."""

import sys

import pytest
from troposphere import Template, sns

from trailbell.compiler.content_errors import as_content_errors
from trailbell.errors import ContentError, PatternError, UnknownNameError
from trailbell.source_location import SourceLocation

_HERE = "tests/compiler/test_content_errors.py"


def _line() -> int:
    return sys._getframe(1).f_lineno


def _fault(raised: pytest.ExceptionInfo[ContentError]) -> tuple[str, str, str]:
    return raised.value.location, raised.value.problem, raised.value.hint


def test_what_raises_nothing_is_let_be() -> None:
    with as_content_errors("a stack", None):
        done = True
    assert done


def test_an_exception_names_the_line_and_its_cause() -> None:
    with pytest.raises(ContentError) as raised, as_content_errors("a stack", None):
        dict[str, str]()["key"]
    line = _line() - 1
    assert _fault(raised) == (f"{_HERE}:{line}", "a stack: KeyError: 'key'", "mend that line")
    assert type(raised.value.__cause__) is KeyError


def test_a_fault_of_content_passes_as_it_is() -> None:
    fault = ContentError("place", "found", "expected")
    with pytest.raises(ContentError) as raised, as_content_errors("a stack", None):
        raise fault
    assert raised.value is fault


def test_an_error_of_ours_speaks_for_itself() -> None:
    with pytest.raises(ContentError) as raised, as_content_errors("a stack", None):
        raise UnknownNameError("detection", "rot", ["root"])
    assert _fault(raised)[1] == 'a stack: unknown detection "rot"; did you mean "root"?'


def test_an_error_of_ours_keeps_the_mark_below_its_fault() -> None:
    with pytest.raises(ContentError) as raised, as_content_errors("a stack", None):
        raise PatternError("{ & }", 2, "unexpected '&'", "use '&&'")
    line = _line() - 1
    assert str(raised.value) == (
        f"{_HERE}:{line}: a stack: unexpected '&'; use '&&'; mend that line\n  {{ & }}\n    ^"
    )


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt])
def test_an_interrupt_passes_through(interrupt: type[BaseException]) -> None:
    with pytest.raises(interrupt), as_content_errors("a stack", None):
        raise interrupt


def test_where_no_line_of_content_is_to_blame_the_given_place_is() -> None:
    with pytest.raises(ContentError) as raised:
        _without_content(SourceLocation("stacks/a.py", 7))
    assert _fault(raised) == (
        "stacks/a.py:7",
        "a stack: ZeroDivisionError: division by zero",
        "mend that line",
    )


def _without_content(place: SourceLocation) -> None:
    code = compile("with as_content_errors('a stack', place): 1 / 0", "<no file>", "exec")
    exec(code, {"as_content_errors": as_content_errors, "place": place})  # noqa: S102 - a frame without a file


@pytest.mark.parametrize(
    ("build", "found"),
    [
        pytest.param(
            lambda: sns.Topic("Topic", Nme="x"),
            "AttributeError: AWS::SNS::Topic object does not support attribute Nme",
            id="a property that is not there",
        ),
        pytest.param(
            lambda: sns.Topic("Topic", DisplayName=5),
            "TypeError: sns.Topic: Topic.DisplayName is int, expected str",
            id="a value of another type",
        ),
        pytest.param(
            lambda: sns.Topic("to-pic"),
            'ValueError: Name "to-pic" not alphanumeric',
            id="a logical id that is none",
        ),
        pytest.param(
            lambda: sns.Topic("Topic", FifoTopic="x"),
            "ValueError: sns.Topic.FifoTopic is no boolean",
            id="a check of a value, which itself says nothing",
        ),
        pytest.param(
            lambda: sns.Subscription().to_dict(),
            "ValueError: Resource Endpoint required in type sns.Subscription",
            id="a property that is missing",
        ),
        pytest.param(
            lambda: Template().add_resource([sns.Topic("A"), sns.Topic("A")]),
            'ValueError: duplicate key "A" detected',
            id="a logical id that is there twice",
        ),
    ],
)
def test_troposphere_in_words(build: object, found: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert callable(build)
    with pytest.raises(ContentError) as raised, as_content_errors("stack x", None):
        build()
    assert (raised.value.problem, capfd.readouterr()) == (f"stack x: {found}", ("", ""))
