"""The reference of the command line."""

import click

from trailbell.command.option import examples, option
from trailbell.docs.command_page import commands_page


@click.group()
def _cli() -> None:
    """Do things."""


@_cli.command("paint", epilog=examples("paint wall", "paint wall --coats 2"))
@click.argument("wall")
@option("--coats", type=int, former=("--layers",), help="Number of coats. Default: 1.")
@option("--finish", type=click.Choice(["matt", "gloss"]), help="Finish | look.")
def _paint(wall: str, coats: int, finish: str) -> None:
    """Paint the WALL. It dries
    slowly.

    Exit codes: 0 <painted>.
    """


@_cli.group("tools")
def _tools() -> None:
    """Keep tools."""


@_tools.command("clean")
def _clean() -> None:
    """Clean all tools."""


def test_the_page_has_every_command_with_its_help_and_options() -> None:
    _, _, page = commands_page(_cli).partition("(output-formats.md).\n\n")
    assert page == "\n".join(
        [
            "| Command | What it does |",
            "| --- | --- |",
            "| [`trailbell paint`](#trailbell-paint) | Paint the WALL. |",
            "| [`trailbell tools`](#trailbell-tools) | Keep tools. |",
            "| [`trailbell tools clean`](#trailbell-tools-clean) | Clean all tools. |",
            "",
            "## Options of every command",
            "",
            "| Option | Meaning |",
            "| --- | --- |",
            "| `-h, --help` | Show this message and exit. |",
            "",
            "## trailbell paint",
            "",
            "```text",
            "trailbell paint [OPTIONS] WALL",
            "```",
            "",
            "Paint the WALL. It dries slowly.",
            "",
            "Exit codes: 0 &lt;painted>.",
            "",
            "| Option | Meaning |",
            "| --- | --- |",
            "| `--coats INTEGER` | Number of coats. Default: 1. |",
            r"| `--finish [matt\|gloss]` | Finish \| look. |",
            "",
            "```sh",
            "trailbell paint wall",
            "trailbell paint wall --coats 2",
            "```",
            "",
            "## trailbell tools",
            "",
            "Keep tools.",
            "",
            "## trailbell tools clean",
            "",
            "```text",
            "trailbell tools clean [OPTIONS]",
            "```",
            "",
            "Clean all tools.",
            "",
        ]
    )
