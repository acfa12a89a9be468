"""
Compare decisions on policies with another evaluator: ``python -m benchmarks.policy_comparison``.

In:    random policies and requests from a seed, the same on every machine; the folder of an npm
       package: ``npm install --prefix FOLDER @cloud-copilot/iam-simulate``.
Out:   how many pairs there are, how many are decided differently, and each that is not explained.
Never: a judgment who is right; `EXPLAINED` names what was looked up, with the page that decides.

The policy is that of a resource in an account; the caller is a service, or a role of another
account whose own policy allows everything, so that nothing but the policy decides.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from trailbell.proof.encoding import allowed
from trailbell.proof.formula import And, Formula, Match, Not, Or, Present, SomeValue
from trailbell.proof.slots import ACTION, KIND, RESOURCE, key_slot, principal_slot

_PACKAGE = "@cloud-copilot/iam-simulate"
_SCRIPT = """
import { readFileSync } from 'node:fs'
const inside = './node_modules/@cloud-copilot/iam-simulate/dist/esm/'
const { authorize } = await import(inside + 'core_engine/CoreSimulatorEngine.js')
const { AwsRequestImpl } = await import(inside + 'request/request.js')
const { RequestContextImpl } = await import(inside + 'requestContext.js')
const { DiscoveryContextKeyConstraints } =
  await import(inside + 'context_keys/discoveryContextKeyConstraints.js')
const { loadPolicy } = await import('./node_modules/@cloud-copilot/iam-policy/dist/esm/index.js')
const everything = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
for (const line of readFileSync(0, 'utf8').trim().split('\\n')) {
  const { policy, request } = JSON.parse(line)
  const role = request.principal.startsWith('arn:')
  let result
  try {
    result = authorize({
      request: new AwsRequestImpl(
        request.principal, { resource: request.resource, accountId: '111122223333' },
        request.action, new RequestContextImpl(request.context)),
      identityPolicies: role ? [loadPolicy(everything, { name: 'all' })] : [],
      serviceControlPolicies: [], resourceControlPolicies: [],
      resourcePolicy: loadPolicy(policy, { name: 'policy' }),
      simulationParameters: {
        simulationMode: 'Strict',
        discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([])
      },
      serviceSettings: { s3: {} }
    }).result
  } catch (error) { result = 'error: ' + error.message }
  console.log(JSON.stringify(result))
}
"""
_ROLES = ("arn:aws:iam::123456789012:role/One", "arn:aws:iam::123456789012:role/Two")
_SERVICES = ("events.amazonaws.com", "sns.amazonaws.com")
_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:GetObjectAcl", "s3:DeleteObject")
_RESOURCES = ("arn:aws:s3:::logs/a", "arn:aws:s3:::logs/b", "arn:aws:s3:::other/a")
_VALUES: Mapping[str, tuple[str, ...]] = {
    "s3:prefix": ("home/", "HOME/", "home/x", "other", "a*b", "axb"),
    "aws:SourceArn": (
        "arn:aws:sns:us-east-1:111122223333:topic",
        "arn:aws:sns:us-east-1:123456789012:topic",
        "arn:aws:sns:us-east-1:111122223333:topic:with:colons",
        "topic",
    ),
    "s3:TlsVersion": ("1", "1.1", "1.2", "1.20", "1.3", "none"),
    "aws:SecureTransport": ("true", "false"),
    "aws:SourceIp": ("192.0.2.1", "192.0.3.1", "2001:db8::1"),
    "aws:CurrentTime": ("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"),
}
_SEVERAL = ("home/", "HOME/", "x")
_TESTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("StringEquals", "s3:prefix", ("home/", "other", "a*b", "a${*}b", "${s3:prefix}")),
    ("StringNotEquals", "s3:prefix", ("home/", "other")),
    ("StringEqualsIgnoreCase", "s3:prefix", ("home/", "OTHER")),
    ("StringNotEqualsIgnoreCase", "s3:prefix", ("Home/",)),
    ("StringLike", "s3:prefix", ("home*", "*", "h?me/", "?*", "a${*}b", "*x")),
    ("StringNotLike", "s3:prefix", ("home*", "*x", "*")),
    ("ArnLike", "aws:SourceArn", ("arn:aws:sns:*:111122223333:*", "arn:aws:sns:*:*:topic", "*")),
    ("ArnEquals", "aws:SourceArn", ("arn:aws:sns:us-east-1:111122223333:t*", "arn:*:sns:*:*:*")),
    ("ArnNotLike", "aws:SourceArn", ("arn:aws:sns:us-east-1:123456789012:*", "arn:aws:s*:::x")),
    ("ArnNotEquals", "aws:SourceArn", ("arn:aws:sns:us-east-?:123456789012:topic",)),
    ("NumericEquals", "s3:TlsVersion", ("1.2", "1", "1.20")),
    ("NumericNotEquals", "s3:TlsVersion", ("1.2", "1")),
    ("NumericLessThan", "s3:TlsVersion", ("1.2", "1.15")),
    ("NumericLessThanEquals", "s3:TlsVersion", ("1.2", "1.1")),
    ("NumericGreaterThan", "s3:TlsVersion", ("1.1", "1.2")),
    ("NumericGreaterThanEquals", "s3:TlsVersion", ("1.2",)),
    ("Bool", "aws:SecureTransport", ("true", "false", "True")),
    ("IpAddress", "aws:SourceIp", ("192.0.2.0/24", "2001:db8::/32", "192.0.3.1")),
    ("NotIpAddress", "aws:SourceIp", ("192.0.2.0/23", "192.0.2.0/24")),
    ("DateLessThan", "aws:CurrentTime", ("2026-01-01T00:00:00Z",)),
    ("DateGreaterThanEquals", "aws:CurrentTime", ("2026-01-01T00:00:00Z", "1767225600")),
    ("DateNotEquals", "aws:CurrentTime", ("2026-01-01T00:00:00Z",)),
)
_SET_TESTS = (
    *("ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAnyValue:StringLike"),
    *("ForAllValues:StringNotEquals", "ForAnyValue:StringNotEquals", "ForAllValues:StringLike"),
    *("ForAllValues:StringNotLike", "ForAnyValue:StringNotLike"),
    *("ForAnyValue:StringEqualsIgnoreCase", "ForAllValues:StringEqualsIfExists"),
    "ForAnyValue:StringEqualsIfExists",
)
_KEY_OF_SEVERAL = "aws:TagKeys"

_OPERATORS_PAGE = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
    "reference_policies_elements_condition_operators.html"
)
_VARIABLES_PAGE = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
    "reference_policies_variables.html#policy-vars-specialchars"
)
EXPLAINED: tuple[tuple[str, str], ...] = (
    (
        '"1767225600"',
        f"there, seconds since 1970 are no time; AWS: {_OPERATORS_PAGE}#Conditions_Date",
    ),
    (
        "a${*}b",
        f"there, ${{*}} is no asterisk for StringEquals; AWS: {_VARIABLES_PAGE}",
    ),
    ('"aws:SourceArn": "topic"', "a request with no ARN, for which AWS documents no result"),
    ('"s3:TlsVersion": "none"', "a request with no number, for which AWS documents no result"),
)
"""What is decided otherwise: a text of the policy or the request, and why."""


def pairs(count: int, seed: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Policies and requests."""
    chosen = random.Random(seed)  # noqa: S311 - no secret, the same for everyone
    for _ in range(count):
        statements = [_statement(chosen) for _ in range(chosen.choice((1, 1, 2, 3)))]
        policy = {"Version": "2012-10-17", "Statement": statements}
        context: dict[str, Any] = {
            key: chosen.choice(values)
            for key, values in _VALUES.items()
            if key == "aws:SecureTransport" or chosen.random() < 0.8
        }
        if chosen.random() < 0.7:
            context[_KEY_OF_SEVERAL] = chosen.sample(_SEVERAL, chosen.choice((1, 2)))
        request = {
            "principal": chosen.choice(_ROLES + _SERVICES),
            "action": chosen.choice(_ACTIONS),
            "resource": chosen.choice(_RESOURCES),
            "context": context,
        }
        yield policy, request


def _one_or_two(chosen: random.Random, values: tuple[str, ...]) -> Any:
    if len(values) == 1 or chosen.random() < 0.6:
        return chosen.choice(values)
    return chosen.sample(values, 2)


def _statement(chosen: random.Random) -> dict[str, Any]:
    actions = ("s3:*", "S3:getobject", "s3:PutObject", "s3:?etObject", "*", "s3:Get*")
    resources = ("*", "arn:aws:s3:::logs/*", "arn:aws:s3:::*/a", "arn:aws:s3:::LOGS/a")
    principals = (
        *("*", "*", {"AWS": "*"}, {"AWS": "123456789012"}, {"AWS": _ROLES[0]}),
        *({"AWS": list(_ROLES)}, {"Service": _SERVICES[0]}, {"Service": list(_SERVICES)}),
        {"AWS": "arn:aws:iam::123456789012:root", "Service": _SERVICES[1]},
    )
    effect = chosen.choice(("Allow", "Allow", "Deny"))
    inverse = effect == "Deny" and chosen.random() < 0.15
    found: dict[str, Any] = {
        "Effect": effect,
        chosen.choice(("Action",) * 3 + ("NotAction",)): _one_or_two(chosen, actions),
        chosen.choice(("Resource",) * 3 + ("NotResource",)): _one_or_two(chosen, resources),
    }
    if inverse:
        found["NotPrincipal"] = {"Service": _SERVICES[0]}
    else:
        found["Principal"] = chosen.choice(principals)
    condition: dict[str, dict[str, Any]] = {}
    for _ in range(chosen.choice((0, 1, 1, 2, 2, 3))):
        operator, key, value = _test(chosen)
        condition.setdefault(operator, {})[key] = value
    return {**found, **({"Condition": condition} if condition else {})}


def _test(chosen: random.Random) -> tuple[str, str, Any]:
    kind = chosen.random()
    if kind < 0.15:
        key = chosen.choice((*_VALUES, _KEY_OF_SEVERAL))
        return "Null", key, chosen.choice(("true", "false"))
    if kind < 0.35:
        names = ("home/", "x", "h*", "other")
        return chosen.choice(_SET_TESTS), _KEY_OF_SEVERAL, _one_or_two(chosen, names)
    operator, key, values = chosen.choice(_TESTS)
    suffix = "IfExists" if chosen.random() < 0.3 else ""
    spelled = key.upper() if chosen.random() < 0.1 else key
    return operator + suffix, spelled, _one_or_two(chosen, values)


def decide_here(policy: Mapping[str, Any], request: Mapping[str, Any]) -> bool | None:
    """Whether the policy allows the request; None if that is undecided."""
    name = request["principal"]
    kind = "AWS" if name.startswith("arn:") else "Service"
    values = {
        KIND: kind,
        principal_slot(kind): name,
        ACTION: request["action"],
        RESOURCE: request["resource"],
        **{key_slot(key): value for key, value in request["context"].items()},
    }
    time = request["context"].get("aws:CurrentTime")
    if time is not None:  # in formulas, times are seconds
        values[key_slot("aws:CurrentTime")] = str(datetime.fromisoformat(time).timestamp())
    bounds = allowed(policy["Statement"])
    found = {_holds(bounds.must, values), _holds(bounds.may, values)}
    return found.pop() if len(found) == 1 else None


def _holds(formula: Formula, values: Mapping[str, Any]) -> bool:
    match formula:
        case And(operands):
            return all(_holds(operand, values) for operand in operands)
        case Or(operands):
            return any(_holds(operand, values) for operand in operands)
        case Not(operand):
            return not _holds(operand, values)
        case Present(slot):
            return slot in values
        case Match(slot, matcher):
            return slot in values and matcher.accepts(values[slot])
        case SomeValue(slot, matchers, negated):
            given = values.get(slot, [])
            return any(any(m.accepts(v) for m in matchers) is not negated for v in given)


def decide_there(folder: Path, lines: str) -> list[str]:
    """What the package decides, for each line."""
    node = shutil.which("node")
    if node is None or not (folder / "node_modules" / _PACKAGE).is_dir():
        raise click.UsageError(f"Install node, and: npm install --prefix {folder} {_PACKAGE}")
    script = folder / "policy_comparison.mjs"
    script.write_text(_SCRIPT)
    done = subprocess.run([node, str(script)], input=lines, capture_output=True, text=True)
    if done.returncode:
        raise click.ClickException(f"node failed: {done.stderr.strip()[:500]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--pairs", "count", default=10_000, show_default=True, help="How many pairs.")
@click.option("--seed", default=17, show_default=True, help="Which pairs.")
@click.option("--show", default=5, show_default=True, help="How many disagreements to print.")
def main(folder: Path, count: int, seed: int, show: int) -> None:
    """Compare with the npm package in FOLDER."""
    compared = list(pairs(count, seed))
    lines = "\n".join(json.dumps({"policy": p, "request": r}) for p, r in compared)
    counted: Counter[str] = Counter()
    for (policy, request), there in zip(compared, decide_there(folder, lines), strict=True):
        here = decide_here(policy, request)
        text = f"{json.dumps(policy)} {json.dumps(request)}"
        if there.startswith("error"):
            counted[there] += 1
        elif here is None:
            counted["undecided here"] += 1
        elif here is (there == "Allowed"):
            counted["the same, allowed" if here else "the same, denied"] += 1
        else:
            why = next((why for part, why in EXPLAINED if part in text), "not explained")
            counted[f"different: {why}"] += 1
            if why == "not explained" and counted[f"different: {why}"] <= show:
                click.echo(f"here {here}, there {there}: {text}")
    for name, number in sorted(counted.items()):
        click.echo(f"{number:7,} {name}")
    sys.exit(1 if counted["different: not explained"] else 0)


if __name__ == "__main__":
    main()
