"""
The stacks of the demonstration: chosen from the project, compiled, and deployed to the emulator.

In:    the `Project`; an emulator that the SDK calls.
Out:   the templates that notify, and the results of their deployment.
Never: a list of stacks. What notifies is in the templates: metric filters, and rules with a message
       of their own. Nothing is written to ``dist/``.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trailbell.aws.cloudformation import Event
from trailbell.build.project import Project
from trailbell.compiler.compile import compile_stack
from trailbell.compiler.stack import Stack
from trailbell.demo.emulator import ACCOUNT, REGION
from trailbell.deploy.apply import apply
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.dependencies import dependencies
from trailbell.deploy.environment import Environment, StackSettings
from trailbell.deploy.result import StackResult
from trailbell.deploy.session import DeploySession, open_session
from trailbell.deploy.target import resolve_stacks
from trailbell.diff.model import DeployPlan
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import DeploymentInterruptedError, PreconditionError
from trailbell.template import Template
from trailbell.template.capabilities import required_capabilities
from trailbell.template.resources import resources_of_type, section

TEMPLATE_BUCKET = "trailbell-demo-templates"
LOG_GROUP = "trailbell-demo-trail"

INSTALLATION = "security-alerts"
"""The name of the installation, with which the names of alarms begin."""

_PARAMETERS: Mapping[str, str] = {"LogGroupName": LOG_GROUP, "InstallationName": INSTALLATION}
"""Values of parameters that have no default value, or one that depends on the base stack."""


@dataclass(frozen=True)
class Selection:
    """The templates to deploy, and the reason for each stack that is left out."""

    templates: tuple[BuiltTemplate, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Deployment:
    """The session of the emulator, the result of each stack, and what was left out."""

    session: DeploySession
    results: tuple[StackResult, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


class SilentUi:
    """A user interface that prints nothing and confirms plans."""

    def info(self, text: str) -> None:
        """Print nothing."""

    def show_event(self, stack: str, event: Event) -> None:
        """Print nothing."""

    def show_plan(self, plan: DeployPlan) -> None:
        """Print nothing."""

    def confirm(self, question: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Confirm the plan."""
        return True

    def confirm_name(self, name: str, reason: str) -> bool:  # noqa: ARG002 - as above
        """Decline the deletion."""
        return False


def select(project: Project) -> Selection:
    """Choose and compile the stacks that notify. Raises `PreconditionError` if there are none.

    If the project does not build a base stack or the rules of its packs, those of the baseline
    are used. Of a stack and its alternatives, one is deployed.
    """
    catalog = project.catalog
    omitted = [
        stack
        for stack in project.omitted
        if stack.pack is None or stack.without_detections or catalog.in_pack(stack.pack.name)
    ]
    chosen: dict[str, BuiltTemplate] = {}
    for stack in (*_main_first(project.stacks), *_main_first(omitted)):
        family = stack.alternative_to or stack.name
        if family not in chosen:
            template = _built(stack, project)
            if notifies(template.document):
                chosen[family] = template
    left_out = {
        template.stack: f"it needs a value for {', '.join(missing)}"
        for template in chosen.values()
        if (missing := _without_value(template.document))
    }
    templates = tuple(t for t in chosen.values() if t.stack not in left_out)
    if not templates:
        raise PreconditionError(
            "demo",
            "No stack of this project has a metric filter or a rule with a message.",
            "Remove enabled = false from [baseline] in trailbell.toml, or write a stack.",
        )
    return Selection(templates, left_out)


def _main_first(stacks: Iterable[Stack]) -> Sequence[Stack]:
    return sorted(stacks, key=lambda stack: (bool(stack.alternative_to), stack.name))


def notifies(document: Template) -> bool:
    """Whether a template has a metric filter, or a rule that writes a message."""
    rules = resources_of_type(document, "AWS::Events::Rule")
    targets = (target for _, properties in rules for target in properties.get("Targets", ()))
    return any(resources_of_type(document, "AWS::Logs::MetricFilter")) or any(
        isinstance(target, dict) and "InputTransformer" in target for target in targets
    )


def _without_value(document: Template) -> list[str]:
    """The parameters that have neither a default value nor one of this module."""
    parameters = section(document, "Parameters")
    return [n for n, p in parameters.items() if "Default" not in p and n not in _PARAMETERS]


def _built(stack: Stack, project: Project) -> BuiltTemplate:
    compiled = compile_stack(stack, project.catalog)
    return BuiltTemplate(
        stack=stack.name,
        instead_of=stack.alternative_to,
        text=compiled.json,
        document=compiled.document,
        sha256=hashlib.sha256(compiled.json.encode()).hexdigest(),
        capabilities=required_capabilities(compiled.document),
    )


def deploy(selection: Selection) -> Deployment:
    """Deploy the templates by change set, in the order of their dependencies.

    Raises `PreconditionError` if the emulator has none of them afterwards.
    """
    environment = _environment(selection.templates)
    session = open_session(environment)
    session.aws.service("s3").call("CreateBucket", Bucket=TEMPLATE_BUCKET)
    session.aws.service("logs").call("CreateLogGroup", logGroupName=LOG_GROUP)
    templates = selection.templates
    stacks = resolve_stacks(templates, templates, environment)
    waits = dependencies(templates, environment)
    try:
        results = apply(session, stacks, waits, DeployOptions(), frozenset(), SilentUi())
    except DeploymentInterruptedError:  # nothing of the emulator is left to follow or to delete
        raise KeyboardInterrupt from None
    if not any(result.status.succeeded for result in results):
        reasons = "\n  ".join(f"{result.stack}: {result.text}" for result in results)
        raise PreconditionError("demo", "No stack could be deployed to the emulator.", reasons)
    return Deployment(session, results, selection.left_out)


def _environment(templates: Iterable[BuiltTemplate]) -> Environment:
    """The settings: those of the project are for accounts, and have no effect here."""
    declared = {name for t in templates for name in section(t.document, "Parameters")}
    parameters = {name: value for name, value in _PARAMETERS.items() if name in declared}
    options = StackSettings(
        parameters=parameters, shared=frozenset(parameters), template_bucket=TEMPLATE_BUCKET
    )
    return Environment(account=ACCOUNT, region=REGION, options=options)
