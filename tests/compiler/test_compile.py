"""From a stack to its template."""

from collections.abc import Callable
from typing import Any

import pytest
from troposphere import Ref, Template, sns

from trailbell.catalog.detection import Catalog
from trailbell.compiler import provenance
from trailbell.compiler.compile import CompiledStack, compile_stack
from trailbell.compiler.stack import Stack
from trailbell.errors import ContentError
from trailbell.source_location import SourceLocation

_CATALOGUE = Catalog(())


def _compiled(template: Callable[[Catalog], Any]) -> CompiledStack:
    return compile_stack(Stack(name="mine", summary="s", template=template), _CATALOGUE)


def _with_metadata(value: Any) -> Callable[[Catalog], Template]:
    def template(_: Catalog) -> Template:
        made = Template()
        made.add_resource(sns.Topic("T"))
        made.set_metadata({"M": value})
        return made

    return template


def test_a_template_is_ordered_and_rendered_twice() -> None:
    def template(catalogue: Catalog) -> Template:
        assert catalogue is _CATALOGUE
        made = Template(Description="d")
        made.add_resource(sns.Topic("T", Condition="C", DisplayName=Ref("AWS::StackName")))
        made.set_version("2010-09-09")
        return made

    found = _compiled(template)
    assert found.document == {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "d",
        "Resources": {
            "T": {
                "Type": "AWS::SNS::Topic",
                "Condition": "C",
                "Properties": {"DisplayName": {"Ref": "AWS::StackName"}},
            }
        },
    }
    assert found.yaml == (
        "AWSTemplateFormatVersion: '2010-09-09'\n"
        "Description: d\n"
        "Resources:\n"
        "  T:\n"
        "    Type: AWS::SNS::Topic\n"
        "    Condition: C\n"
        "    Properties:\n"
        "      DisplayName: !Ref AWS::StackName\n"
    )
    assert found.json.startswith('{\n "AWSTemplateFormatVersion": "2010-09-09",\n')


def test_values_are_those_of_json() -> None:
    found = _compiled(_with_metadata({1: ("a", 2.5), "b": None}))
    assert found.document["Metadata"] == {"M": {"1": ["a", 2.5], "b": None}}


@pytest.mark.parametrize(
    ("template", "problem", "hint"),
    [
        pytest.param(
            lambda _: None,
            "the template function of stack mine returns NoneType",
            "return a troposphere.Template",
            id="a function that returns nothing",
        ),
        pytest.param(
            lambda _: {"Resources": {}},
            "the template function of stack mine returns dict",
            "return a troposphere.Template",
            id="a function that returns a document",
        ),
        pytest.param(
            lambda _: Template(),
            "stack mine has no resources",
            "add at least one in its template function",
            id="a template without resources",
        ),
        pytest.param(
            lambda catalog: catalog.get("none"),
            'stack mine: unknown detection "none"; known: none',
            "fix this line",
            id="an unknown detection",
        ),
        pytest.param(
            _with_metadata({1}),
            "stack mine: TypeError: Object of type set is not JSON serializable",
            "fix this line",
            id="a set",
        ),
        pytest.param(
            _with_metadata(float("nan")),
            "stack mine: ValueError: Out of range float values are not JSON compliant",
            "fix this line",
            id="NaN",
        ),
        pytest.param(
            _with_metadata("\ud800"),
            "stack mine: UnicodeEncodeError: 'utf-8' codec can't encode character '\\ud800' in "
            "position 20: surrogates not allowed",
            "fix this line",
            id="half of a surrogate pair",
        ),
    ],
)
def test_a_stack_that_cannot_be_compiled(
    template: Callable[[Catalog], Any], problem: str, hint: str
) -> None:
    with pytest.raises(ContentError) as raised:
        _compiled(template)
    # Later versions of Python say which number it was.
    assert (raised.value.problem.removesuffix(": nan"), raised.value.hint) == (problem, hint)


def test_a_location_is_that_of_the_path_or_of_the_nearest_value_around_it() -> None:
    def template(_: Catalog) -> Template:
        made = Template()
        made.add_resource(sns.Topic("T", DisplayName="x"))
        return made

    with provenance.record_locations():
        found = _compiled(template)
    built = found.source_lines[("Resources", "T")]
    assert (
        found.source_of(("Resources", "T", "Properties", "DisplayName")),
        found.source_of(("Resources", "Other")),
        found.source_of(("Resources",)),
        found.source_of(()),
    ) == (built, *[found.stack.location] * 3)
    assert built == SourceLocation(
        "tests/compiler/test_compile.py", template.__code__.co_firstlineno + 2
    )
