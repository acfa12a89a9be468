"""
The options that commands about deployments share, and what they select.

In:    the command line; ``trailbell.toml``; ``dist/``.
Out:   the selected stacks with their environment.
Never: a call to AWS, or boto3: planning from templates does without.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from trailbell import settings
from trailbell.command.dist_folder import dist_folder
from trailbell.command.option import Decorator, option
from trailbell.command.suggestions import suggest_environments, suggest_regions, suggest_words
from trailbell.deploy import dependencies, parameters
from trailbell.deploy import environment as environments
from trailbell.deploy.command_line import CommandLineSettings, with_command_line
from trailbell.deploy.environment import Environment, ParameterValue
from trailbell.deploy.target import StackToDeploy, resolve_stacks
from trailbell.diff.model import Risk
from trailbell.dist.built_templates import BuiltTemplate, StackReference, load_templates
from trailbell.errors import SettingsError, UnknownNameError
from trailbell.template import exports
from trailbell.template.resources import section

SETTINGS = option(
    "--settings",
    "settings_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Settings file. Default: trailbell.toml.",
)
DIST = option(
    "--dist",
    "dist_dir",
    type=click.Path(path_type=Path),
    default=dist_folder,
    metavar="DIR",
    help="Directory of the templates. Default: dist/.",
)
YES = option("-y", "--yes", is_flag=True, help="Do not ask for confirmation.")
FAIL_ON = option(
    "--fail-on",
    metavar="RISKS",
    shell_complete=suggest_words(Risk),
    help=(
        "Risks that block the plan, separated by commas: replace, remove, broaden (permissions), "
        "detection-gap. Default: none."
    ),
)

_LOCATION = (
    option(
        "-e",
        "--environment",
        "environment_name",
        default="",
        metavar="NAME",
        shell_complete=suggest_environments,
        help='Environment in trailbell.toml to deploy to. Default: "default" if it exists.',
    ),
    SETTINGS,
    DIST,
    option(
        "--region",
        metavar="REGION",
        shell_complete=suggest_regions,
        help="AWS Region. Default: that of the environment, then of the AWS configuration.",
    ),
    option("--profile", metavar="NAME", help="AWS profile. Default: that of the environment."),
    option(
        "--assume-role",
        "assume_role",
        former=("--role",),
        metavar="ARN",
        help="ARN of a role to assume before calling AWS. Default: that of the environment.",
    ),
    option(
        "--stack-name",
        metavar="NAME",
        help=(
            "CloudFormation stack name. {stack} is replaced with the name in dist/. "
            "Default: {stack}."
        ),
    ),
)
PUSH_SECRET = option(
    "--push-secret",
    "push_secrets",
    multiple=True,
    metavar="NAME",
    help=(
        "Set this NoEcho parameter to its value in the settings, which cannot be compared with "
        "the deployed one. Can be repeated. Default: keep the deployed value."
    ),
)
_DEPLOYMENT = (
    option(
        "--parameter",
        "assignments",
        multiple=True,
        metavar="NAME=VALUE",
        help="Parameter as NAME=VALUE. Can be repeated.",
    ),
    option(
        "--parameters",
        "parameter_files",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="FILE",
        help="JSON file with parameters, in a format that the AWS CLI accepts. Can be repeated.",
    ),
    PUSH_SECRET,
    option(
        "--tag",
        "tags",
        multiple=True,
        metavar="KEY=VALUE",
        help="Tag of the stack and its resources, as KEY=VALUE. Can be repeated.",
    ),
    option(
        "--notification-arn",
        "notification_arns",
        multiple=True,
        metavar="ARN",
        help="ARN of an SNS topic that receives the stack events. Can be repeated.",
    ),
    option(
        "--stack-policy",
        "stack_policy_path",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="JSON file with the stack policy. Default: that of the environment.",
    ),
    option(
        "--termination-protection/--no-termination-protection",
        "termination_protection",
        default=None,
        help="Enable (default) or disable termination protection.",
    ),
    option(
        "--rollback-alarm",
        "rollback_alarms",
        multiple=True,
        metavar="ARN",
        help="ARN of an alarm that rolls the deployment back. Can be repeated.",
    ),
    option(
        "--rollback-minutes",
        type=click.IntRange(0, 180),
        metavar="MINUTES",
        help=(
            "Minutes to monitor the rollback alarms after the deployment, 0 to 180. Default: those "
            "of the environment, then of the stack."
        ),
    ),
    option(
        "--on-failure",
        type=click.Choice(["rollback", "delete", "keep"]),
        help=(
            "What to do if the deployment fails: rollback, delete (new stacks only), or keep the "
            "resources. Default: rollback."
        ),
    ),
    option(
        "--service-role",
        metavar="ARN",
        help=(
            "ARN of the service role that CloudFormation assumes. Default: that of the "
            "environment, then the role that the stack has, then your permissions."
        ),
    ),
    option(
        "--template-bucket",
        metavar="BUCKET",
        help=(
            "S3 bucket to upload templates larger than 51,200 bytes to. Default: that of the "
            "environment."
        ),
    ),
)
_CHANGE_SET = (
    option(
        "--revert-drift",
        is_flag=True,
        help="Revert drifted resources to the template (drift-aware change set).",
    ),
    option(
        "--import-existing",
        is_flag=True,
        help="Import existing resources that have the same physical names.",
    ),
    option(
        "--previous-parameters/--no-previous-parameters",
        "previous_parameters",
        default=False,
        help=(
            "Keep the parameter values of the deployed stack for parameters that are not given, or "
            "use the defaults of the template (default)."
        ),
    ),
    option(
        "--nested-stacks/--no-nested-stacks",
        "nested_stacks",
        default=True,
        help=(
            "Include nested stacks in the change set (default), or not, for example if one of them "
            "uses values that are known only after apply."
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class StackOptions:
    """Where and how to deploy, as the command line says."""

    environment_name: str
    settings_path: Path | None
    dist_dir: Path
    command_line: CommandLineSettings

    def select(
        self,
        stacks: tuple[str, ...],
        *,
        parameters_of_all: bool = False,
        needs_environment: bool = True,
    ) -> "SelectedStacks":
        """The stacks and their environment. Raises `InputError`s, all before any call.

        ``parameters_of_all`` gives the parameters of the command line to every stack of ``dist/``
        that declares them, because a selected stack can import from it.
        """
        templates = load_templates(self.dist_dir, ())
        selected = load_templates(self.dist_dir, stacks) if stacks else templates
        names = [template.stack for template in templates]
        table = settings.load(self.settings_path)
        environment = environments.read_environment(
            table, self.environment_name, names, is_required=needs_environment
        )
        environments.check_stacks(environment, frozenset(names))
        others = self._parameters_of_others(templates, selected) if parameters_of_all else {}
        environment = with_command_line(
            environment, self.command_line, [template.stack for template in selected], others
        )
        return SelectedStacks(environment, selected, templates)

    def _parameters_of_others(
        self, templates: tuple[BuiltTemplate, ...], selected: tuple[BuiltTemplate, ...]
    ) -> dict[str, frozenset[str]]:
        """The given parameters of stacks that are not selected.

        A value that a selected stack has is left out where another stack does not accept it.
        """
        names = {template.stack for template in selected}
        declared = {n for each in selected for n in section(each.document, "Parameters")}
        given = self.command_line.parameters
        return {
            each.stack: frozenset(
                name
                for name in given.keys() & section(each.document, "Parameters").keys()
                if name not in declared
                or parameters.accepts(section(each.document, "Parameters")[name], given[name])
            )
            for each in templates
            if each.stack not in names
        }


@dataclass(frozen=True, kw_only=True)
class ChangeSetOptions:
    """How change sets are created."""

    revert_drift: bool
    import_existing: bool
    previous_parameters: bool
    nested_stacks: bool


@dataclass(frozen=True)
class SelectedStacks:
    """The stacks that a command works on. ``templates`` are all templates of the folder."""

    environment: Environment
    selected: tuple[BuiltTemplate, ...]
    templates: tuple[BuiltTemplate, ...]

    def dependencies(self) -> dict[str, frozenset[str]]:
        """The stacks that each selected stack waits for."""
        return dict(dependencies.dependencies(self.selected, self.environment))

    def stacks_to_deploy(self) -> tuple[StackToDeploy, ...]:
        """The stacks with their settings, in the order of their dependencies."""
        by_name = {
            stack.stack: stack
            for stack in resolve_stacks(self.templates, self.selected, self.environment)
        }
        batches = exports.batches(self.dependencies())
        return tuple(by_name[name] for batch in batches for name in batch)

    def reference(self, name: str) -> StackReference:
        """A stack by its name in ``dist/`` or in CloudFormation."""
        for template in self.selected:
            stack_name = self.environment.settings_for(template.stack).stack_name
            if name in (template.stack, stack_name):
                return StackReference(stack_name, template)
        return StackReference(name, None)


def location_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say where to deploy. The command gets them as ``options``."""
    return _with_stack_options(command, _LOCATION)


def stack_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say where and how to deploy. The command gets them as ``options``."""
    return _with_stack_options(command, (*_LOCATION, *_DEPLOYMENT))


def _with_stack_options(
    command: Callable[..., Any], declared: tuple[Decorator, ...]
) -> Callable[..., Any]:
    names = _names(declared)

    @wraps(command)
    def run(**values: Any) -> Any:
        given = {name: values.pop(name) for name in names}
        return command(options=_stack_options(given), **values)

    return _declare(run, declared)


def change_set_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options on change sets. The command gets them as ``change_sets``."""
    names = _names(_CHANGE_SET)

    @wraps(command)
    def run(**values: Any) -> Any:
        given = {name: values.pop(name) for name in names}
        return command(change_sets=ChangeSetOptions(**given), **values)

    return _declare(run, _CHANGE_SET)


def _declare(command: Callable[..., Any], declared: tuple[Decorator, ...]) -> Callable[..., Any]:
    for decorator in reversed(declared):
        command = decorator(command)
    return command


def _names(declared: tuple[Decorator, ...]) -> tuple[str, ...]:
    """The names of the parameters that these options set."""
    command = click.command()(_declare(lambda: None, declared))
    return tuple(parameter.name for parameter in command.params if parameter.name)


def _stack_options(values: dict[str, Any]) -> StackOptions:
    """Raises `SettingsError` for a parameter, tag or file that cannot be used."""
    by_name: dict[str, ParameterValue] = {}
    for path in values.pop("parameter_files", ()):
        by_name |= parameters.from_file(path)
    by_name |= parameters.parse_assignments(values.pop("assignments", ()), "--parameter")
    tags = parameters.parse_assignments(values.pop("tags", ()), "--tag")
    for key in filter(settings.is_reserved_tag, tags):
        raise SettingsError("--tag", key, settings.RESERVED_TAG, "choose another key")
    policy = values.pop("stack_policy_path", None)
    return StackOptions(
        environment_name=values.pop("environment_name"),
        settings_path=values.pop("settings_path"),
        dist_dir=values.pop("dist_dir"),
        command_line=CommandLineSettings(
            parameters=by_name,
            push_secrets=frozenset(values.pop("push_secrets", ())),
            tags=tags,
            stack_policy=environments.read_stack_policy(policy) if policy else None,
            **values,
        ),
    )


_FORMER_RISKS = {"widen": Risk.BROADEN, "gap": Risk.DETECTION_GAP}


def parse_risks(text: str | None) -> frozenset[Risk]:
    """``replace,detection-gap`` as risks. Raises `UnknownNameError`."""
    risks = set()
    for word in (text or "").replace(" ", "").split(","):
        if word in _FORMER_RISKS:
            risks.add(_FORMER_RISKS[word])
        elif word in list(Risk):
            risks.add(Risk(word))
        elif word:
            raise UnknownNameError("risk", word, Risk)
    return frozenset(risks)
