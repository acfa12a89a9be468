"""A build as people and machines read it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from trailbell import __version__
from trailbell.build import report
from trailbell.build.build import BuildResult
from trailbell.catalog.pack import Pack
from trailbell.compiler.compile import CompiledStack
from trailbell.compiler.stack import Piece, Stack, assemble
from trailbell.errors import ContentError
from trailbell.source_location import SourceLocation
from trailbell.validate.finding import Finding, Level
from trailbell.validate.quota import Quota
from trailbell.validate.result import ValidationResult
from trailbell.validate.suppression import Suppression


def _validated(name: str, *findings: Finding, quotas: tuple[Quota, ...] = ()) -> ValidationResult:
    stack = Stack(name=name, summary="s", template=lambda _: assemble("d", Piece()))
    document: dict[str, Any] = {"Resources": {"A": {}, "B": {}}}
    made = CompiledStack(stack=stack, document=document, json="", yaml="", source_lines={})
    return ValidationResult(compiled=made, findings=findings, quotas=quotas, seconds=0.12345)


_PLACED = Finding(
    stack="trail",
    rule="E9809",
    name="bucket-without-public-access-block",
    level=Level.ERROR,
    message="does not set é to true",
    path=("Resources", "LogBucket", "Properties", "Rules", 0, "Id"),
    source_location=SourceLocation("stacks/pieces/trail.py", 144),
    url="https://docs.aws.amazon.com/s3",
)
_NOWHERE = Finding(
    stack="trail", rule="I1022", name="Use Sub", level=Level.INFORMATION, message="Prefer Fn::Sub"
)
_BARE = ContentError("stacks/mine.py:3", "stack mine: ValueError: no", "fix this line")
_FOLDER = ContentError("detections/", "the catalog is empty", "write one")
_QUOTAS = (Quota("bytes of JSON", 25_600, 51_200), Quota("resources", 1, 500, ("Resources",)))

_CLEAN = BuildResult((_validated("alerts", quotas=_QUOTAS),), (), ("us-east-1", "eu-west-1"))
_BAD = BuildResult((_validated("trail", _PLACED, _NOWHERE),), (_BARE, _FOLDER), ("us-east-1",))


@pytest.mark.parametrize(
    ("build", "text"),
    [
        pytest.param(_CLEAN, [], id="nothing is wrong"),
        pytest.param(
            _BAD,
            [
                "information I1022 Use Sub\n  trail: the template: Prefer Fn::Sub",
                (
                    "stacks/pieces/trail.py:144: error E9809 bucket-without-public-access-block\n"
                    "  trail: LogBucket.Rules.0.Id: does not set é to true"
                ),
                "stacks/mine.py:3: stack mine: ValueError: no; fix this line",
                "detections/: the catalog is empty; write one",
            ],
            id="what is worst comes last",
        ),
    ],
)
def test_paragraphs(build: BuildResult, text: list[str]) -> None:
    assert [told for _, told in report.paragraphs(build)] == text


def test_json_of_a_clean_build() -> None:
    assert json.loads(report.to_json(_CLEAN)) == {
        "regions": ["us-east-1", "eu-west-1"],
        "stacks": [
            {
                "name": "alerts",
                "resources": 2,
                "seconds": 0.123,
                "quotas": [
                    {"name": "bytes of JSON", "used": 25_600, "limit": 51_200},
                    {"name": "resources", "used": 1, "limit": 500},
                ],
            }
        ],
        "findings": [],
        "notes": [],
        "ignored": [],
        "suppressions": [],
    }


def test_json_of_findings() -> None:
    unusable = {
        "stack": "",
        "rule": "T0000",
        "name": "content-unusable",
        "level": "error",
        "path": [],
        "url": "",
    }
    assert json.loads(report.to_json(_BAD))["findings"] == [
        unusable
        | {
            "message": "stack mine: ValueError: no; fix this line",
            "file": "stacks/mine.py",
            "line": 3,
        },
        unusable | {"message": "the catalog is empty; write one", "file": "detections/", "line": 1},
        {
            "stack": "trail",
            "rule": "E9809",
            "name": "bucket-without-public-access-block",
            "level": "error",
            "message": "does not set é to true",
            "path": ["Resources", "LogBucket", "Properties", "Rules", 0, "Id"],
            "url": "https://docs.aws.amazon.com/s3",
            "file": "stacks/pieces/trail.py",
            "line": 144,
        },
        {
            "stack": "trail",
            "rule": "I1022",
            "name": "Use Sub",
            "level": "information",
            "message": "Prefer Fn::Sub",
            "path": [],
            "url": "",
        },
    ]


def _result(rule: str, level: str, text: str, file: str, line: int, where: str) -> object:
    place = {"artifactLocation": {"uri": file}, "region": {"startLine": line}}
    logical = [{"fullyQualifiedName": where}] if where else []
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": text},
        "locations": [
            {"physicalLocation": place} | ({"logicalLocations": logical} if logical else {})
        ],
    }


def test_sarif() -> None:
    """As https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html wants it."""
    assert json.loads(report.to_sarif(_BAD)) == {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "trailbell",
                        "version": __version__,
                        "rules": [
                            {
                                "id": "E9809",
                                "name": "bucket-without-public-access-block",
                                "shortDescription": {"text": "bucket-without-public-access-block"},
                                "helpUri": "https://docs.aws.amazon.com/s3",
                            },
                            {
                                "id": "I1022",
                                "name": "Use Sub",
                                "shortDescription": {"text": "Use Sub"},
                            },
                            {
                                "id": "T0000",
                                "name": "content-unusable",
                                "shortDescription": {"text": "content-unusable"},
                            },
                        ],
                    }
                },
                "results": [
                    _result(
                        "T0000",
                        "error",
                        "stack mine: ValueError: no; fix this line",
                        "stacks/mine.py",
                        3,
                        "",
                    ),
                    _result(
                        "T0000", "error", "the catalog is empty; write one", "detections/", 1, ""
                    ),
                    _result(
                        "E9809",
                        "error",
                        "trail: LogBucket.Rules.0.Id: does not set é to true",
                        "stacks/pieces/trail.py",
                        144,
                        "trail: LogBucket.Rules.0.Id",
                    ),
                    _result(
                        "I1022",
                        "note",
                        "trail: the template: Prefer Fn::Sub",
                        "build.py",
                        1,
                        "trail: the template",
                    ),
                ],
            }
        ],
    }


_ALLOWED = replace(_NOWHERE, level=Level.WARNING, ignored="a macro reads it")
_IGNORING = BuildResult(
    (
        replace(
            _validated("trail", _ALLOWED, _ALLOWED),
            suppressions=(
                Suppression(("W2001",), "ours", ("Resources", "A", "Metadata", "cfn-lint")),
                Suppression(("E1", "E2"), "", ("Metadata", "cfn-lint")),
            ),
        ),
    ),
    (),
    ("us-east-1",),
    {"I1022": "a macro reads it", "W2001": "nothing here"},
)


def test_what_is_ignored_is_listed_with_its_reason() -> None:
    told = [*report.paragraphs(_IGNORING)], [*report.suppressed_lines(_IGNORING)]
    assert (_IGNORING.succeeded, *told) == (
        True,
        [],
        [
            "ignored: I1022 in trailbell.toml (a macro reads it): 2 findings",
            "ignored: W2001 in trailbell.toml (nothing here): 0 findings",
            "ignored: W2001 in trail: A.Metadata.cfn-lint (ours)",
            "ignored: E1, E2 in trail: Metadata.cfn-lint (no reason given)",
        ],
    )


def test_machines_are_told_what_is_ignored_and_why() -> None:
    told = json.loads(report.to_json(_IGNORING))
    (run,) = json.loads(report.to_sarif(_IGNORING))["runs"]
    assert (told["findings"], [one["reason"] for one in told["ignored"]]) == (
        [],
        ["a macro reads it"] * 2,
    )
    assert told["suppressions"] == [
        {
            "stack": "trail",
            "rules": ["W2001"],
            "reason": "ours",
            "path": ["Resources", "A", "Metadata", "cfn-lint"],
        },
        {
            "stack": "trail",
            "rules": ["E1", "E2"],
            "reason": "",
            "path": ["Metadata", "cfn-lint"],
        },
    ]
    suppressed = [{"kind": "external", "justification": "a macro reads it"}]
    assert [result["suppressions"] for result in run["results"]] == [suppressed] * 2


_WARNING = replace(_NOWHERE, level=Level.WARNING)


@pytest.mark.parametrize(
    ("build", "succeeded", "text"),
    [
        pytest.param(_CLEAN, True, "", id="nothing"),
        pytest.param(BuildResult((_validated("a", _NOWHERE),), (), ()), True, "", id="information"),
        pytest.param(_IGNORING, True, "", id="warnings that are ignored"),
        pytest.param(
            BuildResult((_validated("a", _WARNING),), (), ()), False, "1 warning", id="a warning"
        ),
        pytest.param(_BAD, False, "3 errors", id="an error, and content that is unusable"),
        pytest.param(
            BuildResult((_validated("a", _WARNING, _PLACED), _validated("b", _WARNING)), (), ()),
            False,
            "1 error and 2 warnings",
            id="both, in two stacks",
        ),
    ],
)
def test_what_fails_a_build(build: BuildResult, *, succeeded: bool, text: str) -> None:
    assert (build.succeeded, report.count_text(build)) == (succeeded, text)


def test_sarif_of_a_successful_build_has_no_result() -> None:
    (run,) = json.loads(report.to_sarif(_CLEAN))["runs"]
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


def test_quotas_of_which_at_least_five_percent_are_used() -> None:
    build = BuildResult((_validated("alerts", quotas=_QUOTAS), _validated("trail")), (), ())
    assert [*report.quota_lines(build)] == [
        "alerts: bytes of JSON 50%",
        "trail: under 5% of every quota",
    ]


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ((), "trail: the template"),
        (("Resources",), "trail: the template"),
        (("Resources", "Bucket"), "trail: Bucket"),
        (("Resources", "Bucket", "DeletionPolicy"), "trail: Bucket.DeletionPolicy"),
        (("Resources", "Bucket", "Properties"), "trail: Bucket"),
        (("Resources", "Bucket", "Properties", "Rules", 0), "trail: Bucket.Rules.0"),
        (("Parameters", "Name"), "trail: Parameters.Name"),
        (("Outputs", "Arn", "Value"), "trail: Outputs.Arn.Value"),
    ],
)
def test_where_a_finding_is(path: tuple[str | int, ...], where: str) -> None:
    finding = Finding(stack="trail", rule="E1", name="n", level=Level.ERROR, message="m", path=path)
    assert finding.template_location == where


def _with_filters(name: str, pack: str, *patterns: str) -> ValidationResult:
    result = _validated(name)
    resources = {
        f"F{number}": {"Type": "AWS::Logs::MetricFilter", "Properties": {"FilterPattern": pattern}}
        for number, pattern in enumerate(patterns)
    }
    compiled = result.compiled
    stack = replace(compiled.stack, pack=Pack(name=pack, title=pack, order=1))
    others = {"Fn::ForEach::L": ["X", ["a"], {}], "W": {"Type": "AWS::Logs::MetricFilter"}}
    document = compiled.document | {"Resources": resources | others}
    return replace(result, compiled=replace(compiled, stack=stack, document=document))


@pytest.mark.parametrize(
    ("results", "line"),
    [
        pytest.param([_with_filters("a", "one", *["{ $.a = b }"] * 3)], "4 of 100", id="one pack"),
        pytest.param(
            [
                _with_filters("a", "one", *["{ $.a = b }"] * 3),
                _with_filters("b", "one", *["{ $.a = b }"] * 3),
                _with_filters("c", "two", "{ $.a = %b% }"),
            ],
            "6 of 100 metric filters, 1 of 5 with regular expressions",
            id="two stacks of a pack, of which one is deployed",
        ),
        pytest.param(
            [_with_filters("a", "one", *["{ $.a = b }"] * 101)],
            "this is too many: deploy fewer packs, or exclude less",
            id="too many filters",
        ),
        pytest.param(
            [_with_filters("a", "one", *["{ $.a = %b% }"] * 6)],
            "this is too many: deploy fewer packs, or exclude less",
            id="too many regular expressions",
        ),
    ],
)
def test_the_filters_of_all_packs_on_one_log_group(
    results: list[ValidationResult], line: str
) -> None:
    *_, last = report.quota_lines(BuildResult(tuple(results), (), ()))
    assert last.startswith("log group with all packs: ")
    assert line in last
