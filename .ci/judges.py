"""
Let checkov, cfripper, cloudsplaining and parliament judge the templates in dist/.

In:    dist/*.json and dist/*.yaml, and the suppressions in the metadata of their resources.
Out:   one line for each finding without a suppression, and for each suppression without a finding.
       Exit code 1 if there is one.
Never: a template that a tool did not read. The exit code is 2 if a tool fails, or reads less.

Used by ``.ci/run`` in an environment of its own, ``requirements/judges.txt``: checkov fixes the
version of boto3. cfn-lint runs in the environment of the project.

    PYTHONPATH=. python .ci/judges.py [--dist FOLDER]
"""

import argparse
import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import parliament
import pycfmodel
from cfripper.config.config import Config
from cfripper.config.pluggy.utils import get_all_rules
from cfripper.rule_processor import RuleProcessor
from cloudsplaining.scan.policy_document import PolicyDocument
from judgment import Finding, all_branches, disagreements, name_statements, read_suppressions

from trailbell.template.evaluate import Evaluator, Scope

Template = Mapping[str, Any]
_ACCOUNT = "111122223333"
# Values for parameters that have no default, or an empty one.
_PARAMETERS = {
    "AdministratorAccountId": _ACCOUNT,
    "LogGroupArns": f"arn:aws:logs:us-east-1:{_ACCOUNT}:log-group:group",
    "HubBusArn": f"arn:aws:events:us-east-1:{_ACCOUNT}:event-bus/security-alerts",
    "ManagementAccountId": _ACCOUNT,
    "OrganizationId": "o-abcde12345",
}
_PSEUDO = {
    "AWS::AccountId": _ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "stack",
    "AWS::URLSuffix": "amazonaws.com",
}
# What cloudsplaining calls its findings, and the property that lists each.
_RISKS = {
    "PrivilegeEscalation": "allows_privilege_escalation",
    "ResourceExposure": "permissions_management_without_constraints",
    "InfrastructureModification": "infrastructure_modification",
    "DataExfiltration": "allows_data_exfiltration_actions",
    "CredentialsExposure": "credentials_exposure",
    "ServiceWildcard": "service_wildcard",
}


class JudgeError(Exception):
    """A tool did not judge a template."""


# ----------------------------------------------------------------- the tools


def checkov(templates: Mapping[str, Template]) -> Iterator[Finding]:
    """What checkov reports without the suppressions in the templates."""
    with tempfile.TemporaryDirectory() as folder:
        for stack, template in templates.items():
            bare = {
                name: {key: value for key, value in resource.items() if key != "Metadata"}
                for name, resource in template["Resources"].items()
            }
            text = json.dumps({**template, "Resources": bare}, indent=1)
            Path(folder, f"{stack}.json").write_text(text, encoding="utf-8")
        report = run_checkov(Path(folder))
    count = sum(len(template["Resources"]) for template in templates.values())
    if report["summary"]["resource_count"] != count:
        raise JudgeError(f"checkov read {report['summary']['resource_count']} of {count} resources")
    for each in report["results"]["failed_checks"]:
        stack = Path(each["file_path"]).stem
        yield Finding(
            stack, each["resource"].split(".")[-1], "checkov", each["check_id"], each["check_name"]
        )


def run_checkov(folder: Path) -> Any:
    """Return the report of checkov on a folder. Raises `JudgeError` if it does not read a file."""
    command = [sys.executable, "-m", "checkov.main", "--directory", str(folder)]
    command += ["--framework", "cloudformation", "--output", "json", "--skip-download"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    try:
        report = json.loads(done.stdout)
        if report["summary"]["parsing_errors"]:
            raise JudgeError(f"checkov cannot parse {report['results']['parsing_errors']}")
    except (ValueError, TypeError, KeyError) as error:
        raise JudgeError(f"checkov failed: {done.stdout}{done.stderr}") from error
    return report


def cfripper(templates: Mapping[str, Template]) -> Iterator[Finding]:
    """What cfripper reports. It reads no suppressions."""
    rules = get_all_rules()
    config = Config(rules=rules.keys(), aws_account_id=_ACCOUNT)
    processor = RuleProcessor(*(rules[name](config) for name in config.rules))
    for stack, template in templates.items():
        model = pycfmodel.parse(all_branches(_without_event_patterns(_whole_numbers(template))))
        result = processor.process_cf_template(model, config)
        if result.exceptions:
            raise JudgeError(f"cfripper failed on {stack}: {result.exceptions}")
        for failure in result.failures:
            for logical_id in failure.resource_ids:
                yield Finding(stack, logical_id, "cfripper", failure.rule, failure.reason)


def _whole_numbers(value: Any) -> Any:
    """The same with a whole TLS version: cfripper's model of conditions has no other numbers."""
    match value:
        case dict():
            return {
                key: "2" if key == "s3:TlsVersion" else _whole_numbers(member)
                for key, member in value.items()
            }
        case list():
            return [_whole_numbers(entry) for entry in value]
        case _:
            return value


def _without_event_patterns(template: Template) -> Template:
    """The same without event patterns: cfripper judges none, and its model tries every type for
    every level of one, which takes gigabytes for some.
    """
    resources = {
        name: {
            **resource,
            "Properties": {k: v for k, v in resource["Properties"].items() if k != "EventPattern"},
        }
        if resource["Type"] == "AWS::Events::Rule"
        else resource
        for name, resource in template["Resources"].items()
    }
    return {**template, "Resources": resources}


def parliament_findings(templates: Mapping[str, Template]) -> Iterator[Finding]:
    """What parliament reports about the policies of roles, managed policies included."""
    for stack, logical_id, policy in _identity_policies(templates):
        for identifier, detail in name_statements(policy, _analyze):
            yield Finding(stack, logical_id, "parliament", identifier, detail)


def _analyze(policy: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for finding in parliament.analyze_policy_string(json.dumps(policy)).findings:
        yield finding.issue, str(finding.detail or "")


def cloudsplaining(templates: Mapping[str, Template]) -> Iterator[Finding]:
    """What cloudsplaining reports about the policies of roles, managed policies included."""
    for stack, logical_id, policy in _identity_policies(templates):
        document = PolicyDocument(policy)
        for risk, name in _RISKS.items():
            if listed := getattr(document, name):
                yield Finding(stack, logical_id, "cloudsplaining", risk, str(listed))


def _identity_policies(
    templates: Mapping[str, Template],
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The policies of roles and managed policies with the default values of the parameters."""
    for stack, template in templates.items():
        evaluator = Evaluator(template, Scope(parameters=_PARAMETERS, pseudo=_PSEUDO))
        for logical_id, resource in all_branches(template["Resources"]).items():
            properties = resource["Properties"]
            policies = [entry["PolicyDocument"] for entry in properties.get("Policies", ())]
            if resource["Type"] in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
                policies.append(properties["PolicyDocument"])
            elif resource["Type"] != "AWS::IAM::Role":
                continue
            for policy in policies:
                yield stack, logical_id, _known(evaluator.value(policy))


def _known(policy: Any) -> dict[str, Any]:
    """A policy in which an ARN that is unknown or empty is one of the service of its statement."""
    document: dict[str, Any] = json.loads(json.dumps(policy, default=lambda _: _UNKNOWN))
    for statement in document["Statement"]:
        example = _EXAMPLES.get(statement["Action"][0].split(":")[0], "*")
        if _OF_BUCKETS.issuperset(statement["Action"]):
            example = example.removesuffix("/object")
        statement["Resource"] = [
            arn if arn.startswith(("arn:", "*")) else example for arn in statement["Resource"]
        ]
    return document


_UNKNOWN = "unknown"
_OF_BUCKETS = frozenset(("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"))
_IN = f"us-east-1:{_ACCOUNT}"
_EXAMPLES = {
    "aoss": f"arn:aws:aoss:{_IN}:collection/0a1b2c3d",
    "es": f"arn:aws:es:{_IN}:domain/domain/index",
    "kms": f"arn:aws:kms:{_IN}:key/0a1b2c3d-0000-0000-0000-000000000000",
    "logs": f"arn:aws:logs:{_IN}:log-group:group:log-stream:stream",
    "s3": "arn:aws:s3:::bucket/object",
    "sqs": f"arn:aws:sqs:{_IN}:queue",
}


Judge = Callable[[Mapping[str, Template]], Iterator[Finding]]
_TOOLS: Mapping[str, Judge] = {
    "checkov": checkov,
    "cfripper": cfripper,
    "cloudsplaining": cloudsplaining,
    "parliament": parliament_findings,
}


def main() -> int:
    """Judge, print and return the exit code."""
    parser = argparse.ArgumentParser(description="Let other tools judge the templates.")
    parser.add_argument("--dist", type=Path, default=Path("dist"), help="folder of the templates")
    dist = parser.parse_args().dist
    logging.disable(logging.CRITICAL)
    stacks = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    templates = {name: json.loads((dist / f"{name}.json").read_bytes()) for name in stacks}
    suppressions = [
        each for name, template in templates.items() for each in read_suppressions(name, template)
    ]
    try:
        findings = [each for judge in _TOOLS.values() for each in judge(templates)]
        # The templates as they are, so that checkov itself reads the suppressions.
        failed = run_checkov(dist)["results"]["failed_checks"]
    except JudgeError as error:
        print(error, file=sys.stderr)
        return 2
    problems = disagreements(findings, suppressions)
    problems += [f"{each['file_path']}: {each['resource']}: {each['check_id']}" for each in failed]
    print(*problems, sep="\n") if problems else None
    print(f"{len(_TOOLS)} tools, {len(templates)} templates, {len(findings)} findings,", end=" ")
    print(f"{len(suppressions)} suppressions, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
