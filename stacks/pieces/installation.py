"""
The name of the installation, which base stack, packs, queries and dashboard share.

It is the first part of the names of all their resources and exports. The name of a stack would not
do: StackSets names stacks ``StackSet-<set>-<uuid>``, with another uuid in each account and Region.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-drift.html
"""

from troposphere import Parameter, Ref, Sub

from trailbell import ParameterInput, Piece, suppress_lint

GROUP = "Installation"


def _installation_name(characters: int) -> ParameterInput:
    return ParameterInput(
        parameter=Parameter(
            "InstallationName",
            Type="String",
            Default="security-alerts",
            AllowedPattern="^[A-Za-z](-?[A-Za-z0-9])*$",
            MaxLength=characters,
            Description=(
                "First part of all names. The same in all stacks of an installation, and another "
                "one for each installation in an account and Region."
            ),
            ConstraintDescription=(
                f"must have at most {characters} letters and digits, with single hyphens between "
                "them, and start with a letter"
            ),
        ),
        label="Installation name",
        group=GROUP,
    )


INSTALLATION_NAME = _installation_name(40)

RULE_NAME_CHARACTERS = 64
"""https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html"""
SHORT_NAME_CHARACTERS = 24
SHORT_INSTALLATION_NAME = _installation_name(SHORT_NAME_CHARACTERS)
"""In stacks with rules, whose names are shorter than those of other resources."""

NAME = Ref("InstallationName")

ACCEPTED = Piece(metadata=suppress_lint("I4010", reason="The documentation explains them."))
"""cfn-lint's request to explain all resources to AI tools in the template, which docs/ does."""


def named(suffix: str) -> Sub:
    """A name in the installation: ``security-alerts-<suffix>``.

    ``suffix`` may contain references, such as ``${AWS::Region}``.
    """
    return Sub(f"${{InstallationName}}-{suffix}")
