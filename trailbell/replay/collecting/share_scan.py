"""
The scan of a share, in one process.

In:    detections and limits, once; shares.
Out:   the hits of each share, and what else is known of its records.
Never: a hit that is lost silently. One without a readable time is an error.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from trailbell.cloudtrail.arrivals import Arrivals
from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.scan import Scanner, Totals, ignore_progress
from trailbell.replay.collecting.buckets import Bucket, OpenBucket, open_bucket, opened_ahead
from trailbell.replay.collecting.read_hit import HitMembers, read_hit
from trailbell.replay.collecting.share import Share
from trailbell.replay.detection import ReplayDetection


@dataclass(frozen=True, kw_only=True)
class ScanSettings:
    """What every process scans for. Times are in seconds since 1970, ``until`` is exclusive."""

    detections: tuple[ReplayDetection, ...]
    since: int | None = None
    until: int | None = None
    accounts: frozenset[str] = frozenset()
    open_bucket: OpenBucket = open_bucket

    def includes(self, hit: HitMembers) -> bool:
        """Whether a hit is within the limits."""
        time, account = hit[1], hit[5]
        return (
            (self.since is None or time >= self.since)
            and (self.until is None or time < self.until)
            and (not self.accounts or account in self.accounts)
        )


@dataclass(slots=True)
class ShareResult:
    """What a share contains; see `trailbell.replay.hit.Collected`."""

    share: Share
    hits: list[HitMembers] = field(default_factory=list)
    uncertain: dict[str, int] = field(default_factory=dict)
    errors: list[ReadError] = field(default_factory=list)
    minutes: dict[str, set[int]] = field(default_factory=dict)
    times: tuple[int | None, int | None] = (None, None)
    totals: Totals = field(default_factory=Totals)


class ShareScan:
    """
    Compiles the detections once, and scans any number of shares.

    ``on_progress`` is called after some hundred records each.
    """

    def __init__(
        self, settings: ScanSettings, on_progress: Callable[[Totals], None] = ignore_progress
    ) -> None:
        self._settings = settings
        self._arrivals = Arrivals(settings.since, settings.until, settings.accounts)
        self._buckets: dict[str, Bucket] = {}
        self._scanner = Scanner(
            settings.detections, arrivals=self._arrivals, on_progress=on_progress
        )

    def scan(self, share: Share) -> ShareResult:
        """Scan a share. Raises the errors of `trailbell.aws.s3_objects` that end a scan."""
        scanner = self._scanner
        scanner.totals = Totals()
        if share.is_standard_input:
            result = self._read(share, scanner.scan(["-"]))
        elif share.bucket:
            with opened_ahead(self._open_bucket(share.bucket), share.entries) as open_entry:
                entries = scanner.scan_entries(share.entries, open_entry=open_entry)
                result = self._read(share, entries)
        else:
            entries = scanner.scan_entries(share.entries, in_folder=share.in_folder)
            result = self._read(share, entries)
        counted = self._arrivals.take()
        result.minutes, result.times = counted.minutes, (counted.first, counted.last)
        result.totals = scanner.totals
        return result

    def detach(self) -> None:
        """In a copy of the process: use no connection of the other, and report nothing."""
        self._buckets = {}
        self._scanner.on_progress = ignore_progress

    def _open_bucket(self, name: str) -> Bucket:
        if name not in self._buckets:
            self._buckets[name] = self._settings.open_bucket(name)
        return self._buckets[name]

    def _read(self, share: Share, results: Iterable[Evaluation | ReadError]) -> ShareResult:
        found = ShareResult(Share(share.number, share.root, ()))
        uncertain: Counter[str] = Counter()
        text, hit = b"", None
        for result in results:
            if isinstance(result, ReadError):
                found.errors.append(result)
            elif result.outcome.name == "UNCERTAIN":
                event = read_hit("", result.record)
                if event is None or self._settings.includes(event):
                    uncertain[result.detection.id] += 1
            else:
                if result.text is not text:  # several detections fire on the same record
                    text, hit = result.text, read_hit("", result.record)
                self._add_hit(found, result, hit)
        found.uncertain = dict(uncertain)
        return found

    def _add_hit(self, found: ShareResult, evaluation: Evaluation, hit: HitMembers | None) -> None:
        """Add a hit, of which the members are those of any detection."""
        detection = evaluation.detection.id
        if hit is None:
            place = f"{evaluation.file}, record {evaluation.number}"
            found.errors.append(ReadError(place, _without_time(detection, evaluation.record)))
        elif self._settings.includes(hit):
            found.hits.append((detection, *hit[1:]))


def _without_time(detection: str, record: dict[str, object]) -> str:
    time = str(record["eventTime"])[:40] if "eventTime" in record else ""
    problem = f'its eventTime "{time}" is not a time' if time else "it has no eventTime"
    return f"{detection} fires, but the hit is left out: {problem}"
