"""Which export an import is, by what the templates call them."""

from typing import Any

import pytest

from trailbell.audit.cross_stack import readable
from trailbell.audit.possible_values import Template, Templates

TEXT = {"Type": "String"}
_STACK = "${AWS::StackName}-topic"


def _exporting(*names: str, **sections: Any) -> dict[str, Any]:
    """A template with a topic, exported by these names; ``T0`` is that of the first."""
    outputs = {
        f"Out{number}": {"Value": {"Ref": f"T{number}"}, "Export": {"Name": {"Fn::Sub": name}}}
        for number, name in enumerate(names)
    }
    return {"Resources": {}, "Outputs": outputs} | sections


def _found(name: str, *also: str, **exporting: Any) -> tuple[set[str], set[str], set[str]]:
    """What a pack's import of a name is, what is told of it, and why it cannot be told.

    The pack imports the names in ``also`` too; it has parameters with and without default.
    """
    values = [{"Fn::ImportValue": {"Fn::Sub": one}} for one in (name, *also)]
    pack = {
        "Parameters": {"Base": TEXT | {"Default": "base"}, "Given": TEXT},
        "Resources": {"R": {"Type": "X", "Properties": {"Values": values}}},
    }
    documents = {"pack": pack, **exporting}
    templates = Templates(tuple(Template(*named) for named in documents.items()))
    imports = templates.imports(values[0], 0)
    return (
        set(templates.texts(values[0], 0)),
        {told for found in imports for told in found.told},
        {found.unclear for found in imports if found.unclear},
    )


@pytest.mark.parametrize(
    ("name", "also", "exporting", "unclear"),
    [
        pytest.param(
            "base-topic",
            (),
            {"a": _exporting(_STACK), "b": _exporting(_STACK)},
            "it is ambiguous which export base-topic is: a and b can have it",
            id="two stacks",
        ),
        pytest.param(
            "base-topic",
            (),
            {"a": _exporting("base-topic"), "b": _exporting("base-topic")},
            "it is ambiguous which export base-topic is: a and b can have it",
            id="two stacks by the very name",
        ),
        pytest.param(
            "base-topic",
            (),
            {"a": _exporting(_STACK, _STACK)},
            "a exports base-topic more than once",
            id="twice by one stack, unconditionally",
        ),
        pytest.param(
            "base-a-topic",
            (),
            {"it": _exporting(_STACK, "${AWS::StackName}-a-topic")},
            "it is ambiguous which export base-a-topic is: it can have it",
            id="one stack of one name or another",
        ),
        pytest.param(
            "base-topic",
            ("base-group",),
            {"a": _exporting(_STACK), "b": _exporting("${AWS::StackName}-group")},
            "it cannot be that a is deployed as the stack base"
            " and that b is deployed as the stack base",
            id="two stacks of one name",
        ),
        pytest.param(
            "base-topic",
            ("other-topic",),
            {"a": _exporting(_STACK)},
            "it cannot be that a is deployed as the stack base"
            " and that a is deployed as the stack other",
            id="one stack of two names",
        ),
        pytest.param(
            "base-topic",
            ("base-group",),
            {"a": _exporting("${AWS::StackName}-group")},
            "a is deployed as the stack base, which does not export base-topic",
            id="a stack that does not export it",
        ),
        pytest.param(
            "${Given}-topic",
            ("${Given}-group",),
            {"a": _exporting("${AWS::StackName}-group")},
            "a is deployed as the stack given as Given, which does not export Given-topic",
            id="a stack of a name to be given that does not export it",
        ),
    ],
)
def test_imports_that_cannot_be_told(
    name: str, also: tuple[str, ...], exporting: dict[str, Any], unclear: str
) -> None:
    shown = readable(name.replace("${Given}", "Given"))
    assert _found(name, *also, **exporting) == ({f"${{!{shown}}}"}, set(), {unclear})


@pytest.mark.parametrize(
    ("name", "also", "exporting", "of"),
    [
        pytest.param("base-topic", (), {"a": _exporting("base-group")}, "base-topic", id="other"),
        pytest.param(
            "base_topic", (), {"a": _exporting("${AWS::StackName}")}, "base_topic", id="no stack"
        ),
        pytest.param(
            "base-topic", (), {"a": _exporting("${AWS::StackName}")}, "base-topic", id="any name"
        ),
        pytest.param(
            "eu-topic",
            (),
            {"a": _exporting("${AWS::Region}-topic")},
            "eu-topic",
            id="a Region that is none",
        ),
        pytest.param(
            "12-topic",
            (),
            {"a": _exporting("${AWS::AccountId}-topic")},
            "12-topic",
            id="an account that is none",
        ),
        pytest.param(
            "${Given}", (), {"a": _exporting(_STACK)}, "Given", id="a name to be given, as any"
        ),
        pytest.param(
            "${AWS::StackName}-topic",
            (),
            {"a": _exporting(_STACK)},
            "AWS::StackName of pack-topic",
            id="another stack of the same name",
        ),
        pytest.param(
            "other-topic",
            ("base-topic",),
            {"base": _exporting(_STACK)},
            "other-topic",
            id="a stack that has another name",
        ),
        pytest.param(
            "based-on-topic",
            ("base-group",),
            {"a": _exporting("${AWS::StackName}-group")},
            "based-on-topic",
            id="a stack whose name begins alike",
        ),
    ],
)
def test_imports_of_other_stacks(
    name: str, also: tuple[str, ...], exporting: dict[str, Any], of: str
) -> None:
    assert _found(name, *also, **exporting) == ({f"${{^{of}}}"}, set(), set())


_BASE = "a is deployed as the stack base"


@pytest.mark.parametrize(
    ("name", "exporting", "text", "told"),
    [
        pytest.param("base-t", {"a": _exporting("base-t")}, "${1#T0}", (), id="the very name"),
        pytest.param("${Base}-topic", {"a": _exporting(_STACK)}, "${1#T0}", (_BASE,), id="stack"),
        pytest.param(
            "base-topic",
            {"a": _exporting(_STACK), "base": _exporting(_STACK)},
            "${2#T0}",
            ("base is deployed as the stack base",),
            id="of two stacks the one of the file's name",
        ),
        pytest.param(
            "base-topic",
            {"a": _exporting("base-topic"), "base": _exporting(_STACK)},
            "${1#T0}",
            (),
            id="the very name before the file's",
        ),
        pytest.param(
            "base-a-topic",
            {"base": _exporting(_STACK, "${AWS::StackName}-a-topic")},
            "${1#T1}",
            ("base is deployed as the stack base",),
            id="of two names the one with the file's",
        ),
        pytest.param(
            "base",
            {"base.json": _exporting("${AWS::StackName}")},
            "${1#T0}",
            ("base.json is deployed as the stack base",),
            id="the file's name alone",
        ),
        pytest.param(
            "${Given}-topic",
            {"a": _exporting(_STACK)},
            "${1#T0}",
            ("a is deployed as the stack given as Given",),
            id="a stack of a name to be given",
        ),
        pytest.param(
            "${Given}-topic",
            {"a": _exporting("base-topic")},
            "${1#T0}",
            ("the parameter Given is base",),
            id="a name to be given that is known",
        ),
        pytest.param(
            "${AWS::Region}-base-topic",
            {"a": _exporting("${AWS::Region}-${AWS::StackName}-topic")},
            "${1#T0}",
            (_BASE,),
            id="a Region like the other",
        ),
        pytest.param(
            "eu-west-1-123456789012-topic",
            {"a": _exporting("${AWS::Region}-${AWS::AccountId}-topic")},
            "${1#T0}",
            ("AWS::Region is eu-west-1", "AWS::AccountId is 123456789012"),
            id="Region and account",
        ),
        pytest.param(
            "base-base-topic",
            {"a": _exporting("${AWS::StackName}-${AWS::StackName}-topic")},
            "${1#T0}",
            (_BASE,),
            id="a name that stands twice",
        ),
        pytest.param(
            "base-topic",
            {"a": _exporting(_STACK), "not": {"Outputs": {"A": 1, "B": {"Export": []}}}},
            "${1#T0}",
            (_BASE,),
            id="beside nonsense",
        ),
    ],
)
def test_imports_of_templates_that_are_here(
    name: str, exporting: dict[str, Any], text: str, told: tuple[str, ...]
) -> None:
    assert _found(name, **exporting) == ({text}, set(told), set())


def test_an_output_that_is_made_only_if() -> None:
    base = _exporting(_STACK)
    base["Outputs"]["Out0"]["Condition"] = "Has"
    note = "the output Out0 (a) is made only if Has"
    assert _found("base-topic", a=base) == ({"${1#T0}"}, {_BASE, note}, set())


def test_outputs_of_which_conditions_choose_one() -> None:
    base = _exporting(_STACK, _STACK)
    for name, condition in (("Out0", "Has"), ("Out1", "HasNot")):
        base["Outputs"][name]["Condition"] = condition
    fits = "base-topic is the one of its exports that fits"
    assert _found("base-topic", a=base) == ({"${1#T0}", "${1#T1}"}, {_BASE, fits}, set())


def test_an_import_that_is_exported_again() -> None:
    again = _exporting() | {
        "Outputs": {
            "Again": {
                "Value": {"Fn::ImportValue": "base-topic"},
                "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-again"}},
            }
        }
    }
    assert _found("it-again", a=_exporting(_STACK), b=again) == (
        {"${1#T0}"},
        {_BASE, "b is deployed as the stack it"},
        set(),
    )


def test_a_stack_does_not_import_its_own_exports() -> None:
    """One that exports again what it imports, by the same kind of name."""
    again = _exporting(_STACK) | {
        "Resources": {"R": {"Type": "X", "Properties": {"V": {"Fn::ImportValue": "base-topic"}}}}
    }
    templates = Templates((Template("again", again), Template("a", _exporting(_STACK))))
    assert templates.texts({"Fn::ImportValue": "base-topic"}, 0) == {"${1#T0}"}


def test_a_name_that_is_imported_itself() -> None:
    named = {"Fn::ImportValue": {"Fn::Sub": ["${N}-topic", {"N": {"Fn::ImportValue": "name"}}]}}
    base = _exporting(_STACK) | {}
    base["Outputs"]["Name"] = {"Value": "base", "Export": {"Name": "name"}}
    pack = {"Resources": {"R": {"Type": "X", "Properties": {"V": named}}}}
    templates = Templates((Template("pack", pack), Template("a", base)))
    assert templates.texts(named, 0) == {"${1#T0}"}
    assert {told for found in templates.imports(named, 0) for told in found.told} == {_BASE}
