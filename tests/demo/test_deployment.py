"""Which stacks of a project are deployed for the demonstration."""

from dataclasses import replace

import pytest
from troposphere import Parameter, Ref, Template, logs, sns

from trailbell import settings
from trailbell.build.project import Project, load_project
from trailbell.catalog.detection import Catalog
from trailbell.compiler.stack import Stack
from trailbell.demo.deployment import select
from trailbell.errors import PreconditionError

_PROJECT = load_project(settings.load(None))


def _own(name: str, *, notifies: bool = True, needs_value: bool = False) -> Stack:
    def template(_: Catalog) -> Template:
        made = Template()
        made.add_resource(sns.Topic("Topic"))
        if notifies:
            made.add_resource(
                logs.MetricFilter(
                    "Filter",
                    LogGroupName=Ref("LogGroup") if needs_value else "trail",
                    FilterPattern="",
                    MetricTransformations=[],
                )
            )
        if needs_value:
            made.add_parameter(Parameter("LogGroup", Type="String"))
        return made

    return Stack(name=name, summary="own", template=template)


def _project(*stacks: str | Stack, omitted: tuple[str, ...] = ()) -> Project:
    by_name = {stack.name: stack for stack in _PROJECT.stacks}
    return replace(
        _PROJECT,
        stacks=tuple(by_name[stack] if isinstance(stack, str) else stack for stack in stacks),
        omitted=tuple(by_name[name] for name in omitted),
    )


@pytest.mark.parametrize(
    ("project", "stacks", "left_out"),
    [
        pytest.param(
            _project("security-alerts", "trail", "queue", "dashboard", "stackset-roles"),
            ["security-alerts"],
            {},
            id="stacks that notify of no event are not deployed",
        ),
        pytest.param(
            _project("alerts", "security-alerts"), ["security-alerts"], {}, id="no alternative"
        ),
        pytest.param(
            _project("alerts", omitted=("security-alerts",)),
            ["alerts"],
            {},
            id="the alternative that the project builds",
        ),
        pytest.param(
            _project("tamper", omitted=("security-alerts", "tamper-realtime", "realtime")),
            ["tamper", "realtime", "security-alerts", "tamper-realtime"],
            {},
            id="what the project leaves out and its packs need",
        ),
        pytest.param(
            _project("tamper", _own("own"), _own("topics", notifies=False)),
            ["own", "tamper"],
            {},
            id="an own stack with a metric filter",
        ),
        pytest.param(
            _project("tamper", _own("own", needs_value=True)),
            ["tamper"],
            {"own": "it needs a value for LogGroup"},
            id="an own stack with a parameter without a default value",
        ),
    ],
)
def test_the_stacks_that_notify_are_deployed(
    project: Project, stacks: list[str], left_out: dict[str, str]
) -> None:
    selection = select(project)
    assert [template.stack for template in selection.templates] == stacks
    assert selection.left_out == left_out


def test_a_project_in_which_nothing_notifies_is_an_error() -> None:
    with pytest.raises(PreconditionError) as error:
        select(_project(_own("topics", notifies=False)))
    assert str(error.value) == (
        "demo: No stack of this project has a metric filter or a rule with a message.\n"
        "  Remove enabled = false from [baseline] in trailbell.toml, or write a stack."
    )
