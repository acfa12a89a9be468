"""
Measure how long a build takes: ``python -m benchmarks.build``.

A cold build is compared with plain cfn-lint on the same files in the same Regions, for this
project and for a copy with 100 more stacks of 39 resources each. The other figures are absolute.
All are medians of whole processes that alternate.
"""

import itertools
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import PROJECT
from benchmarks.timing import measure, measure_alternating
from trailbell.validate.linting import cores
from trailbell.validate.regions import DEFAULT

RUNS = 7
LARGE_RUNS = 3
EXTRA_STACKS = 100

# 19 metric filters, their alarms and a topic. {number} differs between stacks, {revision} between
# builds.
_STACK = """\
from troposphere import Ref, Template, cloudwatch, logs, sns

from trailbell.compiler.stack import Stack


def template(catalog):
    template = Template(Description="Stack {number}, {revision}")
    template.add_resource(sns.Topic("Topic", DisplayName="Alarms {number}"))
    for index in range(19):
        name = f"Errors{{index}}"
        template.add_resource(
            logs.MetricFilter(
                f"Filter{{index}}",
                LogGroupName="application-{number}",
                FilterPattern=f'{{{{ ($.service = "s{{index}}") && ($.status = 500) }}}}',
                MetricTransformations=[
                    logs.MetricTransformation(
                        MetricNamespace="Stack{number}", MetricName=name, MetricValue="1"
                    )
                ],
            )
        )
        template.add_resource(
            cloudwatch.Alarm(
                f"Alarm{{index}}",
                Namespace="Stack{number}",
                MetricName=name,
                Statistic="Sum",
                Period=300,
                EvaluationPeriods=1,
                Threshold=1,
                ComparisonOperator="GreaterThanOrEqualToThreshold",
                AlarmActions=[Ref("Topic")],
            )
        )
    return template


STACK = Stack(name="many-{number}", summary="One of many", template=template)
"""


def _lint_command(folder: Path) -> list[str]:
    """The command that runs plain cfn-lint on every template in a folder."""
    files = sorted(str(p) for p in folder.glob("*.[jy]*") if p.stem != "manifest")
    return [str(Path(sys.executable).parent / "cfn-lint"), "--regions", *DEFAULT, "--", *files]


@contextmanager
def _large_project(work: Path) -> Iterator[tuple[list[str], Path]]:
    """Copy the project and add stacks. Yields the command that builds the copy, and its folder."""
    root = work / "project"
    for part in ("trailbell", "detections", "policies", "stacks"):
        shutil.copytree(PROJECT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "build.py", root)
    for number in range(EXTRA_STACKS):
        _write_stack(root, number, "new")
    yield [sys.executable, str(root / "build.py"), "build"], root


def _write_stack(root: Path, number: int, revision: str) -> None:
    text = _STACK.format(number=number, revision=revision)
    (root / "stacks" / f"many_{number}.py").write_text(text)


def _show(medians: dict[str, float], cold: str, plain: str) -> None:
    for name, median in medians.items():
        print(f"{name:<44}{median:6.2f} s")
    print(f"{cold} / {plain}: {medians[cold] / medians[plain]:.2f}")


def main() -> None:
    """Measure, and print the medians."""
    print(f"{cores()} cores, Python {sys.version.split()[0]}")
    build = [sys.executable, str(PROJECT / "build.py")]
    with tempfile.TemporaryDirectory() as work:
        env = os.environ | {"XDG_CACHE_HOME": str(Path(work, "cache"))}
        medians = measure_alternating(
            {
                "cold build": [*build, "build", "--no-cache"],
                "plain cfn-lint": _lint_command(PROJECT / "dist"),
                "rebuild, nothing changed": [*build, "build"],
                "--help": [*build, "--help"],
            },
            RUNS,
            env,
        )
        _show(medians, "cold build", "plain cfn-lint")
        with _large_project(Path(work)) as (large, root):
            measure(large, env)
            cold = f"cold build, {EXTRA_STACKS} more stacks"
            plain = f"plain cfn-lint, {EXTRA_STACKS} more stacks"
            commands = {cold: [*large, "--no-cache"], plain: _lint_command(root / "dist")}
            medians = measure_alternating(commands, LARGE_RUNS, env)
            durations = []
            for run, number in enumerate(itertools.islice(itertools.cycle((9, 50, 90)), RUNS)):
                _write_stack(root, number, f"changed in run {run}")
                durations.append(measure(large, env))
            rebuild = f"rebuild, one of {EXTRA_STACKS} changed"
            medians[rebuild] = statistics.median(durations)
            _show(medians, cold, plain)


if __name__ == "__main__":
    main()
