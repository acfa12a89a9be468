"""
The hits of detections in files.

In:    detections; paths of files and folders.
Out:   `Collected`: each hit once, and what else a replay needs to know of all records.
Never: a hit that is lost silently. One without a readable time is named with the unreadable.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.scan import Scanner
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected, Hit
from trailbell.replay.read_hit import read_hit


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
) -> Collected:
    """
    Scan files, folders and ``-`` with all detections.

    ``since`` and ``until`` limit the times of events, in seconds since 1970; ``until`` is
    exclusive. ``accounts`` limits the accounts of hits. ``on_progress`` is called now and then with
    the numbers of records and files read so far.
    """
    scanner = Scanner(detections)
    hits: dict[object, Hit] = {}
    uncertain: Counter[str] = Counter()
    unreadable: list[ReadError] = []
    duplicates = 0
    for result in scanner.scan(paths):
        if isinstance(result, ReadError):
            unreadable.append(result)
            continue
        detection = result.detection.id
        if result.outcome.name == "UNCERTAIN":
            uncertain[detection] += 1
            continue
        hit = read_hit(detection, result.record)
        if hit is None:
            place = f"{result.file}, record {result.number}"
            unreadable.append(ReadError(place, f"{detection} fires, but eventTime is no time"))
            continue
        if (since is not None and hit.time < since) or (until is not None and hit.time >= until):
            continue
        if accounts and hit.account not in accounts:
            continue
        key = (detection, hit.event_id) if hit.event_id else object()
        duplicates += key in hits
        hits.setdefault(key, hit)
        on_progress(scanner.totals.records, scanner.totals.files)
    ordered = sorted(hits.values(), key=lambda hit: hit.time)
    return Collected(
        hits=tuple(ordered),
        duplicates=duplicates,
        arrivals={},
        uncertain=dict(uncertain),
        records=scanner.totals.records,
        files=scanner.totals.files,
        first=ordered[0].time if ordered else None,
        last=ordered[-1].time if ordered else None,
        unreadable=tuple(unreadable),
        left_out=scanner.totals.left_out,
        left_out_kinds=dict(scanner.totals.left_out_kinds),
    )
