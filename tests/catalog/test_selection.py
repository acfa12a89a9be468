"""What of the catalogue is deployed, and how it is tuned."""

import tomllib

import pytest

from trailbell.catalog.detection import Catalog, Detection, Example, Pack, Severity
from trailbell.catalog.selection import apply_selection, notes, read_selection
from trailbell.errors import SettingsError
from trailbell.samples import api_call, iam_user
from trailbell.settings import Table

EVENT = api_call("kms", "DisableKey", iam_user("alice"))
OTHER = api_call("kms", "ListKeys", iam_user("alice"), read_only=True)


DEPLOYER = '[catalogue.exclude]\nroles = ["Deployer"]\n'
NARROW = (
    " && (($.userIdentity.sessionContext.sessionIssuer.userName NOT EXISTS)"
    " || ($.userIdentity.sessionContext.sessionIssuer.userName IS NULL)"
    ' || ($.userIdentity.sessionContext.sessionIssuer.userName != "Deployer"))'
)


def detection(identifier: str, pattern: str, *packs: Pack, **fields: bool) -> Detection:
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


KEYS = detection("keys", '{ $.eventName = "DisableKey" }', Pack.ESSENTIALS)
TRAIL = detection("trail", '{ $.eventName = "StopLogging" }', Pack.TAMPER, Pack.CIS)
EXACT = detection("exact", "{$.eventName=DisableKey}", Pack.CIS, verbatim=True)
OPTION = detection("option", '{ $.eventName = "ListKeys" }', Pack.IDENTITY, opt_in=True)
DIRECT = detection(
    "direct", '{ ($.eventName = "Decrypt") && ($.userIdentity.invokedBy NOT EXISTS) }', Pack.CIS
)
WRITTEN = Catalog((KEYS, TRAIL, EXACT, OPTION, DIRECT))


def settings(text: str) -> Table:
    return Table("trailbell.toml", "", tomllib.loads(text))


def deployed(text: str) -> Catalog:
    return apply_selection(WRITTEN, read_selection(settings(text), WRITTEN))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            '[catalogue]\npaks = ["cis"]',
            'trailbell.toml: catalogue.paks; nothing reads it, did you mean "packs"?',
            id="an unknown key",
        ),
        pytest.param(
            '[catalogue]\npacks = ["cs"]',
            'trailbell.toml: catalogue.packs: "cs"; not known, did you mean "cis"?',
            id="an unknown pack",
        ),
        pytest.param(
            '[catalogue]\noff = ["key"]',
            'trailbell.toml: catalogue.off: "key"; not known, did you mean "keys"?',
            id="an unknown detection",
        ),
        pytest.param(
            "[catalogue]\npacks = []",
            "trailbell.toml: catalogue.packs: an empty list; choose at least one, or leave it out",
            id="no pack at all",
        ),
        pytest.param(
            '[catalogue]\npacks = ["essentials"]\noff = ["keys"]',
            "trailbell.toml: catalogue: nothing is left; switch some detection on",
            id="nothing is left",
        ),
        pytest.param(
            '[catalogue]\npacks = ["cis"]\non = ["option"]',
            'trailbell.toml: catalogue.on: "option"; its pack identity is not built; '
            "add that to packs",
            id="switched on in a pack that is not chosen",
        ),
        pytest.param(
            '[catalogue]\non = ["keys"]',
            'trailbell.toml: catalogue.on: "keys"; it is on without that; name opt-in ones only',
            id="switched on, which it is anyway",
        ),
        pytest.param(
            '[catalogue]\non = ["option"]\noff = ["option"]',
            'trailbell.toml: catalogue.on: "option"; it is in off as well; leave it out of one',
            id="switched on and off",
        ),
        pytest.param(
            '[catalogue.exclude]\nprincipals = ["alice"]',
            'trailbell.toml: catalogue.exclude.principals: "alice"; '
            'the ARN of a user or of a role\'s session ("arn:aws:iam::111122223333:user/alice", '
            '"arn:aws:sts::111122223333:assumed-role/Deployer/*")',
            id="a principal that is no ARN",
        ),
        pytest.param(
            '[catalogue.exclude]\naddresses = ["999.1"]',
            'trailbell.toml: catalogue.exclude.addresses: "999.1"; an address, or its start '
            'and a star ("192.0.2.44", "192.0.2.*"); or a service that calls '
            '("cloudformation.amazonaws.com")',
            id="no address",
        ),
        pytest.param(
            '[catalogue.detection.keys.exclude]\nevents = ["ListKeys"]',
            "trailbell.toml: catalogue.detection.keys.exclude: ($.eventName NOT EXISTS) || "
            '($.eventName IS NULL) || ($.eventName != "ListKeys"); '
            "nothing that this detection fires on is excluded by that",
            id="an exclusion that excludes nothing",
        ),
        pytest.param(
            "[catalogue.detection.trial]\nthreshold = 2",
            'trailbell.toml: catalogue.detection: "trial"; not known, did you mean "trail"?',
            id="tuning an unknown detection",
        ),
        pytest.param(
            '[catalogue.detection.keys]\nseverity = "hihg"',
            'trailbell.toml: catalogue.detection.keys.severity: "hihg"; one of them, '
            'did you mean "high"?',
            id="an unknown severity",
        ),
        pytest.param(
            "[catalogue.detection.keys]\nthreshold = 0",
            "trailbell.toml: catalogue.detection.keys.threshold: 0; 1 or more",
            id="a threshold that always rings",
        ),
        pytest.param(
            "[catalogue.detection.keys]\nperiod = 90",
            "trailbell.toml: catalogue.detection.keys.period: 90; "
            "10, 20, 30 or a multiple of 60 seconds",
            id="a period CloudWatch does not take",
        ),
        pytest.param(
            '[catalogue.exclude]\naddresses = ["192.0.2.0/24"]',
            'trailbell.toml: catalogue.exclude.addresses: "192.0.2.0/24"; '
            "filter patterns know no address ranges; write a start, like 192.0.2.*",
            id="an address range",
        ),
        pytest.param(
            '[catalogue.exclude]\nroles = ["Dep*er"]',
            'trailbell.toml: catalogue.exclude.roles: "Dep*er"; '
            "a value, or its start and one star at the end",
            id="a star in mid-text",
        ),
        pytest.param(
            '[catalogue.detection.exact.exclude]\nroles = ["Deployer"]',
            "trailbell.toml: catalogue.detection.exact.exclude: exclusions; an auditor wants the "
            "text of this detection to the letter; exclude in its tuned twin, or give this one "
            "the severity low",
            id="excluding in an exact text",
        ),
        pytest.param(
            '[catalogue.exclude]\nevents = ["Decrypt"]',
            "trailbell.toml: catalogue: the exclusions leave nothing of direct; "
            "exclude less, or switch it off",
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
            '[catalogue]\npacks = ["cis"]',
            ["trail", "exact", "direct"],
            id="one pack, with what it shares with others",
        ),
        pytest.param(
            '[catalogue]\noff = ["keys", "exact"]', ["trail", "direct"], id="two are switched off"
        ),
        pytest.param(
            '[catalogue]\non = ["option"]',
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
            '[catalogue.exclude]\nroles = ["Deployer"]',
            "exact",
            "{$.eventName=DisableKey}",
            id="an exact text stays to the letter",
        ),
        pytest.param(
            '[catalogue.exclude]\nservices = ["autoscaling.amazonaws.com"]',
            "direct",
            '{ ($.eventName = "Decrypt") && ($.userIdentity.invokedBy NOT EXISTS) }',
            id="what is excluded already stays as written",
        ),
        pytest.param(
            '[catalogue.detection.keys.exclude]\nroles = ["Deployer", "CI*"]',
            "keys",
            '{ ($.eventName = "DisableKey")'
            " && (($.userIdentity.sessionContext.sessionIssuer.userName NOT EXISTS)"
            " || ($.userIdentity.sessionContext.sessionIssuer.userName IS NULL)"
            ' || (($.userIdentity.sessionContext.sessionIssuer.userName != "Deployer")'
            ' && ($.userIdentity.sessionContext.sessionIssuer.userName != "CI*"))) }',
            id="whoever lacks the member still counts",
        ),
    ],
)
def test_excluded(text: str, identifier: str, pattern: str) -> None:
    assert deployed(text).get(identifier).pattern_text == pattern


_GUARDS = "detections that guard the alarms or report leaked credentials"
_FOR_ONE = "; exclude for one of them in [catalogue.detection.ID]"
_BY_NAME = (
    "Deployer: a role by its name is excluded on every path and in every account; "
    '"/Deployer" is the one on no path, and an ARN is one role'
)
LEAKED = detection("leaked", '{ $.eventName = "ListKeys" }', Pack.IDENTITY, leaked=True)
GUARDED = Catalog((KEYS, TRAIL, EXACT, LEAKED))


@pytest.mark.parametrize(
    ("text", "patterns", "told"),
    [
        pytest.param("", {}, (), id="nothing is excluded"),
        pytest.param(
            DEPLOYER,
            {"keys": f'{{ ($.eventName = "DisableKey"){NARROW} }}'},
            (
                f"catalogue.exclude does not apply to {_GUARDS}: trail, leaked{_FOR_ONE}",
                "catalogue.exclude does not apply to texts that auditors compare: exact",
                "exclusions weaken keys; see build.py list",
                _BY_NAME,
            ),
            id="what is excluded everywhere does not apply to guards",
        ),
        pytest.param(
            '[catalogue.exclude]\nevents = ["DisableKey", "Other"]\n[catalogue]\noff = ["keys"]',
            {},
            ("catalogue.exclude does not apply to texts that auditors compare: exact",),
            id="an event that no guard watches",
        ),
        pytest.param(
            '[catalogue.detection.trail.exclude]\nroles = ["Deployer"]',
            {"trail": f'{{ ($.eventName = "StopLogging"){NARROW} }}'},
            (
                f"exclusions of their own weaken {_GUARDS}: trail",
                "exclusions weaken trail; see build.py list",
                _BY_NAME,
            ),
            id="what is excluded for a guard by its name does",
        ),
    ],
)
def test_the_guard_is_not_tuned_away_by_accident(
    text: str, patterns: dict[str, str], told: tuple[str, ...]
) -> None:
    chosen = read_selection(settings(text), GUARDED)
    after = apply_selection(GUARDED, chosen)
    changed = {
        one.id: one.pattern_text
        for one in after
        if one.pattern_text != GUARDED.get(one.id).pattern_text
    }
    assert (changed, notes(GUARDED, chosen, after)) == (patterns, told)


def test_tuned() -> None:
    text = '[catalogue.detection.keys]\nseverity = "high"\nthreshold = 3\nperiod = 600'
    tuned = deployed(text).get("keys")
    assert (tuned.severity, tuned.timing.threshold, tuned.timing.period) == (
        Severity.HIGH,
        3,
        600,
    )
    assert tuned.location == KEYS.location


def test_each_detection_is_deployed_by_the_first_chosen_pack() -> None:
    whole = deployed("")
    assert {pack: [d.id for d in whole.in_pack(pack)] for pack in Pack} == {
        Pack.ESSENTIALS: ["keys"],
        Pack.CIS: ["trail", "exact", "direct"],
        Pack.TAMPER: [],
        Pack.IDENTITY: [],
        Pack.EXPOSURE: [],
    }
