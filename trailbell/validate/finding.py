"""
What is wrong with a template, as data.

In:    rules and quotas.
Out:   a `Finding`: which stack, which part of it, why, and the Python line that built it.
Never: a decision about what to do with it.
"""

from dataclasses import dataclass
from enum import StrEnum

from trailbell.source_location import SourceLocation


class Level(StrEnum):
    """As cfn-lint ranks its findings; SARIF uses the same three words but for the last."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``path`` leads to the fault in the template; ``rule`` is an id like E3002.

    ``ignored`` is the reason for which the settings let it pass; empty if they do not.
    """

    stack: str
    rule: str
    name: str
    level: Level
    message: str
    path: tuple[str | int, ...] = ()
    source_location: SourceLocation | None = None
    url: str = ""
    ignored: str = ""

    @property
    def stops(self) -> bool:
        """Whether nothing may be written while this stands. Information never stops."""
        return self.level is not Level.INFORMATION and not self.ignored

    def __str__(self) -> str:
        place = f"{self.source_location}: " if self.source_location else ""
        head = f"{place}{self.level} {self.rule} {self.name}"
        return f"{head}\n  {self.template_location}: {self.message}"

    @property
    def template_location(self) -> str:
        """Stack, resource and property, like ``trail: LogBucket.BucketEncryption``."""
        return f"{self.stack}: {part(self.path)}"


def part(path: tuple[str | int, ...]) -> str:
    """A part of a template as people call it, like ``LogBucket.BucketEncryption``."""
    match path:
        case ("Resources", resource, "Properties", *rest) | ("Resources", resource, *rest):
            return ".".join(map(str, (resource, *rest)))
        case (section, *rest) if rest:
            return ".".join(map(str, (section, *rest)))
        case _:
            return "the template"
