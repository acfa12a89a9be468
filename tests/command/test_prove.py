"""``trailbell prove``: promises on policies, for people and machines."""

import json
import re

import pytest

from tests import PROJECT
from tests.command.conftest import Project

pytestmark = pytest.mark.slow


def test_a_stack_whose_promises_are_kept(pristine: Project) -> None:
    done = pristine.run("prove", "alerts", "--json")
    result = json.loads(done.out)
    assert (done.code, done.err, [*result]) == (0, "", ["proofs", "policies_without_promise"])
    assert result["policies_without_promise"] == []
    assert {(p["promise"], p["resource"], p["verdict"]) for p in result["proofs"]} == {
        *(
            (promise, f"{severity}TopicPolicy", "proven")
            for promise in ("topic-publishers", "alarms-can-publish")
            for severity in ("High", "Medium", "Low")
        ),
        ("key-of-alerts", "Key", "proven"),
    }


def test_for_people(pristine: Project) -> None:
    done = pristine.run("prove", "realtime-forward")
    assert (done.code, done.err) == (0, "")
    *proofs, empty, summary = done.out.splitlines()
    assert {" ".join(text.split()[:2]) for text in proofs if text.startswith("proven")} == {
        "proven queue-senders:",
        "proven queues-accept-tls:",
        "proven queues-require-tls:",
        "proven trust-of-forwarding:",
        "proven forwarding-role-sends-to-hub:",
    }
    assert [empty, summary] == ["", "5 proven, 0 refuted, 0 undecided."]


def test_the_output_that_the_guide_shows(pristine: Project) -> None:
    done = pristine.run("prove")
    guide = (PROJECT / "docs/how-to/prove.md").read_text(encoding="utf-8")
    shown = re.search(r"^\d+ proven, .*$", guide, re.MULTILINE)
    assert shown
    assert (done.code, done.out.splitlines()[-1]) == (0, shown[0])


def test_a_stack_that_does_not_exist(pristine: Project) -> None:
    done = pristine.run("prove", "alertz")
    assert (done.code, done.out) == (2, "")
    assert 'unknown stack "alertz"; did you mean "alerts"?' in done.err
