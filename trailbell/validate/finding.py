"""
What is wrong with a template, as data.

In:    rules and quotas.
Out:   a `Finding`: the stack, the part of its template, the problem, and the line of Python.
Never: the consequences, except for whether it fails the build.
"""

from dataclasses import dataclass
from enum import StrEnum

from trailbell.source_location import SourceLocation
from trailbell.template import TemplatePath


class Level(StrEnum):
    """The levels of cfn-lint. SARIF uses the same words, except for the last."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


_LEVELS = {"E": Level.ERROR, "W": Level.WARNING, "I": Level.INFORMATION}


def level_of(rule: str) -> Level:
    """The level of a rule of cfn-lint, by its ID."""
    return _LEVELS[rule[0]]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something wrong with the template of a stack.

    ``path`` leads to it, ``rule`` is an ID such as E3002, and ``ignored`` is the reason why the
    settings ignore it; empty if they do not.
    """

    stack: str
    rule: str
    name: str
    level: Level
    message: str
    path: TemplatePath = ()
    source_location: SourceLocation | None = None
    url: str = ""
    ignored: str = ""

    @property
    def fails_build(self) -> bool:
        """Whether no files may be written because of this. Information never fails a build."""
        return self.level is not Level.INFORMATION and not self.ignored

    def __str__(self) -> str:
        source = f"{self.source_location}: " if self.source_location else ""
        head = f"{source}{self.level} {self.rule} {self.name}"
        return f"{head}\n  {self.template_location}: {self.message}"

    @property
    def template_location(self) -> str:
        """Stack, resource and property: ``trail: LogBucket.BucketEncryption``."""
        return f"{self.stack}: {describe_path(self.path)}"


def describe_path(path: TemplatePath) -> str:
    """A part of a template without the names of sections: ``LogBucket.BucketEncryption``."""
    match path:
        case ("Resources", resource, "Properties", *rest) | ("Resources", resource, *rest):
            return ".".join(map(str, (resource, *rest)))
        case (section, *rest) if rest:
            return ".".join(map(str, (section, *rest)))
        case _:
            return "the template"
