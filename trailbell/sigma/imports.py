"""
The import of rules: files for each rule that has a form as a detection, an error for every other.

In:    files with rules; the pack; what the project has already.
Out:   `Import`: the files of each rule, and the errors.
Never: an effect. `trailbell.scaffold.new_files` writes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from trailbell import text_files
from trailbell.errors import ContentError, InputError
from trailbell.scaffold.detection_source import examples_test_source
from trailbell.scaffold.existing import Existing
from trailbell.scaffold.new_files import NameTakenError, check_new
from trailbell.sigma.detection import Imported, identifier_of, import_rule
from trailbell.sigma.documents import files_of
from trailbell.sigma.module import module_source, origin_of
from trailbell.sigma.refused import RefusedError
from trailbell.sigma.rule import Rule, read_rules

__all__ = ["Import", "ImportedFiles", "Options", "files_of", "import_rules"]


@dataclass(frozen=True)
class Options:
    """What the command line says. ``replace``: write over modules of an earlier import."""

    pack: str
    ignore_case: bool = False
    replace: bool = False


@dataclass(frozen=True)
class ImportedFiles:
    """The detection of a rule, and the texts of its files by path."""

    imported: Imported
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Import:
    """What became of all rules."""

    files: tuple[ImportedFiles, ...]
    errors: tuple[ContentError, ...]


def import_rules(files: Iterable[str], options: Options, existing: Existing, root: Path) -> Import:
    """Import the rules in the files into the project at ``root``."""
    rules = read_rules(files)
    done: list[ImportedFiles] = []
    errors = list(rules.errors)
    taken: dict[str, str] = {}
    for rule in rules.rules:
        identifier = identifier_of(rule)
        try:
            if identifier in taken:
                raise RefusedError(
                    f'the rule at {taken[identifier]} has the same ID "{identifier}"',
                    "change one of the titles",
                )
            done.append(_import(rule, identifier, options, existing, root))
            taken[identifier] = rule.place
        except RefusedError as error:
            place = rule.place_of(error.field)
            errors.append(ContentError(place, f"{error.problem}", error.hint))
        except InputError as error:
            errors.append(ContentError(rule.place, str(error), "see trailbell import --help"))
    return Import(tuple(done), tuple(errors))


def _import(
    rule: Rule, identifier: str, options: Options, existing: Existing, root: Path
) -> ImportedFiles:
    name = identifier.replace("-", "_")
    paths = f"detections/{name}.py", f"tests/test_{name}.py"
    if not (options.replace and _is_same(root / paths[0], rule)):
        _check_taken(identifier, paths, existing, root)
    imported = import_rule(rule, identifier, options.pack, ignore_case=options.ignore_case)
    texts = module_source(imported), examples_test_source(identifier)
    return ImportedFiles(imported, dict(zip(paths, texts, strict=True)))


def _check_taken(identifier: str, paths: tuple[str, ...], existing: Existing, root: Path) -> None:
    """Raise `RefusedError` if the project has the detection or one of its files."""
    try:
        existing.check_detection(identifier)
        check_new(root, dict.fromkeys(paths, ""))
    except NameTakenError as error:
        problem, _, _ = str(error).partition(";")
        raise RefusedError(
            problem, "change the title of the rule, or replace an earlier import with --replace"
        ) from error


def _is_same(path: Path, rule: Rule) -> bool:
    """Whether the module was imported from this rule."""
    if not path.is_file():
        return False
    return origin_of(text_files.read_text(path)) == (rule.identifier or "without")
