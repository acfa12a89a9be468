"""The files of folders: templates, files of Terraform, and what CDK synthesized."""

import json
from pathlib import Path
from typing import Any

import pytest

from trailbell.validate.cloud_assembly import read_assembly
from trailbell.validate.lint_files import lint_files
from trailbell.validate.lint_paths import find_sources

_TEMPLATE = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def _write(folder: Path, **files: Any) -> None:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_json", ".json").replace("_tf", ".tf")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")


def test_a_folder_has_templates_and_files_of_terraform(folder: Path) -> None:
    _write(
        folder,
        a_json=_TEMPLATE,
        b__c_json=_TEMPLATE,
        main_tf_json={},
        package_json={"name": "x"},
        node_modules__d_json=_TEMPLATE,
        **{".terraform__e_json": _TEMPLATE},
    )
    sources = find_sources(["."], templates_only=False)
    assert (sources.templates, sources.terraform) == (("a.json", "b/c.json"), ("main.tf.json",))
    assert sources.constructs == {}


@pytest.mark.parametrize(
    ("templates_only", "templates"),
    [
        pytest.param(False, ("package.json", "a.json"), id="files that are named"),
        pytest.param(True, ("a.json",), id="templates only"),
    ],
)
def test_files_that_are_named(
    folder: Path, templates: tuple[str, ...], *, templates_only: bool
) -> None:
    _write(folder, a_json=_TEMPLATE, package_json={"name": "x"}, main_tf_json={})
    given = ["package.json", "a.json", "main.tf.json", "a.json"]
    sources = find_sources(given, templates_only=templates_only)
    assert (sources.templates, sources.terraform) == (templates, ("main.tf.json",))


def test_a_folder_without_templates_is_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(folder, package_json={"name": "x"})
    assert (lint_files(["."]), capsys.readouterr().err) == (1, "error: no template in .\n")
    assert lint_files(["."], templates_only=True) == 0


def test_a_folder_with_hcl_only_says_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "main.tf").write_text('resource "aws_sns_topic" "x" {}\n', encoding="utf-8")
    expected = (
        "error: no template in .; HCL is not read; convert it to Terraform's JSON syntax, for "
        "example with hcl2json\n"
    )
    assert (lint_files(["."]), capsys.readouterr().err) == (1, expected)


@pytest.mark.parametrize(("templates_only", "terraform"), [(False, ("main.tf",)), (True, ())])
def test_hcl_is_a_source_if_it_is_named(
    folder: Path, *, templates_only: bool, terraform: tuple[str, ...]
) -> None:
    (folder / "main.tf").write_text("", encoding="utf-8")
    sources = find_sources(["main.tf"], templates_only=templates_only)
    assert (sources.templates, sources.terraform) == ((), terraform)


# ------------------------------------------------------------------------------------------- CDK


def _stack(**more: Any) -> dict[str, Any]:
    return {"type": "aws:cloudformation:stack", **more}


_METADATA = {"/App/Topic/Resource": [{"type": "aws:cdk:logicalId", "data": "Topic"}]}


def test_templates_of_a_cloud_assembly_and_their_constructs(folder: Path) -> None:
    of_template = {"Topic": {"Type": "AWS::SNS::Topic", "Metadata": {"aws:cdk:path": "Other/T"}}}
    _write(
        folder,
        manifest_json={
            "version": "40.0.0",
            "artifacts": {
                "App": _stack(properties={"templateFile": "App.template.json"}, metadata=_METADATA),
                "New": _stack(
                    properties={"templateFile": "New.template.json"},
                    additionalMetadataFile="New.metadata.json",
                ),
                "Own": _stack(properties={"templateFile": "Own.template.json"}),
                "Prod": {
                    "type": "cdk:cloud-assembly",
                    "properties": {"directoryName": "assembly-Prod"},
                },
                "App.assets": {"type": "cdk:asset-manifest"},
            },
        },
        **{
            "App.template_json": _TEMPLATE,
            "New.template_json": _TEMPLATE,
            "New.metadata_json": _METADATA,
            "Own.template_json": {"Resources": of_template},
            "AppNested.nested.template_json": _TEMPLATE,
            "App.assets_json": {"version": "40.0.0"},
            "assembly-Prod__manifest_json": {
                "version": "40.0.0",
                "artifacts": {"P": _stack(properties={"templateFile": "P.template.json"})},
            },
            "assembly-Prod__P.template_json": _TEMPLATE,
        },
    )
    topic = {"Topic": "App/Topic/Resource"}
    assert read_assembly(folder) == {
        f"{folder}/App.template.json": topic,
        f"{folder}/New.template.json": topic,
        f"{folder}/Own.template.json": {"Topic": "Other/T"},
        f"{folder}/assembly-Prod/P.template.json": {},
        f"{folder}/AppNested.nested.template.json": topic,
    }


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param({"name": "an app"}, id="the manifest of something else"),
        pytest.param([], id="no object"),
        pytest.param({"version": "1", "artifacts": {"A": _stack()}}, id="a stack without template"),
    ],
)
def test_a_folder_that_is_no_assembly_or_has_no_templates(folder: Path, manifest: Any) -> None:
    _write(folder, manifest_json=manifest)
    assert not read_assembly(folder)


def test_a_finding_names_the_construct(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": "AWS/Lambda",
            "MetricName": "Errors",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
        },
        "Metadata": {"aws:cdk:path": "App/Errors/Resource"},
    }
    _write(
        folder,
        manifest_json={
            "version": "40.0.0",
            "artifacts": {"App": _stack(properties={"templateFile": "App.template.json"})},
        },
        **{"App.template_json": {"Resources": {"Errors": alarm}}},
    )
    assert lint_files(["."]) == 2
    assert capsys.readouterr().out.splitlines()[0] == (
        "E9804 App/Errors/Resource: The alarm has no alarm action. Add a topic to AlarmActions."
    )
