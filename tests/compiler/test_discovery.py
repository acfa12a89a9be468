"""Objects in the modules of real packages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from trailbell.compiler.discovery import Discovery, discover

WritePackage = Callable[..., str]


class Thing:
    """A type whose objects the packages of these tests define."""

    def __init__(self, name: str) -> None:
        self.name = name


_IMPORT = "from tests.compiler.test_discovery import Thing\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WritePackage:
    """A function that writes a package of modules, and returns its name."""
    monkeypatch.syspath_prepend(tmp_path)
    name = f"content_{abs(hash(tmp_path))}"

    def write(**modules: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        for module, text in ({"__init__": ""} | modules).items():
            path = folder / f"{module.replace('__in__', '/')}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return name

    return write


def _names(discovery: Discovery[Thing]) -> list[str]:
    return [thing.name for thing in discovery.objects]


def _errors(discovery: Discovery[Thing], package: str) -> list[str]:
    return [str(error).replace(package, "content") for error in discovery.errors]


def test_objects_are_in_the_order_of_modules_and_lines(package: WritePackage) -> None:
    name = package(
        zebra=f"{_IMPORT}ONE = Thing('z')",
        alpha=f"{_IMPORT}TWO = Thing('b')\nONE = Thing('a')\nNUMBER = 5",
        empty="",
    )
    discovery = discover(name, Thing)
    assert (_names(discovery), discovery.errors) == (["b", "a", "z"], ())


def test_private_modules_and_sub_packages_are_skipped(package: WritePackage) -> None:
    name = package(
        _private=f"{_IMPORT}A = Thing('private')",
        pieces__in____init__=f"{_IMPORT}A = Thing('shared')",
        pieces__in__alarms=f"{_IMPORT}A = Thing('shared')",
        a=f"{_IMPORT}A = Thing('a')",
    )
    assert _names(discover(name, Thing)) == ["a"]


def test_an_object_with_two_names_counts_once(package: WritePackage) -> None:
    name = package(a=f"{_IMPORT}A = B = Thing('a')")
    assert _names(discover(name, Thing)) == ["a"]


def test_each_module_defines_one_object_with_the_name(package: WritePackage) -> None:
    name = package(
        a=f"{_IMPORT}THING = Thing('a')\nOTHER = Thing('other')",
        b=f"{_IMPORT}THING = Thing('b')",
    )
    assert _names(discover(name, Thing, name="THING")) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param(
            "x = 1\n",
            "content/bad.py: THING is not defined; define THING = Thing(...) in the module",
            id="does not define the name",
        ),
        pytest.param(
            "THING = {}\n",
            "content/bad.py: THING is not a Thing, but a dict; "
            "define THING = Thing(...) in the module",
            id="defines an object of another type",
        ),
        pytest.param(
            "x = 1\n\nraise RuntimeError('two\\nlines')\n",
            "bad.py:3: content.bad: RuntimeError: two lines; fix this line",
            id="raises",
        ),
        pytest.param(
            "raise SystemExit('bye')\n",
            "bad.py:1: content.bad: SystemExit: bye; fix this line",
            id="exits",
        ),
        pytest.param(
            "import sys\n\nsys.exit()\n",
            "bad.py:3: content.bad: SystemExit; fix this line",
            id="exits without a message",
        ),
        pytest.param(
            "x = 1\ndef x(:\n",
            "bad.py:2: content.bad: SyntaxError: invalid syntax (bad.py, line 2); fix this line",
            id="is not Python",
        ),
        pytest.param(
            "import nothing_of_that_name\n",
            "bad.py:1: content.bad: ModuleNotFoundError: No module named 'nothing_of_that_name'; "
            "fix this line",
            id="imports a module that does not exist",
        ),
        pytest.param(
            "def f():\n    return f()\n\nf()\n",
            "bad.py:2: content.bad: RecursionError: maximum recursion depth exceeded; "
            "fix this line",
            id="recurses without end",
        ),
        pytest.param(
            "import json\n\njson.loads('x')\n",
            "bad.py:3: content.bad: JSONDecodeError: Expecting value: line 1 column 1 (char 0); "
            "fix this line",
            id="raises in the standard library",
        ),
    ],
)
def test_a_module_that_fails_is_an_error_and_the_others_are_read(
    text: str, error: str, package: WritePackage
) -> None:
    name = package(bad=text, good=f"{_IMPORT}THING = Thing('good')")
    discovery = discover(name, Thing, name="THING")
    assert (_names(discovery), _errors(discovery, name)) == (["good"], [error])


def test_a_module_that_is_not_text_is_named_by_its_file(package: WritePackage) -> None:
    name = package(bad="x = 1\0\n", good=f"{_IMPORT}THING = Thing('good')")
    discovery = discover(name, Thing, name="THING")
    assert (_names(discovery), [error.location for error in discovery.errors]) == (
        ["good"],
        [f"{name}/bad.py:1"],
    )


def test_what_a_module_prints_is_not_printed(
    package: WritePackage, capfd: pytest.CaptureFixture[str]
) -> None:
    name = package(a="import sys\nprint('out')\nprint('err', file=sys.stderr)\n")
    discover(name, Thing)
    assert capfd.readouterr() == ("", "")


def test_an_interrupt_passes_through(package: WritePackage) -> None:
    name = package(a="raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        discover(name, Thing)


def test_a_package_that_does_not_exist() -> None:
    discovery = discover("nothing_of_that_name", Thing)
    assert [str(error) for error in discovery.errors] == [
        "nothing_of_that_name/: no such package; run the command in a project with this package"
    ]


def test_a_package_that_raises(package: WritePackage) -> None:
    name = package(__init__="1 / 0", a=f"{_IMPORT}A = Thing('a')")
    discovery = discover(name, Thing)
    assert (_names(discovery), _errors(discovery, name)) == (
        [],
        ["__init__.py:1: content: ZeroDivisionError: division by zero; fix this line"],
    )


class Named:
    """A type whose literals have an ID."""

    def __init__(self, *, id: str, size: int = 1) -> None:  # noqa: A002 - like detections
        self.id, self.size = id, size


_NAMED = "from tests.compiler.test_discovery import Named\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "ONE = Named(id='one', sise=2)",
            "content/module.py:2: named one: TypeError: Named.__init__() got an unexpected "
            "keyword argument 'sise'; fix this line",
            id="a field of another name",
        ),
        pytest.param(
            "ONE = Named(\n    id='one',\n    size=[][1],\n)",
            "content/module.py:4: named one: IndexError: list index out of range; fix this line",
            id="raised inside a literal",
        ),
        pytest.param(
            "import nothing_there\nONE = Named(id='one')\nTWO = Named(id='two')",
            "content/module.py:2: content.module: ModuleNotFoundError: No module named "
            "'nothing_there' (not read: named one, two); fix this line",
            id="an import",
        ),
        pytest.param(
            "ONE = Named(id='one'",
            "content/module.py:2: content.module: SyntaxError: '(' was never closed (module.py, "
            "line 2) (not read: named one); fix this line",
            id="not Python",
        ),
        pytest.param(
            "raise ValueError('no')",
            "content/module.py:2: content.module: ValueError: no; fix this line",
            id="nothing is lost",
        ),
    ],
)
def test_an_error_names_its_literal_or_those_that_were_not_read(
    package: WritePackage, text: str, expected: str
) -> None:
    name = package(module=_NAMED + text, other=f"{_NAMED}TWO = Named(id='other')")
    discovery = discover(name, Named)
    problems = [str(error).replace(name, "content") for error in discovery.errors]
    lines = [line.rpartition("/")[2] for line in problems]
    assert ([one.id for one in discovery.objects], lines) == (
        ["other"],
        [expected.partition("/")[2]],
    )


def test_one_bad_literal_does_not_hide_the_others(package: WritePackage) -> None:
    name = package(
        module=f"{_NAMED}"
        "A = Named(id='a')\n"
        "B = Named(id='b', sise=2)\n"
        "C = Named(id='c', size=B.size)\n"
        "D = Named(\n    id='d',\n    size=1 // 0,\n)\n"
        "E = Named(id='e')\n"
        "F = Named(id='f', size=B.size)\n"
    )
    discovery = discover(name, Named)
    problems = [(error.location.rpartition("/")[2], error.problem) for error in discovery.errors]
    assert ([one.id for one in discovery.objects], problems) == (
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


def test_only_literals_are_removed(package: WritePackage) -> None:
    name = package(module=f"{_NAMED}A = Named(id='a')\nfor item in 5:\n    B = Named(id='b')\n")
    discovery = discover(name, Named)
    assert (discovery.objects, len(discovery.errors)) == ((), 1)
