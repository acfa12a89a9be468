"""Which export an import refers to, by the names in the templates."""

from typing import Any

import pytest

from trailbell.audit.possible_values import Template, Templates
from trailbell.audit.tokens import readable

TEXT = {"Type": "String"}
_STACK = "${AWS::StackName}-topic"


def _exporting(*names: str, **sections: Any) -> dict[str, Any]:
    """A template with a topic for each name, ``T0`` for the first, exported by that name."""
    outputs = {
        f"Out{number}": {"Value": {"Ref": f"T{number}"}, "Export": {"Name": {"Fn::Sub": name}}}
        for number, name in enumerate(names)
    }
    return {"Resources": {}, "Outputs": outputs} | sections


def _resolve(
    name: str, *other_imports: str, **exporting: Any
) -> tuple[set[str], set[str], set[str]]:
    """
    What the import of a name in a pack can be, the assumptions for it, and why it is unresolved.

    The pack has parameters with and without a default.
    """
    values = [{"Fn::ImportValue": {"Fn::Sub": imported}} for imported in (name, *other_imports)]
    pack = {
        "Parameters": {"Base": TEXT | {"Default": "base"}, "Given": TEXT},
        "Resources": {"R": {"Type": "X", "Properties": {"Values": values}}},
    }
    documents = {"pack": pack, **exporting}
    templates = Templates(tuple(Template(*named) for named in documents.items()))
    imports = templates.resolved_imports(values[0], 0)
    return (
        set(templates.possible_texts(values[0], 0)),
        {text for resolved in imports for text in resolved.assumptions},
        {resolved.unresolved for resolved in imports if resolved.unresolved},
    )


@pytest.mark.parametrize(
    ("name", "other_imports", "exporting", "unresolved"),
    [
        pytest.param(
            "base-topic",
            (),
            {"a": _exporting(_STACK), "b": _exporting(_STACK)},
            '"base-topic" matches more than one export (of a and b).',
            id="two stacks",
        ),
        pytest.param(
            "base-topic",
            (),
            {"a": _exporting("base-topic"), "b": _exporting("base-topic")},
            '"base-topic" matches more than one export (of a and b).',
            id="two stacks with the exact name",
        ),
        pytest.param(
            "base-topic",
            (),
            {"a": _exporting(_STACK, _STACK)},
            'a exports "base-topic" more than once.',
            id="twice by one stack, unconditionally",
        ),
        pytest.param(
            "base-a-topic",
            (),
            {"it": _exporting(_STACK, "${AWS::StackName}-a-topic")},
            '"base-a-topic" matches more than one export (of it).',
            id="one stack with two possible names",
        ),
        pytest.param(
            "base-topic",
            ("base-group",),
            {"a": _exporting(_STACK), "b": _exporting("${AWS::StackName}-group")},
            'These assumptions contradict each other: a is deployed as stack "base"; '
            'b is deployed as stack "base".',
            id="two stacks with the same name",
        ),
        pytest.param(
            "base-topic",
            ("other-topic",),
            {"a": _exporting(_STACK)},
            'These assumptions contradict each other: a is deployed as stack "base"; '
            'a is deployed as stack "other".',
            id="one stack with two names",
        ),
        pytest.param(
            "base-topic",
            ("base-group",),
            {"a": _exporting("${AWS::StackName}-group")},
            'a is deployed as stack "base", which does not export "base-topic".',
            id="a stack that does not export it",
        ),
        pytest.param(
            "${Given}-topic",
            ("${Given}-group",),
            {"a": _exporting("${AWS::StackName}-group")},
            'a is deployed as the stack named by Given, which does not export "Given-topic".',
            id="a stack named by a parameter that does not export it",
        ),
    ],
)
def test_unresolved_imports(
    name: str, other_imports: tuple[str, ...], exporting: dict[str, Any], unresolved: str
) -> None:
    label = readable(name.replace("${Given}", "Given"))
    assert _resolve(name, *other_imports, **exporting) == ({f"${{!{label}}}"}, set(), {unresolved})


@pytest.mark.parametrize(
    ("name", "other_imports", "exporting", "export"),
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
            id="not a Region",
        ),
        pytest.param(
            "12-topic",
            (),
            {"a": _exporting("${AWS::AccountId}-topic")},
            "12-topic",
            id="not an account",
        ),
        pytest.param(
            "${Given}", (), {"a": _exporting(_STACK)}, "Given", id="a parameter without default"
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
            id="a stack with another name",
        ),
        pytest.param(
            "based-on-topic",
            ("base-group",),
            {"a": _exporting("${AWS::StackName}-group")},
            "based-on-topic",
            id="a stack with a similar name",
        ),
    ],
)
def test_imports_of_other_stacks(
    name: str, other_imports: tuple[str, ...], exporting: dict[str, Any], export: str
) -> None:
    assert _resolve(name, *other_imports, **exporting) == ({f"${{^{export}}}"}, set(), set())


_BASE = 'a is deployed as stack "base".'


@pytest.mark.parametrize(
    ("name", "exporting", "text", "assumptions"),
    [
        pytest.param("base-t", {"a": _exporting("base-t")}, "${1#T0}", (), id="the exact name"),
        pytest.param("${Base}-topic", {"a": _exporting(_STACK)}, "${1#T0}", (_BASE,), id="stack"),
        pytest.param(
            "base-topic",
            {"a": _exporting(_STACK), "base": _exporting(_STACK)},
            "${2#T0}",
            ('base is deployed as stack "base".',),
            id="of two stacks the one with the name of the file",
        ),
        pytest.param(
            "base-topic",
            {"a": _exporting("base-topic"), "base": _exporting(_STACK)},
            "${1#T0}",
            (),
            id="the exact name before the name of the file",
        ),
        pytest.param(
            "base-a-topic",
            {"base": _exporting(_STACK, "${AWS::StackName}-a-topic")},
            "${1#T1}",
            ('base is deployed as stack "base".',),
            id="of two names the one with the name of the file",
        ),
        pytest.param(
            "base",
            {"base.json": _exporting("${AWS::StackName}")},
            "${1#T0}",
            ('base.json is deployed as stack "base".',),
            id="only the name of the file",
        ),
        pytest.param(
            "${Given}-topic",
            {"a": _exporting(_STACK)},
            "${1#T0}",
            ("a is deployed as the stack named by Given.",),
            id="a stack named by a parameter",
        ),
        pytest.param(
            "${Given}-topic",
            {"a": _exporting("base-topic")},
            "${1#T0}",
            ('The parameter Given is "base".',),
            id="a parameter that must have a value",
        ),
        pytest.param(
            "${AWS::Region}-base-topic",
            {"a": _exporting("${AWS::Region}-${AWS::StackName}-topic")},
            "${1#T0}",
            (_BASE,),
            id="the same Region",
        ),
        pytest.param(
            "eu-west-1-123456789012-topic",
            {"a": _exporting("${AWS::Region}-${AWS::AccountId}-topic")},
            "${1#T0}",
            ('AWS::Region is "eu-west-1".', 'AWS::AccountId is "123456789012".'),
            id="Region and account",
        ),
        pytest.param(
            "base-base-topic",
            {"a": _exporting("${AWS::StackName}-${AWS::StackName}-topic")},
            "${1#T0}",
            (_BASE,),
            id="a token that occurs twice",
        ),
        pytest.param(
            "base-topic",
            {"a": _exporting(_STACK), "not": {"Outputs": {"A": 1, "B": {"Export": []}}}},
            "${1#T0}",
            (_BASE,),
            id="with invalid outputs",
        ),
    ],
)
def test_imports_of_the_templates(
    name: str, exporting: dict[str, Any], text: str, assumptions: tuple[str, ...]
) -> None:
    assert _resolve(name, **exporting) == ({text}, set(assumptions), set())


def test_an_output_with_a_condition() -> None:
    base = _exporting(_STACK)
    base["Outputs"]["Out0"]["Condition"] = "Has"
    existence = "The output Out0 (a) exists only if the condition Has is true."
    assert _resolve("base-topic", a=base) == ({"${1#T0}"}, {_BASE, existence}, set())


def test_outputs_of_which_conditions_select_one() -> None:
    base = _exporting(_STACK, _STACK)
    for name, condition in (("Out0", "Has"), ("Out1", "HasNot")):
        base["Outputs"][name]["Condition"] = condition
    existence = 'Of the exports named "base-topic", the one that matches exists.'
    assert _resolve("base-topic", a=base) == ({"${1#T0}", "${1#T1}"}, {_BASE, existence}, set())


def test_an_imported_value_that_is_exported_again() -> None:
    again = _exporting() | {
        "Outputs": {
            "Again": {
                "Value": {"Fn::ImportValue": "base-topic"},
                "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-again"}},
            }
        }
    }
    assert _resolve("it-again", a=_exporting(_STACK), b=again) == (
        {"${1#T0}"},
        {_BASE, 'b is deployed as stack "it".'},
        set(),
    )


def test_a_stack_does_not_import_its_own_exports() -> None:
    """A stack that exports what it imports, by a name of the same form."""
    again = _exporting(_STACK) | {
        "Resources": {"R": {"Type": "X", "Properties": {"V": {"Fn::ImportValue": "base-topic"}}}}
    }
    templates = Templates((Template("again", again), Template("a", _exporting(_STACK))))
    assert templates.possible_texts({"Fn::ImportValue": "base-topic"}, 0) == {"${1#T0}"}


def test_a_name_that_contains_an_import() -> None:
    named = {"Fn::ImportValue": {"Fn::Sub": ["${N}-topic", {"N": {"Fn::ImportValue": "name"}}]}}
    base = _exporting(_STACK) | {}
    base["Outputs"]["Name"] = {"Value": "base", "Export": {"Name": "name"}}
    pack = {"Resources": {"R": {"Type": "X", "Properties": {"V": named}}}}
    templates = Templates((Template("pack", pack), Template("a", base)))
    assert templates.possible_texts(named, 0) == {"${1#T0}"}
    assert {
        text for resolved in templates.resolved_imports(named, 0) for text in resolved.assumptions
    } == {_BASE}
