"""Which detections are deployed, and how they are tuned."""

import pytest

from tests.packs import PACKS
from trailbell.catalog.detection import Catalog, Detection, Example, Severity, Timing
from trailbell.catalog.selection import apply_selection, notes, read_selection
from trailbell.errors import SettingsError
from trailbell.samples import api_call, iam_user
from trailbell.settings import Table, parse

EVENT = api_call("kms", "DisableKey", iam_user("alice"))
OTHER = api_call("kms", "ListKeys", iam_user("alice"), read_only=True)


DEPLOYER = '[catalog.exclude]\nroles = ["Deployer"]\n'
NARROW = (
    " && (($.userIdentity.sessionContext.sessionIssuer.userName NOT EXISTS)"
    " || ($.userIdentity.sessionContext.sessionIssuer.userName IS NULL)"
    ' || ($.userIdentity.sessionContext.sessionIssuer.userName != "Deployer"))'
)


def detection(identifier: str, pattern: str, *packs: str, **fields: bool) -> Detection:
    return Detection(
        id=identifier,
        title="Something happened",
        packs=packs,
        severity=Severity.MEDIUM,
        pattern=pattern,
        why="It matters.",
        runbook=("Look.",),
        fires=(Example("it happens", EVENT),),
        silent=(Example("it does not", OTHER),),
        verbatim=fields.get("verbatim", False),
        opt_in=fields.get("opt_in", False),
        reports_leaked_credentials=fields.get("leaked", False),
    )


KEYS = detection("keys", '{ $.eventName = "DisableKey" }', "essentials")
TRAIL = detection("trail", '{ $.eventName = "StopLogging" }', "tamper", "cis")
EXACT = detection("exact", "{$.eventName=DisableKey}", "cis", verbatim=True)
OPTION = detection("option", '{ $.eventName = "ListKeys" }', "identity", opt_in=True)
DIRECT = detection(
    "direct", '{ ($.eventName = "Decrypt") && ($.userIdentity.invokedBy NOT EXISTS) }', "cis"
)
WRITTEN = Catalog((KEYS, TRAIL, EXACT, OPTION, DIRECT), PACKS)


def settings(text: str) -> Table:
    return parse(text)


def deployed(text: str) -> Catalog:
    return apply_selection(WRITTEN, read_selection(settings(text), WRITTEN))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            '[catalog]\npaks = ["cis"]',
            'trailbell.toml: catalog.paks: unknown key; did you mean "packs"?',
            id="an unknown key",
        ),
        pytest.param(
            '[catalog]\npacks = ["cs"]',
            'trailbell.toml: catalog.packs: unknown pack "cs"; did you mean "cis"?',
            id="an unknown pack",
        ),
        pytest.param(
            '[catalog]\ndisable = ["key"]',
            'trailbell.toml: catalog.disable: unknown detection "key"; did you mean "keys"?',
            id="an unknown detection",
        ),
        pytest.param(
            "[catalog]\npacks = []",
            "trailbell.toml: catalog.packs: is empty; name at least one pack, or remove the key",
            id="no pack at all",
        ),
        pytest.param(
            '[catalog]\npacks = ["essentials"]\ndisable = ["keys"]',
            "trailbell.toml: catalog: no detection is enabled; enable at least one",
            id="nothing is left",
        ),
        pytest.param(
            '[catalog]\npacks = ["cis"]\nenable = ["option"]',
            'trailbell.toml: catalog.enable: "option" is in the pack '
            '"identity", which is not built; add "identity" to packs',
            id="switched on in a pack that is not chosen",
        ),
        pytest.param(
            '[catalog]\nenable = ["keys"]',
            'trailbell.toml: catalog.enable: "keys" is not opt-in; remove it, '
            "the detection is always enabled",
            id="switched on, which it is anyway",
        ),
        pytest.param(
            '[catalog]\nenable = ["option"]\ndisable = ["option"]',
            'trailbell.toml: catalog.enable: "option" is also in "disable"; '
            "remove it from one of the two",
            id="switched on and off",
        ),
        pytest.param(
            '[catalog.exclude]\nprincipal_arns = ["alice"]',
            "trailbell.toml: catalog.exclude.principal_arns: invalid value "
            '"alice"; write the ARN of a user or of a role\'s session '
            '("arn:aws:iam::111122223333:user/alice", '
            '"arn:aws:sts::111122223333:assumed-role/Deployer/*")',
            id="a principal that is no ARN",
        ),
        pytest.param(
            '[catalog.exclude]\nsource_ips = ["999.1"]',
            'trailbell.toml: catalog.exclude.source_ips: invalid value "999.1";'
            " write an IP address, or its beginning and an asterisk "
            '("192.0.2.44", "192.0.2.*"), or a calling service '
            '("cloudformation.amazonaws.com")',
            id="no address",
        ),
        pytest.param(
            '[catalog.detection.keys.exclude]\nevents = ["ListKeys"]',
            "trailbell.toml: catalog.detection.keys.exclude: ($.eventName NOT "
            'EXISTS) || ($.eventName IS NULL) || ($.eventName != "ListKeys") '
            "excludes nothing that this detection matches; remove it",
            id="an exclusion that excludes nothing",
        ),
        pytest.param(
            "[catalog.detection.trial]\nthreshold = 2",
            'trailbell.toml: catalog.detection: unknown detection "trial"; did you mean "trail"?',
            id="tuning an unknown detection",
        ),
        pytest.param(
            "[catalog]\nmetric_default_value = 0",
            "trailbell.toml: catalog.metric_default_value: invalid value 0; write true or false",
            id="a default value that is a number",
        ),
        pytest.param(
            '[catalog.detection.keys]\nseverity = "hihg"',
            "trailbell.toml: catalog.detection.keys.severity: unknown value "
            '"hihg"; did you mean "high"?',
            id="an unknown severity",
        ),
        pytest.param(
            "[catalog.detection.keys]\nthreshold = 0",
            "trailbell.toml: catalog.detection.keys.threshold: invalid value 0; write 1 or more",
            id="a threshold that always triggers",
        ),
        pytest.param(
            "[catalog.detection.keys]\nperiod = 90",
            "trailbell.toml: catalog.detection.keys.period: invalid value 90; "
            "write 10, 20, 30 or a multiple of 60 seconds, at most 86400, which is one day",
            id="a period CloudWatch does not take",
        ),
        pytest.param(
            '[catalog.exclude]\nsource_ips = ["192.0.2.0/24"]',
            "trailbell.toml: catalog.exclude.source_ips: invalid value "
            '"192.0.2.0/24"; filter patterns do not support address ranges; '
            "write the beginning, such as 192.0.2.*",
            id="an address range",
        ),
        pytest.param(
            '[catalog.exclude]\nroles = ["Dep*er"]',
            'trailbell.toml: catalog.exclude.roles: invalid value "Dep*er"; '
            "write a value, or its beginning and one asterisk at the end",
            id="a star in mid-text",
        ),
        pytest.param(
            '[catalog.detection.exact.exclude]\nroles = ["Deployer"]',
            "trailbell.toml: catalog.detection.exact.exclude: compliance "
            "scanners compare the pattern of this detection verbatim; exclude "
            "in its tuned twin, or set the severity of this one to low",
            id="excluding in an exact text",
        ),
        pytest.param(
            '[catalog.exclude]\nevents = ["Decrypt"]',
            "trailbell.toml: catalog: the exclusions exclude every event of "
            '"direct"; exclude less, or disable the detection',
            id="excluding all that a detection watches",
        ),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        deployed(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        pytest.param("", ["keys", "trail", "exact", "direct"], id="no file: all but opt-in"),
        pytest.param(
            '[catalog]\npacks = ["cis"]',
            ["trail", "exact", "direct"],
            id="one pack, with what it shares with others",
        ),
        pytest.param(
            '[catalog]\ndisable = ["keys", "exact"]', ["trail", "direct"], id="two are switched off"
        ),
        pytest.param(
            '[catalog]\nenable = ["option"]',
            ["keys", "trail", "exact", "option", "direct"],
            id="an opt-in one is switched on",
        ),
    ],
)
def test_what_is_deployed(text: str, ids: list[str]) -> None:
    assert [found.id for found in deployed(text)] == ids


@pytest.mark.parametrize(
    ("text", "identifier", "pattern"),
    [
        pytest.param(
            '[catalog.exclude]\nroles = ["Deployer"]',
            "exact",
            "{$.eventName=DisableKey}",
            id="a verbatim pattern is unchanged",
        ),
        pytest.param(
            '[catalog.exclude]\nservices = ["autoscaling.amazonaws.com"]',
            "direct",
            '{ ($.eventName = "Decrypt") && ($.userIdentity.invokedBy NOT EXISTS) }',
            id="what is excluded already stays as written",
        ),
        pytest.param(
            '[catalog.detection.keys.exclude]\nroles = ["Deployer", "CI*"]',
            "keys",
            '{ ($.eventName = "DisableKey")'
            " && (($.userIdentity.sessionContext.sessionIssuer.userName NOT EXISTS)"
            " || ($.userIdentity.sessionContext.sessionIssuer.userName IS NULL)"
            ' || (($.userIdentity.sessionContext.sessionIssuer.userName != "Deployer")'
            ' && ($.userIdentity.sessionContext.sessionIssuer.userName != "CI*"))) }',
            id="events without the field still count",
        ),
    ],
)
def test_excluded(text: str, identifier: str, pattern: str) -> None:
    assert deployed(text).get(identifier).pattern_text == pattern


_GUARDS = "detections that guard the alarms or report leaked credentials"
_SCANNERS = "catalog.exclude does not apply to patterns that compliance scanners compare"
_FOR_ONE = "; to exclude events of one of them, use [catalog.detection.ID]"
_BY_NAME = (
    "Deployer: a role name excludes the roles with this name on every path and in every account; "
    '"/Deployer" excludes those without a path, an ARN excludes one role'
)
LEAKED = detection("leaked", '{ $.eventName = "ListKeys" }', "identity", leaked=True)
GUARDED = Catalog((KEYS, TRAIL, EXACT, LEAKED), PACKS)


@pytest.mark.parametrize(
    ("text", "patterns", "expected_notes"),
    [
        pytest.param("", {}, (), id="nothing is excluded"),
        pytest.param(
            DEPLOYER,
            {"keys": f'{{ ($.eventName = "DisableKey"){NARROW} }}'},
            (
                f"catalog.exclude does not apply to {_GUARDS}: trail, leaked{_FOR_ONE}",
                f"{_SCANNERS}: exact",
                (
                    "exclusions weaken keys; for example, keys no longer sees DisableKey by "
                    "arn:aws:iam::111122223333:role/Deployer from 192.0.2.44; see trailbell list"
                ),
                _BY_NAME,
            ),
            id="what is excluded everywhere does not apply to guards",
        ),
        pytest.param(
            '[catalog.exclude]\nevents = ["DisableKey", "Other"]\n[catalog]\ndisable = ["keys"]',
            {},
            (f"{_SCANNERS}: exact",),
            id="an event that no guard watches",
        ),
        pytest.param(
            '[catalog.detection.trail.exclude]\nroles = ["Deployer"]',
            {"trail": f'{{ ($.eventName = "StopLogging"){NARROW} }}'},
            (
                f"exclusions weaken {_GUARDS}: trail",
                "exclusions weaken trail; see trailbell list",
                _BY_NAME,
            ),
            id="what is excluded for a guard by its name does",
        ),
    ],
)
def test_the_guard_is_not_tuned_away_by_accident(
    text: str, patterns: dict[str, str], expected_notes: tuple[str, ...]
) -> None:
    chosen = read_selection(settings(text), GUARDED)
    after = apply_selection(GUARDED, chosen)
    changed = {
        one.id: one.pattern_text
        for one in after
        if one.pattern_text != GUARDED.get(one.id).pattern_text
    }
    assert (changed, notes(GUARDED, chosen, after)) == (patterns, expected_notes)


def test_tuned() -> None:
    text = '[catalog.detection.keys]\nseverity = "high"\nthreshold = 3\nperiod = 600'
    tuned = deployed(text).get("keys")
    assert (tuned.severity, tuned.timing.threshold, tuned.timing.period) == (
        Severity.HIGH,
        3,
        600,
    )
    assert tuned.location == KEYS.location


def test_each_detection_is_deployed_by_the_first_chosen_pack() -> None:
    whole = deployed("")
    assert {p.name: [d.id for d in whole.in_pack(p.name)] for p in PACKS} == {
        "essentials": ["keys"],
        "cis": ["trail", "exact", "direct"],
        "tamper": [],
        "identity": [],
        "exposure": [],
        "impact": [],
        "data": [],
        "persistence": [],
    }


@pytest.mark.parametrize(
    ("text", "without"),
    [
        pytest.param("", [], id="every metric has a default value"),
        pytest.param(
            "[catalog]\nmetric_default_value = true", [], id="every metric has one explicitly"
        ),
        pytest.param(
            "[catalog.detection.keys]\nmetric_default_value = false", ["keys"], id="one has none"
        ),
        pytest.param(
            "[catalog]\nmetric_default_value = false\n"
            "[catalog.detection.keys]\nmetric_default_value = true\nthreshold = 3",
            ["trail", "exact", "direct"],
            id="all but one have none",
        ),
    ],
)
def test_metrics_without_a_default_value_are_named(text: str, without: list[str]) -> None:
    chosen = read_selection(settings(text), WRITTEN)
    after = apply_selection(WRITTEN, chosen)
    expected = (
        (
            (
                f"{', '.join(without)}: without metric_default_value the alarm stays in ALARM "
                "longer after a match, and further matches in this time send no notification; see "
                "Costs in the documentation"
            ),
        )
        if without
        else ()
    )
    assert [found.id for found in after if not found.timing.default_value] == without
    assert notes(WRITTEN, chosen, after) == expected


def test_a_threshold_keeps_the_default_value_that_is_set() -> None:
    text = "[catalog.detection.keys]\nmetric_default_value = false\nthreshold = 3"
    assert deployed(text).get("keys").timing == Timing(
        threshold=3, default_value=False, reason="Set in trailbell.toml."
    )
