"""Whatever a file has in it: detections and our errors, and nothing else."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sigma.rules import LOGSOURCE
from trailbell.scaffold.existing import Existing
from trailbell.sigma.imports import Options, import_rules

_SCALARS = st.none() | st.booleans() | st.integers(-5, 99) | st.floats() | st.text(max_size=6)
_NAMES = st.sampled_from(
    [
        *("eventName", "eventSource|contains", "userAgent|re", "sourceIPAddress|cidr"),
        *("requestParameters", "resources.ARN|endswith", "f|gt", "readOnly|exists", "|all", ""),
        *("userAgent|wide|base64offset|contains", "userAgent|windash", "eventTime|minute"),
        *("userAgent|contains|all", "userAgent|re|m", "a..b", "[0]", "userIdentity.type|neq"),
    ]
)
_VALUES = st.recursive(
    _SCALARS | st.sampled_from(["a*b?c", "10.0.0.0/8", "(a|b)+", "\\*", "iam.amazonaws.com"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=2),
    max_leaves=5,
)
_SELECTIONS = st.dictionaries(_NAMES, _VALUES, max_size=3) | _VALUES
_CONDITIONS = st.sampled_from(
    ["a", "not a", "a and not b", "1 of a*", "all of them", "a | count() > 5", "a |", "", "x", "("]
)
_DETECTIONS = st.fixed_dictionaries(
    {"a": _SELECTIONS, "condition": _CONDITIONS | _VALUES}, optional={"b": _SELECTIONS}
)
_RULES = st.fixed_dictionaries(
    {"detection": _DETECTIONS | _VALUES},
    optional={
        "title": st.text(min_size=1) | _SCALARS,
        "logsource": st.just(LOGSOURCE) | _VALUES,
        "level": st.sampled_from(["high", "odd"]) | _SCALARS,
        "tags": st.lists(st.sampled_from(["attack.t1098", "cve", "a.b.c"])) | _SCALARS,
        "falsepositives": _VALUES,
        "description": _VALUES,
        "correlation": st.dictionaries(st.sampled_from(["type", "rules"]), _VALUES),
    },
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=_RULES)
def test_any_rule_is_imported_or_an_error(rule: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "rule.yml"
    known = {"title": "A test of rules", "logsource": LOGSOURCE}
    path.write_text(yaml.safe_dump(known | rule, allow_unicode=True), encoding="utf-8")
    result = import_rules([str(path)], Options("own"), Existing((), (), ()), tmp_path)
    assert len(result.files) + len(result.errors) == 1


@given(text=st.text("ab:-[]{}&*!|>'\"\n #%?", max_size=40))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_an_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rule.yml"
    path.write_text(text)
    result = import_rules([str(path)], Options("own"), Existing((), (), ()), tmp_path)
    assert (result.files, bool(result.errors)) == ((), True)
