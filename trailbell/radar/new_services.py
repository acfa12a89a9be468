"""
New services: those of the SDK that are neither watched nor known to need no watching.

In:    the names of service models, those that are watched, and what says why others are not.
Out:   the services about which nothing is decided, and decisions about services that do not exist.
Never: a guess what a service does. A person reads about it, and decides.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unwatched:
    """Why the radar does not watch services, since when, and where that is written.

    ``services`` are names of models in botocore. ``is_shipped``: it comes with Trailbell.
    """

    services: tuple[str, ...]
    reason: str
    date: str
    location: str
    is_shipped: bool = False


@dataclass(frozen=True, slots=True)
class ServiceSweep:
    """New services, and entries about services that do not exist: the entry and the name."""

    new: tuple[str, ...] = ()
    missing: tuple[tuple[Unwatched, str], ...] = ()

    @property
    def has_findings(self) -> bool:
        return bool(self.new or self.missing)


def sweep_services(
    models: Collection[str], watched: Collection[str], unwatched: Sequence[Unwatched]
) -> ServiceSweep:
    """Compare the models of the SDK with what is decided."""
    decided = {*watched, *(name for entry in unwatched for name in entry.services)}
    return ServiceSweep(
        new=tuple(sorted({*models} - decided)),
        missing=tuple(
            (entry, name)
            for entry in unwatched
            if not entry.is_shipped
            for name in entry.services
            if name not in models
        ),
    )
