"""
Run the program cfn-lint with our rules, on any templates.

In:    the arguments of cfn-lint, and its configuration files.
Out:   what cfn-lint prints, and its exit code.
Never: a rule that is appended twice. Configuration files and arguments may name ours, too.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.exceptions import CfnLintExitException
from cfnlint.runner.cli import Runner

from trailbell import text_files
from trailbell.errors import UnreadableFileError
from trailbell.validate import rules
from trailbell.validate.lint import RULES

CANNOT_RUN = 1
"""The usual exit code of cfn-lint if it cannot run. It has 2 for errors and 4 for warnings."""

_SECTIONS = ("Resources", "AWSTemplateFormatVersion")
_SECTION = re.compile(
    r"""^(?:["']?(?:Resources|AWSTemplateFormatVersion)["']?)\s*:""", re.MULTILINE
)
_MEMBER = re.compile(r'"(?:Resources|AWSTemplateFormatVersion)"\s*:')


class _Configuration(ConfigMixIn):
    """The configuration of cfn-lint with our rules after those that are appended."""

    @property
    def append_rules(self) -> list[str]:
        given = [each for each in super().append_rules if not _are_ours(each)]
        return [*dict.fromkeys(given), rules.__name__]


def _are_ours(appended: str) -> bool:
    return appended == rules.__name__ or Path(appended).expanduser().resolve() == RULES


def lint_files(arguments: Sequence[str], *, templates_only: bool = False) -> int:
    """Run cfn-lint and return its exit code. ``templates_only`` skips files of other kinds."""
    try:
        configuration = _Configuration(list(arguments))
        if not arguments and not configuration.templates and sys.stdin.isatty():
            return _refuse("no template; name files, or list them as templates in .cfnlintrc")
        if templates_only:
            templates = [path for path in configuration.templates or () if is_template(Path(path))]
            if not templates:
                return 0
            configuration = _Configuration(list(arguments), templates=templates)
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
        return _refuse(str(error))
    return 0


def _refuse(problem: str, code: int = CANNOT_RUN) -> int:
    print(f"error: {problem}", file=sys.stderr)
    return code


def _exit_code(code: Any) -> int:
    return code if isinstance(code, int) else 0 if code is None else CANNOT_RUN


def is_template(path: Path) -> bool:
    """Whether a file has a section that only templates have.

    A template with a syntax error and a file that cannot be read count, because cfn-lint reports
    the error.
    """
    try:
        text = text_files.read_text(path)
    except UnreadableFileError:
        return True
    if not text.lstrip().startswith("{"):
        return bool(_SECTION.search(text))
    try:
        document = text_files.parse_json(text)
    except UnreadableFileError:
        return bool(_MEMBER.search(text))
    return isinstance(document, dict) and any(section in document for section in _SECTIONS)
