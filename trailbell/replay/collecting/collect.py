"""
The hits of detections in files, folders and buckets, found by all processors.

In:    detections; paths of files, folders and S3 prefixes.
Out:   `Collected`: each hit once, and what else a replay needs to know of all records.
Never: a result that depends on the number of processes, or memory for records without hits.

::

    paths ─► shares ─► share_scan in each process ─► merged here

"""

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from itertools import chain

from trailbell.cloudtrail.arrivals import Arrivals
from trailbell.cloudtrail.day_folder import DaysToRead
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.scan import Totals, nothing_to_read
from trailbell.replay.collecting.buckets import OpenBucket, open_bucket
from trailbell.replay.collecting.processes import scan_in_processes
from trailbell.replay.collecting.read_hit import HitMembers
from trailbell.replay.collecting.share import Share, read_shares
from trailbell.replay.collecting.share_scan import ScanSettings, ShareResult, ShareScan
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected, Hit

SMALL_BYTES = 4 << 20
"""Compressed bytes up to which one process is faster: other processes have to start first."""


def ignore(records: int, files: int) -> None:
    """Report nothing."""


def collect(
    detections: Sequence[ReplayDetection],
    paths: Sequence[str],
    *,
    processes: int | None = None,
    since: int | None = None,
    until: int | None = None,
    accounts: Collection[str] = (),
    on_progress: Callable[[int, int], None] = ignore,
    open_bucket: OpenBucket = open_bucket,
) -> Collected:
    """
    Scan files, folders, ``s3://bucket/prefix`` and ``-`` with all detections.

    ``processes`` is the number of processes, by default that of processors; this process alone
    scans standard input and small input. ``since`` and ``until`` limit the times of events, in
    seconds since 1970; ``until`` is exclusive. ``accounts`` limits their accounts.
    ``records`` and ``files`` of the result count all that were read.

    ``on_progress`` is called now and then with the numbers of records and files read so far.

    ``open_bucket`` opens a bucket by its name, in each process; processes that are not copies of
    this one need a function that can be pickled.

    Raises `PreconditionError` and other errors of AWS for a bucket that cannot be read, and
    `WorkerError` if a process ends unexpectedly.
    """
    settings = ScanSettings(
        detections=tuple(detections),
        since=since,
        until=until,
        accounts=frozenset(accounts),
        open_bucket=open_bucket,
    )
    merger = _Merger(paths, on_progress)
    scan = cache(lambda: ShareScan(settings, merger.report))
    shares = read_shares(paths, DaysToRead(since, until), open_bucket)
    count = processor_count() if processes is None else processes
    first, has_more = _take_small(shares) if count > 1 else ([], False)
    if count > 1 and has_more:
        results = scan_in_processes(settings, scan, chain(first, shares), count, merger.start)
        for result in results:
            merger.add(result)
    else:
        merger.start()
        for share in chain(first, shares):
            merger.add(scan().scan(share))
    return merger.collected()


def processor_count() -> int:
    """The processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # which only Linux has
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _take_small(shares: Iterator[Share]) -> tuple[list[Share], bool]:
    """The first shares, and whether they are more than one process should scan."""
    first, weight = [], 0
    for share in shares:
        first.append(share)
        weight += share.weight
        if weight > SMALL_BYTES and len(first) > 1:
            return first, True
    return first, False


class _Merger:
    """What was found so far."""

    def __init__(self, paths: Sequence[str], on_progress: Callable[[int, int], None]) -> None:
        self._paths = paths
        self._on_progress = on_progress
        self._hits: dict[tuple[str, str], HitMembers] = {}
        self._hits_without_id: list[HitMembers] = []
        self._texts: dict[str, str] = {}
        self._uncertain: Counter[str] = Counter()
        self._errors: list[tuple[int, list[ReadError]]] = []
        self._totals = Totals()
        self._by_root: dict[int, Totals] = {}
        self._last_share: dict[int, int] = {}
        self._arrivals = Arrivals()
        self._duplicates = 0
        self._is_started = False

    def start(self) -> None:
        """Report progress from now on, which may be done by a thread."""
        self._is_started = True

    def report(self, running: Totals) -> None:
        """Report what was read, with a share that this process still scans."""
        totals = self._totals
        if self._is_started:
            self._on_progress(totals.records + running.records, totals.files + running.files)

    def add(self, result: ShareResult) -> None:
        """Add what a share contains. Shares may come in any order."""
        for hit in result.hits:
            self._add_hit(hit)
        self._uncertain.update(result.uncertain)
        if result.errors:
            self._errors.append((result.share.number, result.errors))
        for totals in (self._totals, self._by_root.setdefault(result.share.root, Totals())):
            totals.add(result.totals)
        last = self._last_share.get(result.share.root, 0)
        self._last_share[result.share.root] = max(last, result.share.number)
        self._arrivals.merge(result.minutes, result.times)
        self.report(Totals())

    def _add_hit(self, hit: HitMembers) -> None:
        # Each process sends texts of its own; without this, each hit would keep them.
        shared = tuple(self._texts.setdefault(m, m) if isinstance(m, str) else m for m in hit[3:])
        detection, time, event_id = hit[:3]
        members: HitMembers = (detection, time, event_id, *shared)  # type: ignore[assignment] # the same
        if not event_id:
            self._hits_without_id.append(members)
            return
        # Of two that differ, the same one is kept in whatever order they come.
        kept = self._hits.setdefault((detection, event_id), members)
        if kept is not members:
            self._duplicates += 1
            if members < kept:
                self._hits[detection, event_id] = members

    def collected(self) -> Collected:
        """Everything, in an order that does not depend on the processes."""
        hits = sorted(
            chain(self._hits.values(), self._hits_without_id), key=lambda hit: (hit[1], hit)
        )
        self._errors += self._empty_folders()
        totals, arrivals = self._totals, self._arrivals
        return Collected(
            hits=tuple(Hit(*members) for members in hits),
            duplicates=self._duplicates,
            arrivals={a: frozenset(minutes) for a, minutes in sorted(arrivals.minutes.items())},
            uncertain=dict(sorted(self._uncertain.items())),
            records=totals.records,
            files=totals.files,
            first=arrivals.first,
            last=arrivals.last,
            unreadable=tuple(
                error
                for _, errors in sorted(self._errors, key=lambda pair: pair[0])
                for error in errors
            ),
            left_out=totals.left_out,
            left_out_kinds=dict(sorted(totals.left_out_kinds.items())),
        )

    def _empty_folders(self) -> Iterator[tuple[int, list[ReadError]]]:
        for root, totals in self._by_root.items():
            if not totals.files and not totals.problems:
                error = nothing_to_read(self._paths[root], left_out=totals.left_out > 0)
                yield self._last_share[root], [error]
