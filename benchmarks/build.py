"""
How long a build takes: ``python -m benchmarks.build``.

Cold is compared with plain cfn-lint over the same files in the same Regions, for this project and
for one with 100 more stacks of 39 resources; the rest is absolute. Medians of whole processes that
take turns.
"""

import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.timing import interleaved, seconds
from trailbell.source_location import PROJECT
from trailbell.validate.linting import cores
from trailbell.validate.regions import DEFAULT

RUNS = 7
LARGE_RUNS = 3
MANY = 100

# 19 filters, their alarms and a topic; {number} differs between stacks, {touched} between builds.
_STACK = """\
from troposphere import Ref, Template, cloudwatch, logs, sns

from trailbell.compiler.stack import Stack


def template(catalogue):
    made = Template(Description="Stack {number}, {touched}")
    made.add_resource(sns.Topic("Topic", DisplayName="Alarms {number}"))
    for each in range(19):
        name = f"Errors{{each}}"
        made.add_resource(
            logs.MetricFilter(
                f"Filter{{each}}",
                LogGroupName="application-{number}",
                FilterPattern=f'{{{{ ($.service = "s{{each}}") && ($.status = 500) }}}}',
                MetricTransformations=[
                    logs.MetricTransformation(
                        MetricNamespace="Stack{number}", MetricName=name, MetricValue="1"
                    )
                ],
            )
        )
        made.add_resource(
            cloudwatch.Alarm(
                f"Alarm{{each}}",
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
    return made


STACK = Stack(name="many-{number}", summary="One of many", template=template)
"""


def _lint(folder: Path) -> list[str]:
    """Plain cfn-lint over every template in a folder."""
    files = sorted(str(p) for p in folder.glob("*.[jy]*") if p.stem != "manifest")
    return [str(Path(sys.executable).parent / "cfn-lint"), "--regions", *DEFAULT, "--", *files]


@contextmanager
def _large(work: Path) -> Iterator[tuple[list[str], Path]]:
    """The command that builds a copy of the project with many more stacks, and the copy."""
    root = work / "project"
    for part in ("trailbell", "detections", "policies", "stacks"):
        shutil.copytree(PROJECT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "build.py", root)
    for number in range(MANY):
        _touch(root, number, "new")
    yield [sys.executable, str(root / "build.py"), "build"], root


def _touch(root: Path, number: int, touched: str) -> None:
    text = _STACK.format(number=number, touched=touched)
    (root / "stacks" / f"many_{number}.py").write_text(text)


def _show(medians: dict[str, float], cold: str, plain: str) -> None:
    for name, median in medians.items():
        print(f"{name:<44}{median:6.2f} s")
    print(f"{cold} / {plain}: {medians[cold] / medians[plain]:.2f}")


def main() -> None:
    print(f"{cores()} cores, Python {sys.version.split()[0]}")
    build = [sys.executable, str(PROJECT / "build.py")]
    with tempfile.TemporaryDirectory() as work:
        env = os.environ | {"XDG_CACHE_HOME": str(Path(work, "cache"))}
        medians = interleaved(
            {
                "cold build": [*build, "build", "--no-cache"],
                "plain cfn-lint": _lint(PROJECT / "dist"),
                "rebuild, nothing changed": [*build, "build"],
                "--help": [*build, "--help"],
            },
            RUNS,
            env,
        )
        _show(medians, "cold build", "plain cfn-lint")
        with _large(Path(work)) as (large, root):
            seconds(large, env)
            cold, plain = f"cold build, {MANY} more stacks", f"plain cfn-lint, {MANY} more stacks"
            commands = {cold: [*large, "--no-cache"], plain: _lint(root / "dist")}
            medians = interleaved(commands, LARGE_RUNS, env)
            taken = []
            for run, number in enumerate(itertools.islice(itertools.cycle((9, 50, 90)), RUNS)):
                _touch(root, number, f"touched in run {run}")
                taken.append(seconds(large, env))
            medians[f"rebuild, one of {MANY} touched"] = sorted(taken)[len(taken) // 2]
            _show(medians, cold, plain)


if __name__ == "__main__":
    main()
