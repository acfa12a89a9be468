"""Templates in dist/, a Git revision, a folder, or a file."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.dist.folders import document, write
from trailbell.deploy import dependencies
from trailbell.deploy.environment import Environment, StackOutput, StackSettings
from trailbell.dist import built_templates
from trailbell.errors import ContentError, UnknownNameError
from trailbell.template import exports


def test_stacks_are_read_with_the_lines_that_built_them(tmp_path: Path) -> None:
    [found] = built_templates.load_templates(write(tmp_path / "dist", one=document()), ["one"])
    assert (found.document, str(found.source_lines["T"]), found.sha256) == (
        document(),
        "stacks/a.py:3",
        hashlib.sha256(found.text.encode()).hexdigest(),
    )


def test_an_edited_template_is_an_error(tmp_path: Path) -> None:
    folder = write(tmp_path / "dist", one=document())
    (folder / "one.json").write_text(json.dumps(document("edited")))
    with pytest.raises(ContentError, match=r"does not match the digest in manifest\.json"):
        built_templates.load_templates(folder, [])


def test_an_unknown_stack_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match='did you mean "one"'):
        built_templates.load_templates(write(tmp_path / "dist", one=document()), ["on"])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(document()), id="JSON"),
        pytest.param(json.dumps({"TemplateBody": document()}), id="what the AWS CLI prints"),
        pytest.param(json.dumps({"TemplateBody": json.dumps(document())}), id="as a text in it"),
        pytest.param(
            "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: a\n",
            id="YAML",
        ),
    ],
)
def test_a_template_is_parsed(text: str) -> None:
    assert built_templates.parse_document(text, "t") == document()


@pytest.mark.parametrize("text", ["", "[]", "{}", "a: [", '{"TemplateBody": "x"}'])
def test_text_without_a_template_is_an_error(text: str) -> None:
    with pytest.raises(ContentError):
        built_templates.parse_document(text, "here")


def _source(name: str, **sections: Any) -> built_templates.BuiltTemplate:
    return built_templates.BuiltTemplate(stack=name, text="", document=sections, sha256="")


def test_dependencies_are_imports_outputs_and_settings() -> None:
    outputs = {"X": {"Value": "1", "Export": {"Name": "shared"}}}
    found = dependencies.dependencies(
        (
            _source("imports", Resources={"R": {"A": [{"Fn::ImportValue": "shared"}]}}),
            _source("exports", Outputs=outputs),
            _source("takes"),
            _source("follows"),
        ),
        Environment(
            stacks={
                "takes": StackSettings(parameters={"P": StackOutput("exports", "X")}),
                "follows": StackSettings(depends_on=("takes", "not-among-these")),
            }
        ),
    )
    assert exports.batches(found) == (("exports",), ("imports", "takes"), ("follows",))


def test_a_circle_is_an_error() -> None:
    circle = {"a": frozenset({"b"}), "b": frozenset({"a"})}
    with pytest.raises(ContentError, match="circular dependency: a, b"):
        exports.batches(circle)


# -- templates of other tools ----------------------------------------------------------------------


_SHAPE = "sections, resources and properties must be mappings, and a Type must be text"
_NONE = "is not a template; add a section Resources"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", _NONE, id="nothing"),
        pytest.param("# a", _NONE, id="a comment"),
        pytest.param("[]", _NONE, id="a list"),
        pytest.param("a", _NONE, id="a word"),
        pytest.param("Conditions: {A: !Equals [a, b]}", _NONE, id="conditions alone"),
        pytest.param("Resources:", _NONE, id="no resources"),
        pytest.param("Resources: []", _NONE, id="a list of resources"),
        pytest.param("TemplateBody: []", _NONE, id="a response without a template"),
        pytest.param(
            "Resources:\n  R:", f"Resources.R is empty; {_SHAPE}", id="a resource that is empty"
        ),
        pytest.param(
            "Resources: {R: []}", f"Resources.R is a list; {_SHAPE}", id="a resource that is a list"
        ),
        pytest.param(
            "Resources: {R: 5}", f"Resources.R is a single value; {_SHAPE}", id="a number for one"
        ),
        pytest.param(
            "Resources: {R: {Type: }}", f"Resources.R.Type is empty; {_SHAPE}", id="an empty type"
        ),
        pytest.param(
            "Resources: {R: {Type: !Ref T}}", f"Resources.R.Type is a mapping; {_SHAPE}",
            id="a function for a type",
        ),
        pytest.param(
            "Resources: {R: {Type: T, Properties: []}}",
            f"Resources.R.Properties is a list; {_SHAPE}", id="a list of properties",
        ),
        pytest.param(
            "Resources: {R: {Type: T, Properties: on}}",
            f"Resources.R.Properties is a single value; {_SHAPE}", id="a truth for properties",
        ),
        *(
            pytest.param(
                f"{name}: []\nResources: {{}}", f"{name} is a list; {_SHAPE}", id=f"a list: {name}"
            )
            for name in ("Parameters", "Mappings", "Conditions", "Outputs")
        ),
        pytest.param(
            "Resources: {R: *a}",
            "CloudFormation does not support the YAML alias at line 1; give a template as JSON or "
            "YAML",
            id="an alias",
        ),
    ],
)  # fmt: skip
def test_templates_that_are_not_valid(text: str, message: str) -> None:
    with pytest.raises(ContentError) as found:
        built_templates.parse_document(text, "a.yaml")
    assert str(found.value) == f"a.yaml: {message}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="no resource"),
        pytest.param({"R": {}}, id="a resource without a type, which a macro may give"),
        pytest.param({"R": {"Type": "T", "Properties": None}}, id="empty properties"),
        pytest.param({"Fn::ForEach::A": ["B", ["c"], {}]}, id="a loop"),
        pytest.param({"Fn::Transform": {"Name": "AWS::Include"}}, id="an include"),
        pytest.param({"R": {"Type": "Some::Own::Thing::MODULE"}}, id="a module"),
    ],
)
def test_templates_in_unusual_shapes(body: dict[str, Any]) -> None:
    template = {"Resources": body, "Outputs": None}
    assert built_templates.parse_document(json.dumps(template), "a.json") == template
