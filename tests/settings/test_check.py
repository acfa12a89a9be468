"""A file is checked as a whole: the first key that cannot be used, in the order of the file."""

import pytest

from trailbell import settings
from trailbell.errors import SettingsError

MISTAKES = [
    # Unknown tables and keys, in each table.
    pytest.param(
        "[catalgo]", 'catalgo: unknown key; did you mean "catalog"?', id="an unknown table"
    ),
    pytest.param(
        "packs = ['cis']",
        "packs: unknown key; known: baseline, catalog, environment, lint, project, replay, rollout",
        id="a key outside of all tables",
    ),
    pytest.param(
        "[project]\nminimum_versoin = '0.1'",
        'project.minimum_versoin: unknown key; did you mean "minimum_version"?',
        id="a key of the project",
    ),
    pytest.param(
        "[baseline]\nenable = true",
        'baseline.enable: unknown key; did you mean "enabled"?',
        id="a key of the baseline",
    ),
    pytest.param(
        "[catalog]\npakcs = []",
        'catalog.pakcs: unknown key; did you mean "packs"?',
        id="a key of the catalog",
    ),
    pytest.param(
        "[catalog.exclude]\nrole = []",
        'catalog.exclude.role: unknown key; did you mean "roles"?',
        id="a key of the exclusions",
    ),
    pytest.param(
        "[catalog.detection.a]\nseverty = 'low'",
        'catalog.detection.a.severty: unknown key; did you mean "severity"?',
        id="a key of a detection",
    ),
    pytest.param(
        "[catalog.detection.a.exclude]\nip = []",
        "catalog.detection.a.exclude.ip: unknown key; known: events, principal_arns, roles, "
        "services, source_ips",
        id="a key of the exclusions of a detection",
    ),
    pytest.param(
        "[lint]\nregion = []",
        'lint.region: unknown key; did you mean "regions"?',
        id="a key of the validation",
    ),
    pytest.param(
        "[environment.a]\nregoin = 'eu-central-1'",
        'environment.a.regoin: unknown key; did you mean "region"?',
        id="a key of an environment",
    ),
    pytest.param(
        "[environment.a.parameters]\nA = { stack = 'trail', outptu = 'B' }",
        'environment.a.parameters.A.outptu: unknown key; did you mean "output"?',
        id="a key of an output",
    ),
    pytest.param(
        "[environment.a.stack.trail]\nstackname = 'x'",
        'environment.a.stack.trail.stackname: unknown key; did you mean "stack_name"?',
        id="a key of a stack of an environment",
    ),
    pytest.param(
        "[rollout.a]\nregoins = []",
        'rollout.a.regoins: unknown key; did you mean "regions"?',
        id="a key of a rollout",
    ),
    pytest.param(
        "[rollout.a.stack.trail]\nparameter = {}",
        'rollout.a.stack.trail.parameter: unknown key; did you mean "parameters"?',
        id="a key of a stack of a rollout",
    ),
    pytest.param(
        "[rollout.a.wave.b]\nacounts = []",
        'rollout.a.wave.b.acounts: unknown key; did you mean "accounts"?',
        id="a key of a wave",
    ),
    pytest.param(
        "[rollout.a.wave.b.check]\nalarm = []",
        'rollout.a.wave.b.check.alarm: unknown key; did you mean "alarms"?',
        id="a key of a check",
    ),
    # Values of a wrong type.
    pytest.param("catalog = 1", "catalog: invalid value 1; write a table", id="no table"),
    pytest.param(
        "[[environment]]\nregion = 'x'",
        "environment: invalid value a list; write a table",
        id="an array of tables",
    ),
    pytest.param(
        "[environment]\nregion = 'eu-central-1'",
        'environment.region: invalid value "eu-central-1"; write a table',
        id="an environment without a name",
    ),
    pytest.param(
        "[catalog.detection.a]\nexclude = ['Deployer']",
        "catalog.detection.a.exclude: invalid value a list; write a table",
        id="a list for a table",
    ),
    pytest.param(
        "[catalog]\npacks = 'cis'",
        'catalog.packs: invalid value "cis"; write a list',
        id="a text for a list",
    ),
    pytest.param(
        "[catalog]\npacks = ['cis', 3]",
        "catalog.packs: invalid value 3; write a list of texts in quotes",
        id="a number in a list of texts",
    ),
    pytest.param(
        "[baseline]\nenabled = 'false'",
        'baseline.enabled: invalid value "false"; write true or false',
        id="a text for a Boolean",
    ),
    pytest.param(
        "[catalog.detection.a]\nthreshold = true",
        "catalog.detection.a.threshold: invalid value true; write a whole number",
        id="a Boolean for a number",
    ),
    pytest.param(
        "[catalog.detection.a]\nthreshold = 1.5",
        "catalog.detection.a.threshold: invalid value 1.5; write a whole number",
        id="a fraction for a whole number",
    ),
    pytest.param(
        "[environment.a]\naccount = 111122223333",
        "environment.a.account: invalid value 111122223333; write a text in quotes",
        id="a number for a text",
    ),
    pytest.param(
        "[environment.a.tags]\nowner = 1",
        "environment.a.tags.owner: invalid value 1; write a text in quotes",
        id="a number for a tag",
    ),
    pytest.param(
        "[environment.a.parameters]\nA = 1979-05-27",
        "environment.a.parameters.A: invalid value 1979-05-27; write a text, a number, a list, or "
        '{ stack = "...", output = "..." }',
        id="a date for a parameter",
    ),
    pytest.param(
        "[environment.a.parameters]\nA = [[1]]",
        "environment.a.parameters.A: invalid value a list; write a list of texts and numbers",
        id="a list in a list for a parameter",
    ),
    pytest.param(
        "[rollout.a.parameters]\nA = { stack = 'trail', output = 'B' }",
        "rollout.a.parameters.A: invalid value a table; write a text, a number or a list",
        id="an output in a rollout",
    ),
    pytest.param(
        "[rollout.a]\nstack = ['trail']",
        "rollout.a.stack: invalid value a list; write a text in quotes, or a table for each stack",
        id="a list for the only stack",
    ),
    pytest.param(
        "[rollout.a]\nmax_concurrent = [1]",
        "rollout.a.max_concurrent: invalid value a list; write a number of accounts from 1, or a "
        'percentage such as "10%"',
        id="a list for a number",
    ),
    pytest.param(
        "[rollout.a]\nregions_at_once = 'yes'",
        'rollout.a.regions_at_once: invalid value "yes"; write true or false',
        id="a text for a Boolean by a former name",
    ),
    # Values of a wrong form.
    pytest.param(
        "[project]\nminimum_version = 'newest'",
        'project.minimum_version: invalid value "newest"; write a version, like "0.2.0"',
        id="no version",
    ),
    pytest.param(
        f"[project]\nminimum_version = '0.{'9' * 10}'",
        'project.minimum_version: invalid value "0.9999999999"; write a version, like "0.2.0"',
        id="a version with a number of ten digits",
    ),
    pytest.param(
        "[catalog]\npacks = []",
        "catalog.packs: is empty; name at least one pack, or remove the key",
        id="no packs",
    ),
    pytest.param(
        "[catalog.detection.a]\nseverity = 'urgent'",
        'catalog.detection.a.severity: unknown value "urgent"; known: high, low, medium',
        id="an unknown word",
    ),
    pytest.param(
        "[catalog.detection.a]\nperiod = 86460",
        "catalog.detection.a.period: invalid value 86460; write 10, 20, 30 or a multiple of 60 "
        "seconds, at most 86400, which is one day",
        id="a period of more than a day",
    ),
    pytest.param(
        "[lint.ignore]\nW201 = 'reason'",
        "lint.ignore.W201: not the id of a rule; write an id such as W2001",
        id="no id of a rule",
    ),
    pytest.param(
        "[environment.a]\nregion = 'eu-centrall-1'",
        'environment.a.region: invalid value "eu-centrall-1"; write a Region such as eu-central-1',
        id="no Region",
    ),
    pytest.param(
        "[environment.a]\nregion = 'eu-central-'",
        'environment.a.region: invalid value "eu-central-"; write a Region such as eu-central-1',
        id="a Region without its number",
    ),
    pytest.param(
        "[environment.a.tags]\n" + "\n".join(f"t{number} = ''" for number in range(51)),
        "environment.a.tags: has 51 tags; CloudFormation accepts 50",
        id="too many tags",
    ),
    pytest.param(
        "[environment.a]\nrollback_alarms = ['1', '2', '3', '4', '5', '6']",
        "environment.a.rollback_alarms: has 6 entries; CloudFormation accepts 5",
        id="too many entries",
    ),
    pytest.param(
        "[rollout.a]\nfailure_tolerance = '101%'",
        'rollout.a.failure_tolerance: invalid value "101%"; write a number of accounts from 0, or '
        'a percentage such as "10%"',
        id="more than all",
    ),
    pytest.param(
        "[rollout.a]\nmax_concurrent = '0%'",
        'rollout.a.max_concurrent: invalid value "0%"; write a number of accounts from 1, or '
        'a percentage such as "10%"',
        id="nothing at a time",
    ),
    pytest.param(
        "[rollout.a]\nregions = ['eu-central-1', 'eu-central-1']",
        'rollout.a.regions: has "eu-central-1" twice; remove one of them',
        id="a Region twice",
    ),
    pytest.param(
        "[rollout.a]\naccounts = ['11112222333']",
        'rollout.a.accounts: invalid value "11112222333"; write twelve digits in quotes',
        id="eleven digits",
    ),
    pytest.param(
        "[rollout.a.parameter_overrides.1111]\nA = 1",
        "rollout.a.parameter_overrides.1111: is not an account ID; write twelve digits",
        id="overrides of no account",
    ),
    pytest.param(
        "[rollout.a.wave.b.check]\nwait_minutes = 1441",
        "rollout.a.wave.b.check.wait_minutes: invalid value 1441; write 0 to 1440 minutes",
        id="too long",
    ),
    pytest.param(
        "[rollout.a.wave.b.check]\ncommand = []",
        "rollout.a.wave.b.check.command: is empty; name a program and its arguments: "
        '["./check.sh", "canary"]',
        id="no program",
    ),
]
"""Settings, and what is wrong with them."""


RIGHT = [
    pytest.param("", id="nothing"),
    pytest.param("[catalog.detection.a]\nperiod = 10", id="a period of ten seconds"),
    pytest.param("[catalog.detection.a]\nperiod = 86400", id="a period of one day"),
    pytest.param("[environment.a]\nstack_name = '{stack}-{stack}'", id="the stack twice"),
    pytest.param("[environment.a]\nrollback_alarms = []", id="an empty list removes"),
    pytest.param("[environment.a.parameters]\nA = 1.5\nB = [1, 'x', true]", id="parameters"),
    pytest.param("[rollout.a]\nregions = ['eu-central-1']\nstack = 'trail'", id="one stack"),
    pytest.param("[rollout.a]\nregions = ['eu-central-1']\n[rollout.a.stack.x]", id="stacks"),
    pytest.param(
        "[rollout.a]\nregions = ['us-gov-west-1']\nmax_concurrent = '100%'", id="all at a time"
    ),
    pytest.param(
        "[rollout.a]\nregions = ['eusc-de-east-1']\nfailure_tolerance = '0%'", id="no failures"
    ),
]
"""Settings that readers of the tables may still reject, but not for a key, a type or a form."""


def message_of(text: str) -> str:
    """The message about some settings."""
    with pytest.raises(SettingsError) as caught:
        settings.parse(text)
    return str(caught.value)


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_reported_with_its_address(text: str, message: str) -> None:
    assert message_of(text) == f"trailbell.toml: {message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "[rollout.a]\nregions_at_once = true\nregion_concurrency = 'parallel'",
            'rollout.a.regions_at_once: is the former name of "region_concurrency", and both are '
            'given; keep "region_concurrency" only',
            id="the former name first",
        ),
        pytest.param(
            "[rollout.a]\nregion_concurrency = 'parallel'\nregions_at_once = true",
            'rollout.a.regions_at_once: is the former name of "region_concurrency", and both are '
            'given; keep "region_concurrency" only',
            id="the current name first",
        ),
    ],
)
def test_a_key_by_two_names_is_an_error_at_the_former_one(text: str, message: str) -> None:
    assert message_of(text) == f"trailbell.toml: {message}"


def test_the_first_mistake_of_the_file_is_reported() -> None:
    text = "[rollout.a]\nregions = 'x'\n[catalog]\npaks = 1\n"
    assert message_of(text) == 'trailbell.toml: rollout.a.regions: invalid value "x"; write a list'


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_read(text: str) -> None:
    settings.parse(text)
