"""Content, found by walking real packages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from trailbell.compiler.discovery import Discovery, discover

Make = Callable[..., str]


class Thing:
    """What the packages of these tests hold."""

    def __init__(self, name: str) -> None:
        self.name = name


_IMPORT = "from tests.compiler.test_discovery import Thing\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Make a package of modules, importable under a name of its own."""
    monkeypatch.syspath_prepend(tmp_path)
    name = f"content_{abs(hash(tmp_path))}"

    def make(**modules: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        for module, text in ({"__init__": ""} | modules).items():
            path = folder / f"{module.replace('__in__', '/')}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return name

    return make


def _names(collected: Discovery[Thing]) -> list[str]:
    return [thing.name for thing in collected.found]


def _faults(collected: Discovery[Thing], package: str) -> list[str]:
    return [str(fault).replace(package, "content") for fault in collected.faults]


def test_what_is_found_is_in_the_order_of_modules_and_lines(package: Make) -> None:
    made = package(
        zebra=f"{_IMPORT}ONE = Thing('z')",
        alpha=f"{_IMPORT}TWO = Thing('b')\nONE = Thing('a')\nNUMBER = 5",
        empty="",
    )
    found = discover(made, Thing)
    assert (_names(found), found.faults) == (["b", "a", "z"], ())


def test_private_modules_and_packages_below_are_not_content(package: Make) -> None:
    made = package(
        _private=f"{_IMPORT}A = Thing('private')",
        pieces__in____init__=f"{_IMPORT}A = Thing('shared')",
        pieces__in__alarms=f"{_IMPORT}A = Thing('shared')",
        a=f"{_IMPORT}A = Thing('a')",
    )
    assert _names(discover(made, Thing)) == ["a"]


def test_one_object_that_two_modules_name_is_found_once(package: Make) -> None:
    made = package(a=f"{_IMPORT}A = B = Thing('a')")
    assert _names(discover(made, Thing)) == ["a"]


def test_each_module_exports_one_under_the_wanted_name(package: Make) -> None:
    made = package(
        a=f"{_IMPORT}THING = Thing('a')\nOTHER = Thing('other')",
        b=f"{_IMPORT}THING = Thing('b')",
    )
    assert _names(discover(made, Thing, name="THING")) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            "x = 1\n",
            "content/bad.py: exports no THING; end the module with THING = Thing(...)",
            id="exports nothing",
        ),
        pytest.param(
            "THING = {}\n",
            "content/bad.py: THING is a dict; end the module with THING = Thing(...)",
            id="exports something else",
        ),
        pytest.param(
            "x = 1\n\nraise RuntimeError('two\\nlines')\n",
            "bad.py:3: content.bad: RuntimeError: two lines; mend that line",
            id="raises",
        ),
        pytest.param(
            "raise SystemExit('bye')\n",
            "bad.py:1: content.bad: SystemExit: bye; mend that line",
            id="exits",
        ),
        pytest.param(
            "import sys\n\nsys.exit()\n",
            "bad.py:3: content.bad: SystemExit; mend that line",
            id="exits without a word",
        ),
        pytest.param(
            "x = 1\ndef x(:\n",
            "bad.py:2: content.bad: SyntaxError: invalid syntax (bad.py, line 2); mend that line",
            id="is not Python",
        ),
        pytest.param(
            "import nothing_of_that_name\n",
            "bad.py:1: content.bad: ModuleNotFoundError: No module named 'nothing_of_that_name'; "
            "mend that line",
            id="imports what is not there",
        ),
        pytest.param(
            "def f():\n    return f()\n\nf()\n",
            "bad.py:2: content.bad: RecursionError: maximum recursion depth exceeded; "
            "mend that line",
            id="never ends",
        ),
        pytest.param(
            "import json\n\njson.loads('x')\n",
            "bad.py:3: content.bad: JSONDecodeError: Expecting value: line 1 column 1 (char 0); "
            "mend that line",
            id="raises in the standard library",
        ),
    ],
)
def test_a_module_that_cannot_be_used_is_a_fault_and_the_others_are_found(
    text: str, fault: str, package: Make
) -> None:
    made = package(bad=text, good=f"{_IMPORT}THING = Thing('good')")
    found = discover(made, Thing, name="THING")
    assert (_names(found), _faults(found, made)) == (["good"], [fault])


def test_a_module_that_is_no_text_is_named_by_its_file(package: Make) -> None:
    made = package(bad="x = 1\0\n", good=f"{_IMPORT}THING = Thing('good')")
    found = discover(made, Thing, name="THING")
    assert (_names(found), [fault.location for fault in found.faults]) == (
        ["good"],
        [f"{made}/bad.py:1"],
    )


def test_what_a_module_prints_is_not_printed(
    package: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    made = package(a="import sys\nprint('out')\nprint('err', file=sys.stderr)\n")
    discover(made, Thing)
    assert capfd.readouterr() == ("", "")


def test_an_interrupt_passes_through(package: Make) -> None:
    made = package(a="raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        discover(made, Thing)


def test_a_package_that_is_not_there() -> None:
    found = discover("nothing_of_that_name", Thing)
    assert [str(fault) for fault in found.faults] == [
        "nothing_of_that_name/: there is no such package; content stands there"
    ]


def test_a_package_that_raises(package: Make) -> None:
    made = package(__init__="1 / 0", a=f"{_IMPORT}A = Thing('a')")
    found = discover(made, Thing)
    assert (_names(found), _faults(found, made)) == (
        [],
        ["__init__.py:1: content: ZeroDivisionError: division by zero; mend that line"],
    )


class Named:
    """A kind whose literals have an id."""

    def __init__(self, *, id: str, size: int = 1) -> None:  # noqa: A002 - as detections have it
        self.id, self.size = id, size


_NAMED = "from tests.compiler.test_discovery import Named\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "ONE = Named(id='one', sise=2)",
            "content/module.py:2: named one: TypeError: Named.__init__() got an unexpected "
            "keyword argument 'sise'; mend that line",
            id="a field of another name",
        ),
        pytest.param(
            "ONE = Named(\n    id='one',\n    size=[][1],\n)",
            "content/module.py:4: named one: IndexError: list index out of range; mend that line",
            id="raised inside a literal",
        ),
        pytest.param(
            "import nothing_there\nONE = Named(id='one')\nTWO = Named(id='two')",
            "content/module.py:2: content.module: ModuleNotFoundError: No module named "
            "'nothing_there' (in it: named one, two); mend that line",
            id="an import",
        ),
        pytest.param(
            "ONE = Named(id='one'",
            "content/module.py:2: content.module: SyntaxError: '(' was never closed (module.py, "
            "line 2) (in it: named one); mend that line",
            id="no Python",
        ),
        pytest.param(
            "raise ValueError('no')",
            "content/module.py:2: content.module: ValueError: no; mend that line",
            id="nothing is lost",
        ),
    ],
)
def test_a_fault_names_the_literal_that_it_is_in_or_those_that_are_lost(
    package: Make, text: str, expected: str
) -> None:
    made = package(module=_NAMED + text, other=f"{_NAMED}TWO = Named(id='other')")
    found = discover(made, Named)
    told = [str(fault).replace(made, "content") for fault in found.faults]
    lines = [line.rpartition("/")[2] for line in told]
    assert ([one.id for one in found.found], lines) == (["other"], [expected.partition("/")[2]])


def test_one_bad_literal_costs_no_other(package: Make) -> None:
    made = package(
        module=f"{_NAMED}"
        "A = Named(id='a')\n"
        "B = Named(id='b', sise=2)\n"
        "C = Named(id='c', size=B.size)\n"
        "D = Named(\n    id='d',\n    size=1 // 0,\n)\n"
        "E = Named(id='e')\n"
        "F = Named(id='f', size=B.size)\n"
    )
    found = discover(made, Named)
    told = [(fault.location.rpartition("/")[2], fault.problem) for fault in found.faults]
    assert ([one.id for one in found.found], told) == (
        ["a", "e"],
        [
            (
                "module.py:3",
                "named b: TypeError: Named.__init__() got an unexpected keyword argument 'sise'",
            ),
            (
                "module.py:7",
                "named d: ZeroDivisionError: integer division or modulo by zero",
            ),
        ],
    )


def test_what_is_no_literal_is_not_left_out(package: Make) -> None:
    made = package(module=f"{_NAMED}A = Named(id='a')\nfor each in 5:\n    B = Named(id='b')\n")
    found = discover(made, Named)
    assert (found.found, len(found.faults)) == ((), 1)
