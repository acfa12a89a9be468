"""The findings of cfn-lint in this process, of our rules, and of quotas."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from troposphere import Join, Ref, Template, cloudwatch, iam, s3, sns

from tests import PROJECT
from trailbell import cache
from trailbell.catalog.detection import Catalog
from trailbell.compiler import provenance
from trailbell.compiler.compile import CompiledStack, compile_stack
from trailbell.compiler.stack import Piece, Stack, assemble
from trailbell.source_location import SourceLocation
from trailbell.validate.finding import Finding, Level
from trailbell.validate.lint import RULES, Linter
from trailbell.validate.linting import Linting
from trailbell.validate.result import Validation, ValidationResult

pytestmark = pytest.mark.slow

_REGIONS = ("us-east-1",)
_ALARM = cloudwatch.CompositeAlarm("Alarm", AlarmRule="FALSE", AlarmActions=[Ref("Topic")])
_NO_ACTION = "The alarm has no alarm action. Add a topic to AlarmActions."
_MANAGED = (
    "CloudWatch cannot publish to a topic that uses the AWS managed key alias/aws/sns. Use a "
    "customer managed key whose policy allows the service to use it."
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.folder.cache_clear()
    yield cache.folder()
    cache.folder.cache_clear()


@pytest.fixture(scope="module")
def linter() -> Linter:
    return Linter(_REGIONS)


def _compiled(
    build: Callable[[], tuple[Any, ...]], name: str = "mine", *, without_bucket: bool = True
) -> CompiledStack:
    def template(_: Catalog) -> Template:
        return assemble("A template", Piece(resources=build()))

    with provenance.record_locations():
        stack = Stack(name=name, summary="s", template=template, without_bucket=without_bucket)
        return compile_stack(stack, Catalog(()))


def _findings(linter: Linter, build: Callable[[], tuple[Any, ...]]) -> list[Finding]:
    compiled = _compiled(build)
    return list(linter.findings("mine", compiled.document, compiled.yaml))


def _validate(
    *templates: CompiledStack, use_cache: bool = True, ignore: Mapping[str, str] | None = None
) -> list[ValidationResult]:
    with Linting(_REGIONS, 1) as linting:
        validation = Validation(linting, ignore or {}, use_cache=use_cache)
        for template in templates:
            validation.begin(template)
        return [*validation.results()]


def _finding(rule: str, name: str, message: str, *path: str | int, url: str) -> Finding:
    level = {"E": Level.ERROR, "W": Level.WARNING, "I": Level.INFORMATION}[rule[0]]
    return Finding(
        stack="mine", rule=rule, name=name, level=level, message=message, path=path, url=url
    )


def test_a_correct_template_has_no_finding(linter: Linter) -> None:
    assert _findings(linter, lambda: (sns.Topic("Topic", DisplayName="x"),)) == []


def test_a_rule_of_ours_finds_what_is_wrong(linter: Linter) -> None:
    found = _findings(linter, lambda: (sns.Topic("Topic", KmsMasterKeyId="alias/aws/sns"), _ALARM))
    assert found == [
        _finding(
            "E9806",
            "topic-with-aws-managed-key",
            _MANAGED,
            *("Resources", "Topic", "Properties", "KmsMasterKeyId"),
            url="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
        )
    ]


def test_a_rule_of_cfn_lint_finds_what_is_wrong(linter: Linter) -> None:
    found = _findings(linter, lambda: (sns.Topic("Topic", DisplayName=Ref("Nowhere")),))
    assert [(f.rule, f.level, f.path) for f in found] == [
        ("E1020", Level.ERROR, ("Resources", "Topic", "Properties", "DisplayName", "Ref"))
    ]


def test_information_is_a_finding_too(linter: Linter) -> None:
    name = Join("", ["alerts-", Ref("AWS::Region")])
    found = _findings(linter, lambda: (sns.Topic("Topic", DisplayName=name),))
    assert [(finding.rule, finding.level) for finding in found] == [("I1022", Level.INFORMATION)]


def test_a_yaml_that_differs_from_the_json_is_one_finding(linter: Linter) -> None:
    compiled = _compiled(lambda: (sns.Topic("Topic"),))
    other = compiled.yaml.replace("Topic:", "Other:")
    assert linter.findings("mine", compiled.document, other) == (
        Finding(
            stack="mine",
            rule="T0001",
            name="formats-differ",
            level=Level.ERROR,
            message=(
                "The YAML and the JSON of the template differ. A value cannot be written as YAML."
            ),
        ),
    )


def test_a_cfnlintrc_does_not_change_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".cfnlintrc").write_text("ignore_checks: [E9806]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    found = _findings(
        Linter(_REGIONS), lambda: (sns.Topic("Topic", KmsMasterKeyId="alias/aws/sns"), _ALARM)
    )
    assert [finding.rule for finding in found] == ["E9806"]


def test_a_cfnlintrc_that_is_not_valid_does_not_fail_a_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".cfnlintrc").write_text("rubbish: [\n")
    monkeypatch.chdir(tmp_path)
    assert _findings(Linter(_REGIONS), lambda: (sns.Topic("Topic"),)) == []


def test_a_verdict_names_the_line_that_built_the_finding() -> None:
    def build() -> tuple[Any, ...]:
        return (
            s3.Bucket(
                "Bucket",
                DeletionPolicy="Retain",
                UpdateReplacePolicy="Retain",
                PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
                    BlockPublicAcls=False
                ),
            ),
        )

    found = _validate(_compiled(build), use_cache=False)
    line = build.__code__.co_firstlineno + 2
    locations = {
        finding.rule: finding.source_location for result in found for finding in result.findings
    }
    file = Path(__file__).relative_to(PROJECT).as_posix()
    assert locations == {
        "E9809": SourceLocation(file, line + 4),
        "E9810": SourceLocation(file, line),
    }


def test_findings_from_the_cache_have_current_lines() -> None:
    def build() -> tuple[Any, ...]:
        return (sns.Topic("Topic", KmsMasterKeyId="alias/aws/sns"), _ALARM)

    def moved() -> tuple[Any, ...]:
        return (sns.Topic("Topic", KmsMasterKeyId="alias/aws/sns"), _ALARM)

    first, second = (_validate(_compiled(function)) for function in (build, moved))
    lines = [
        v.findings[0].source_location.line
        for v in (*first, *second)
        if v.findings[0].source_location
    ]
    assert lines[1] - lines[0] == 3


def test_the_cache_is_not_read_if_it_is_disabled(folder: Path) -> None:
    compiled = _compiled(lambda: (sns.Topic("Topic"),))
    wrong = (_finding("E0000", "kept", "by hand", url=""),)
    key = cache.validation_key(("mine", compiled.json, compiled.yaml), _REGIONS)
    cache.store(key, [asdict(finding) for finding in wrong])
    assert [path.suffix for path in folder.iterdir()] == [".json"]
    found = {
        use_cache: [
            finding.rule
            for result in _validate(compiled, use_cache=use_cache)
            for finding in result.findings
        ]
        for use_cache in (True, False)
    }
    assert found == {True: ["E0000"], False: []}


@pytest.mark.parametrize(
    "value", [5, None, {}, [5], [{"path": []}], [{"path": [], "level": "odd"}]]
)
def test_a_result_of_another_shape_is_computed_again(value: Any) -> None:
    compiled = _compiled(lambda: (s3.Bucket("B"),))
    expected = [finding.rule for finding in _validate(compiled, use_cache=False)[0].findings]
    cache.store(cache.validation_key(("mine", compiled.json, compiled.yaml), _REGIONS), value)
    assert [finding.rule for finding in _validate(compiled)[0].findings] == expected != []


def test_an_exceeded_quota_is_a_finding() -> None:
    def build() -> tuple[Any, ...]:
        return tuple(sns.Topic(f"Topic{number}", DisplayName="x" * 90) for number in range(400))

    compiled = _compiled(build)
    cache.store(cache.validation_key(("mine", compiled.json, compiled.yaml), _REGIONS), [])
    (result,) = _validate(compiled)
    url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
    )
    sizes = {"JSON": len(compiled.json.encode()), "YAML": len(compiled.yaml.encode())}
    assert {finding.message for finding in result.findings} == {
        f"The template has {size:,} bytes of {kind}; the quota is 51,200."
        for kind, size in sizes.items()
    }
    assert {(f.rule, f.name, f.level, f.url) for f in result.findings} == {
        ("T0002", "quota", Level.ERROR, url)
    }


def test_a_large_template_that_needs_a_bucket_is_information() -> None:
    def build() -> tuple[Any, ...]:
        return tuple(sns.Topic(f"Topic{number}", DisplayName="x" * 90) for number in range(400))

    compiled = _compiled(build, without_bucket=False)
    cache.store(cache.validation_key(("mine", compiled.json, compiled.yaml), _REGIONS), [])
    (result,) = _validate(compiled)
    size = max(len(compiled.json.encode()), len(compiled.yaml.encode()))
    assert [(f.rule, f.level, f.fails_build, f.message) for f in result.findings] == [
        (
            "T0004",
            Level.INFORMATION,
            False,
            (
                f"The template has {size:,} bytes. CloudFormation reads more than 51,200 only from "
                "an S3 bucket: use trailbell deploy --template-bucket, or aws cloudformation "
                "deploy --s3-bucket."
            ),
        )
    ]
    limits = {quota.limit for quota in result.quotas if quota.name.startswith("bytes of ")}
    assert limits == {1_000_000, 1_024}


def test_a_template_of_more_than_one_megabyte_is_an_error() -> None:
    def build() -> tuple[Any, ...]:
        return tuple(sns.Topic(f"T{number}", DisplayName="x" * 2_600) for number in range(400))

    compiled = _compiled(build, without_bucket=False)
    cache.store(cache.validation_key(("mine", compiled.json, compiled.yaml), _REGIONS), [])
    (result,) = _validate(compiled)
    assert {(f.rule, f.level) for f in result.findings if f.fails_build} == {("T0002", Level.ERROR)}


def _statements(characters: int) -> list[Any]:
    one = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "x" * 100}}
    return [one] * (characters // len(json.dumps(one, separators=(",", ":"))))


@pytest.mark.parametrize(
    ("build", "rule", "level", "message"),
    [
        pytest.param(
            lambda: iam.Role(
                "R", AssumeRolePolicyDocument={"Version": "x", "Statement": _statements(3_000)}
            ),
            "T0003",
            Level.WARNING,
            (
                "characters of trust policy; the quota is 2,048, unless AWS raised it for your "
                "account."
            ),
            id="a quota that AWS raises is a warning",
        ),
        pytest.param(
            lambda: iam.Role(
                "R", AssumeRolePolicyDocument={"Version": "x", "Statement": _statements(9_000)}
            ),
            "T0002",
            Level.ERROR,
            "characters of trust policy; the quota is 2,048.",
            id="beyond what AWS raises it to is an error",
        ),
        pytest.param(
            lambda: iam.ManagedPolicy(
                "R", PolicyDocument={"Version": "x", "Statement": _statements(7_000)}
            ),
            "T0002",
            Level.ERROR,
            "characters of managed policy; the quota is 6,144.",
            id="any other is an error",
        ),
    ],
)
def test_a_policy_that_is_too_long(
    build: Callable[[], Any], rule: str, level: Level, message: str
) -> None:
    compiled = _compiled(lambda: (build(),))
    cache.store(cache.validation_key(("mine", compiled.json, compiled.yaml), _REGIONS), [])
    ((found,),) = [result.findings for result in _validate(compiled)]
    assert (found.rule, found.level, found.path[:2]) == (rule, level, ("Resources", "R"))
    assert found.message.split(" ", 4)[4] == message


def test_a_suppression_without_a_reason_is_a_warning() -> None:
    silent = {"cfn-lint": {"config": {"ignore_checks": ["E9806"]}}}

    def build() -> tuple[Any, ...]:
        return (sns.Topic("Topic", KmsMasterKeyId="alias/aws/sns", Metadata=silent), _ALARM)

    (result,) = _validate(_compiled(build))
    assert [(f.rule, f.level, f.path) for f in result.findings] == [
        ("T0005", Level.WARNING, ("Resources", "Topic", "Metadata", "cfn-lint"))
    ]


def test_an_ignored_finding_does_not_fail_the_build() -> None:
    topic = _compiled(lambda: (sns.Topic("Topic", KmsMasterKeyId="alias/aws/sns"), _ALARM))
    (result,) = _validate(topic, ignore={"E9806": "no alarm publishes to it"})
    assert [(f.rule, f.ignored, f.fails_build) for f in result.findings] == [
        ("E9806", "no alarm publishes to it", False)
    ]


def test_plain_cfn_lint_runs_our_rules(tmp_path: Path) -> None:
    template = tmp_path / "bad.yaml"
    template.write_text(
        "Resources:\n"
        "  Topic:\n"
        "    Type: AWS::SNS::Topic\n"
        "    Properties:\n"
        "      KmsMasterKeyId: alias/aws/sns\n"
        "  Alarm:\n"
        "    Type: AWS::CloudWatch::Alarm\n"
        "    Properties:\n"
        "      Namespace: AWS/SNS\n"
        "      MetricName: NumberOfNotificationsFailed\n"
        "      ComparisonOperator: GreaterThanThreshold\n"
        "      EvaluationPeriods: 1\n"
        "      OKActions: [!Ref Topic]\n"
    )
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("cfn-lint"), "--append-rules", str(RULES)),
            *("--format", "parseable", "-t", str(template)),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        check=False,
    )
    assert (done.returncode, sorted(done.stdout.splitlines()), done.stderr) == (
        2,
        [
            f"{template}:5:7:5:21:E9806:{_MANAGED}",
            f"{template}:8:5:8:15:E9804:{_NO_ACTION}",
        ],
        "",
    )
