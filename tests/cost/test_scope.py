"""How often a stack is deployed."""

import pytest

from tests.cost.templates import of_template, placed, template
from trailbell.cost.scope import PlacedTemplate, Reach, exporters_first, reaches

_ORG, _ACCOUNT, _REGION = Reach.ORGANIZATION, Reach.ACCOUNT, Reach.REGION
_ID = "o-a1b2c3d4e5"


@pytest.mark.parametrize(
    ("stacks", "expected"),
    [
        pytest.param(
            placed("realtime", "stackset-roles"),
            {"realtime": _REGION, "stackset-roles": _REGION},
            id="stacks for any Region, in each",
        ),
        pytest.param(
            placed("alerts", "identity", "dashboard"),
            {"alerts": _REGION, "identity": _REGION, "dashboard": _REGION},
            id="what imports from a stack in each Region, too",
        ),
        pytest.param(
            placed("identity", "security-alerts", "dashboard", "realtime"),
            {
                "identity": _ACCOUNT,
                "security-alerts": _ACCOUNT,
                "dashboard": _ACCOUNT,
                "realtime": _REGION,
            },
            id="what imports from a stack in the home Region, only there",
        ),
        pytest.param(
            placed("security-alerts", "identity", OrganizationId=_ID),
            {"security-alerts": _ORG, "identity": _ORG},
            id="a trail of the organization and its packs, once",
        ),
        pytest.param(
            placed("organization-trail", "log-archive", "realtime-hub", "realtime-forward"),
            {
                "organization-trail": _ORG,
                "log-archive": _ORG,
                "realtime-hub": _ORG,
                "realtime-forward": _REGION,
            },
            id="what needs the ID of an organization, once",
        ),
        pytest.param(
            [
                *placed("organization-trail"),
                PlacedTemplate(
                    stack="alerts",
                    template=placed("alerts")[0].template,
                    where="any Region",
                    uses=frozenset({"organization-trail"}),
                ),
                *placed("identity"),
            ],
            {"organization-trail": _ORG, "alerts": _ORG, "identity": _ORG},
            id="what has an output of a stack that is deployed once, and what imports from it",
        ),
    ],
)
def test_where_stacks_are_deployed(
    stacks: list[PlacedTemplate], expected: dict[str, Reach]
) -> None:
    assert reaches(stacks) == expected


@pytest.mark.parametrize(
    ("reach", "count"), [(_ORG, 1), (_ACCOUNT, 500), (_REGION, 8_500)], ids=lambda v: str(v)
)
def test_the_number_of_stacks(reach: Reach, count: int) -> None:
    assert reach.times(500, 17) == count


def test_a_stack_precedes_those_that_import_from_it() -> None:
    stacks = placed("dashboard", "identity", "security-alerts", "trail")
    assert [each.stack for each in exporters_first(stacks)] == [
        *("security-alerts", "trail", "dashboard", "identity"),
    ]


def test_a_template_without_parameters_is_for_each_region() -> None:
    assert reaches([of_template("own", template())]) == {"own": _REGION}
