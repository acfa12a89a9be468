"""``trailbell prove``: promises on policies, for people and machines."""

import json

import pytest

from tests.command.conftest import Project

pytestmark = pytest.mark.slow


def test_a_stack_whose_promises_are_kept(pristine: Project) -> None:
    done = pristine.run("prove", "alerts", "--json")
    result = json.loads(done.out)
    assert (done.code, done.err, [*result]) == (0, "", ["proofs", "policies_without_promise"])
    assert result["policies_without_promise"] == []
    assert {(p["promise"], p["resource"], p["verdict"]) for p in result["proofs"]} == {
        ("topic-publishers", "HighTopicPolicy", "proven"),
        ("topic-publishers", "MediumTopicPolicy", "proven"),
        ("topic-publishers", "LowTopicPolicy", "proven"),
        ("key-of-alerts", "Key", "proven"),
    }


def test_for_people(pristine: Project) -> None:
    done = pristine.run("prove", "realtime-forward")
    assert (done.code, done.err) == (0, "")
    *proofs, empty, summary, others = done.out.splitlines()
    assert {" ".join(text.split()[:2]) for text in proofs if text.startswith("proven")} == {
        "proven queue-senders:",
        "proven queues-accept-tls:",
        "proven queues-require-tls:",
        "proven trust-of-forwarding:",
    }
    assert [empty, summary, others] == [
        "",
        "4 proven, 0 refuted, 0 undecided.",
        "No promise is about 1 policy: realtime-forward.ForwardRole",
    ]


def test_a_stack_that_does_not_exist(pristine: Project) -> None:
    done = pristine.run("prove", "alertz")
    assert (done.code, done.out) == (2, "")
    assert 'unknown stack "alertz"; did you mean "alerts"?' in done.err
