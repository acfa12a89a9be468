"""
Run the program cfn-lint with our rules, on any templates, and our rules on Terraform's JSON syntax.

In:    the arguments of cfn-lint, and its configuration files.
Out:   what cfn-lint prints, and its exit code.
Never: a rule that is appended twice. Configuration files and arguments may name ours, too.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.exceptions import CfnLintExitException
from cfnlint.match import Match
from cfnlint.runner.cli import Runner

from trailbell.lazy_import import lazy_import
from trailbell.terraform import NATIVE_SYNTAX, NO_NATIVE_SYNTAX
from trailbell.validate import rules
from trailbell.validate.cloud_assembly import Constructs
from trailbell.validate.lint import RULES
from trailbell.validate.lint_paths import Sources, find_sources

_NO_FILE = " could not be processed by glob.glob"
"""What cfn-lint says of the name of a file that does not exist."""
CANNOT_RUN = 1
"""The usual exit code of cfn-lint if it cannot run. It has 2 for errors and 4 for warnings."""


class _Configuration(ConfigMixIn):
    """The configuration of cfn-lint with our rules after those that are appended."""

    @property
    def append_rules(self) -> list[str]:
        given = [each for each in super().append_rules if not _are_ours(each)]
        return [*dict.fromkeys(given), rules.__name__]


class _Runner(Runner):
    """cfn-lint on templates, and our rules on Terraform's files."""

    def __init__(self, configuration: ConfigMixIn, sources: Sources) -> None:
        super().__init__(configuration)
        self._sources = sources

    def run(self) -> Iterator[Match]:
        """The matches of all files. Those in a cloud assembly name the construct."""
        if self._sources.templates:
            for match in super().run():
                constructs = self._sources.constructs.get(str(match.filename), {})
                yield _with_construct(match, constructs)
        if self._sources.terraform:
            terraform_files = lazy_import("trailbell.validate.terraform_files")
            yield from terraform_files.terraform_matches(
                self._sources.terraform, self.rules, self.config
            )


def _with_construct(match: Match, constructs: Constructs) -> Match:
    """The match with the path of its construct, which a user of CDK can find in the program."""
    path = [*(getattr(match, "path", None) or ())]
    construct = constructs.get(str(path[1])) if path[1:] and path[0] == "Resources" else None
    if construct is None:
        return match
    return Match(
        message=f"{construct}: {match.message}",
        rule=match.rule,
        filename=match.filename,
        linenumber=match.linenumber,
        columnnumber=match.columnnumber,
        linenumberend=match.linenumberend,
        columnnumberend=match.columnnumberend,
        parent_id=match.parent_id,
        rulematch_obj=SimpleNamespace(path=path),
    )


def _are_ours(appended: str) -> bool:
    return appended == rules.__name__ or Path(appended).expanduser().resolve() == RULES


def lint_files(arguments: Sequence[str], *, templates_only: bool = False) -> int:
    """Run cfn-lint and return its exit code. ``templates_only`` skips files of other kinds."""
    try:
        configuration = _Configuration(list(arguments))
        if not arguments and not configuration.templates and sys.stdin.isatty():
            return _refuse("no template; name files, or list them as templates in .cfnlintrc")
        paths = configuration.templates
        if paths:
            sources = find_sources(paths, templates_only=templates_only)
            if not sources.templates and not sources.terraform:
                return 0 if templates_only else _refuse(_without_template(paths))
            configuration = _Configuration(list(arguments), templates=list(sources.templates))
            _Runner(configuration, sources).cli()
        elif not templates_only:
            Runner(configuration).cli()
    except SystemExit as end:  # how cfn-lint and argparse end
        return _exit_code(end.code)
    except ImportError as error:  # of the formats sarif and junit
        return _refuse(f'{error}; "cfn-lint[full]" installs what all formats need')
    except CfnLintExitException as error:
        return _refuse(str(error), error.exit_code)
    except BrokenPipeError:  # the reader has seen enough; the program ends as in other commands
        raise
    except (OSError, ValueError) as error:
        return _refuse(str(error).replace(_NO_FILE, ": there is no such file"))
    return 0


def _without_template(paths: Sequence[str]) -> str:
    is_hcl = any(True for path in paths for _ in Path(path).glob(f"*{NATIVE_SYNTAX}"))
    return f"no template in {', '.join(paths)}" + (f"; {NO_NATIVE_SYNTAX}" if is_hcl else "")


def _refuse(problem: str, code: int = CANNOT_RUN) -> int:
    print(f"error: {problem}", file=sys.stderr)
    return code


def _exit_code(code: Any) -> int:
    return code if isinstance(code, int) else 0 if code is None else CANNOT_RUN
