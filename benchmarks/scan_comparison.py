"""
Compare scans with other tools on the same files: ``python -m benchmarks.scan_comparison``.

In:    generated files of 5 to 20 records, as CloudTrail delivers them, the same on every machine.
Out:   records per second, seconds of processor time, and peak memory of each.
Never: an assertion. The figures are for readers; machines differ.

Each row is a process of its own, started and measured from outside. Compared are

* isal alone: decompresses every file, and does nothing else;
* `trailbell.replay.collect` with the whole catalog, in one process and in two;
* the same with 25 patterns, which is what DuckDB gets;
* DuckDB: the 25 patterns as conditions of one query over ``read_json``, each compiled by
  `trailbell.pattern.targets.duckdb`, with two threads;
* jq: ``select(.eventName == "StopLogging")``, one comparison, of the output of ``zcat``.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb as duckdb_engine
from isal import igzip

from benchmarks.scan import PATTERNS, build_detections, write_files
from trailbell.catalog.detection import Timing
from trailbell.command.project import load_catalog
from trailbell.pattern.targets import duckdb
from trailbell.replay.collect import collect
from trailbell.replay.detection import ReplayDetection

RUNS = 3
_FILES_OF_A_CALL = 500
_SLOW = ("query_with_duckdb", "select_with_jq")
"""What reads a tenth of the files, so that the table is there within some minutes."""


@dataclass(frozen=True)
class Usage:
    """What a process and those that it started used: seconds, seconds, megabytes of the largest."""

    wall: float
    processor: float
    memory: float


def decompress(folder: str) -> None:
    """Decompress all files with isal."""
    for path in sorted(Path(folder).iterdir()):
        igzip.decompress(path.read_bytes())  # type: ignore[no-untyped-call] # has no types


def scan_catalog(folder: str, processes: str) -> None:
    """Collect the hits of all detections."""
    detections = [
        ReplayDetection(
            id=each.id,
            title=each.title,
            severity=str(each.severity),
            filter_pattern=each.filter_pattern,
            timing=each.timing,
        )
        for each in load_catalog()
    ]
    print(len(collect(detections, [folder], processes=int(processes)).hits))


def scan_patterns(folder: str, processes: str) -> None:
    """Collect the hits of the 25 patterns."""
    detections = [
        ReplayDetection(
            id=each.id,
            title=each.id,
            severity="low",
            filter_pattern=each.filter_pattern,
            timing=Timing(),
        )
        for each in build_detections()
    ]
    print(len(collect(detections, [folder], processes=int(processes)).hits))


def query_with_duckdb(folder: str, threads: str) -> None:
    """Count the hits of the 25 patterns in one query."""
    conditions = [duckdb.condition(each.filter_pattern.tree) for each in build_detections()]
    hits = " + ".join(f"coalesce(sum(({condition})::INT), 0)" for condition in conditions)
    with duckdb_engine.connect(config={"threads": threads}) as connection:
        row = connection.execute(  # conditions of our own patterns
            f"SELECT {hits} FROM (SELECT unnest(Records) AS record FROM "  # noqa: S608 # patterns of ours
            f"read_json('{folder}/*.json.gz', columns = {{'Records': 'JSON[]'}}))"
        ).fetchone()
    print(row)


def select_with_jq(folder: str) -> None:
    """Select one event name."""
    zcat, jq = shutil.which("zcat"), shutil.which("jq")
    assert zcat
    assert jq
    names = sorted(map(str, Path(folder).iterdir()))
    for start in range(0, len(names), _FILES_OF_A_CALL):
        batch = names[start : start + _FILES_OF_A_CALL]
        with subprocess.Popen([zcat, *batch], stdout=subprocess.PIPE) as unzipped:
            subprocess.run(
                [jq, "-c", '.Records[] | select(.eventName == "StopLogging")'],
                stdin=unzipped.stdout,
                stdout=subprocess.DEVNULL,
                check=True,
            )


def measure(function: str, *arguments: str) -> Usage:
    """Measure one function of this module in a process of its own."""
    program = (
        f"import sys; from benchmarks import scan_comparison as m; m.{function}(*sys.argv[1:])"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, function)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Usage(wall, processor, usage.ru_maxrss / 1024)


def median_usage(function: str, *arguments: str, runs: int = RUNS) -> Usage:
    """The medians of several runs."""
    measured = [measure(function, *arguments) for _ in range(runs)]
    return Usage(
        statistics.median(each.wall for each in measured),
        statistics.median(each.processor for each in measured),
        statistics.median(each.memory for each in measured),
    )


def _tools() -> dict[str, tuple[str, ...]]:
    tools: dict[str, tuple[str, ...]] = {
        "isal alone, one process": ("decompress",),
        "whole catalog, one process": ("scan_catalog", "1"),
        "whole catalog, two processes": ("scan_catalog", "2"),
        f"{len(PATTERNS)} patterns, one process": ("scan_patterns", "1"),
        f"{len(PATTERNS)} patterns, two processes": ("scan_patterns", "2"),
        f"DuckDB, {len(PATTERNS)} patterns, two threads": ("query_with_duckdb", "2"),
    }
    if shutil.which("jq") and shutil.which("zcat"):
        tools["jq, one event name"] = ("select_with_jq",)
    return tools


@click.command()
@click.option(
    "--records", "count", default=100_000, show_default=True, help="Number of records in files."
)
def main(count: int) -> None:
    """Compare scans with other tools on the same files, and print a table."""
    with tempfile.TemporaryDirectory() as work:
        folders = {size: Path(work, str(size)) for size in (count, count // 10, count // 100)}
        for size, folder in folders.items():
            folder.mkdir()
            write_files(folder, size)
        click.echo(f"{count:,} records in files of 5 to 20, medians of {RUNS} runs")
        for name, (function, *options) in _tools().items():
            large = count // 10 if function in _SLOW else count
            small = large // 10
            usage = median_usage(function, str(folders[large]), *options)
            # What a process needs besides the records, such as to start.
            base = median_usage(function, str(folders[small]), *options)
            wall = max(usage.wall - base.wall, 1e-9)
            processor = max(usage.processor - base.processor, 1e-9)
            click.echo(
                f"  {name:36} {(large - small) / wall:11,.0f} records/s"
                f" {(large - small) / processor:11,.0f} per processor-s"
                f" {usage.memory:7,.0f} MB  {usage.wall:6.2f} s in all"
            )


if __name__ == "__main__":
    main()
