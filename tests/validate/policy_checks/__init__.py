"""A policy with the fault that each documented check of IAM Access Analyzer reports.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from tests.validate.policy_checks.errors import ERRORS
from tests.validate.policy_checks.general_warnings import GENERAL_WARNINGS
from tests.validate.policy_checks.policies import Policy
from tests.validate.policy_checks.security_warnings import SECURITY_WARNINGS
from tests.validate.policy_checks.suggestions import SUGGESTIONS

KINDS: dict[str, dict[str, Policy]] = {
    "Errors": ERRORS,
    "Security warnings": SECURITY_WARNINGS,
    "General warnings": GENERAL_WARNINGS,
    "Suggestions": SUGGESTIONS,
}
"""The policies by the kind of the check, as AWS's page has them, and its name."""
