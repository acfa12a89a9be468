"""``trailbell lint``: run cfn-lint with our rules on any templates."""

import click

from trailbell.command.option import examples, option
from trailbell.lazy_import import lazy_import


class _PassedOn(click.Command):
    """A command that passes on what it does not know, as it was written."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the own options, up to the first ``--``, out of the arguments."""
        end = args.index("--") if "--" in args else len(args)
        own: list[str] = []
        others: list[str] = []
        before = iter(args[:end])
        for arg in before:
            parameter = self._option(ctx, arg)
            (own if parameter else others).append(arg)
            if parameter and not (parameter.is_flag or "=" in arg):
                value = next(before, None)
                if value is None:  # click says so
                    return super().parse_args(ctx, own)
                own.append(value)
        return super().parse_args(ctx, [*own, "--", *others, *args[end:]])

    def _option(self, ctx: click.Context, arg: str) -> click.Option | None:
        name = arg.partition("=")[0]
        options = (each for each in self.get_params(ctx) if isinstance(each, click.Option))
        return next((each for each in options if name in each.opts), None)


@click.command(
    "lint",
    cls=_PassedOn,
    options_metavar="[OPTIONS] [OPTIONS OF CFN-LINT]",
    epilog=examples(
        "lint template.yaml",
        "lint --templates-only network.yaml compose.yaml",
        "lint cdk.out",
        "lint main.tf.json",
    ),
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[--] [TEMPLATES]...")
@option(
    "--templates-only",
    is_flag=True,
    help=(
        "Skip files that have neither Resources nor AWSTemplateFormatVersion, as other YAML and "
        "JSON files in a repository. Files of Terraform are checked."
    ),
)
def command(arguments: tuple[str, ...], *, templates_only: bool) -> int:
    """Run cfn-lint with the rules of Trailbell on TEMPLATES, wherever they come from, and the rules
    of Trailbell on files of Terraform's JSON syntax (.tf.json).

    Of a folder, all templates and .tf.json files are checked; of one that AWS CDK synthesized,
    those that its manifest names.

    All options and configuration files of cfn-lint work; "cfn-lint --help" lists them. As with
    cfn-lint, without TEMPLATES those of .cfnlintrc are checked, or the one on standard input, and
    an option with several values ends with --.

    The exit codes are those of cfn-lint: 0 no findings, 1 it cannot run, and the sum of 2 if there
    are errors, 4 if there are warnings, 8 if there is information.
    """
    module = lazy_import("trailbell.validate.lint_files")
    code: int = module.lint_files(arguments, templates_only=templates_only)
    return code
