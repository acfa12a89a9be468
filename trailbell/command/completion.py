"""``trailbell completion``: print the script that makes a shell complete command lines."""

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

VARIABLE = "_TRAILBELL_COMPLETE"
"""Set by the scripts while a shell completes a command line."""

_SHELLS: dict[str, type[ShellComplete]] = {
    "bash": BashComplete,
    "zsh": ZshComplete,
    "fish": FishComplete,
}

_HOW_TO = """\b
To use it in every new shell, add a line to a file:
  bash  ~/.bashrc  source <(trailbell completion bash)
  zsh   ~/.zshrc   source <(trailbell completion zsh)
  fish  ~/.config/fish/completions/trailbell.fish
                   trailbell completion fish | source

\b
Examples:
  source <(trailbell completion bash)
  trailbell completion fish | source
"""


@click.command("completion", epilog=_HOW_TO)
@click.argument("shell", type=click.Choice([*_SHELLS]))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the script that completes the commands of trailbell in SHELL: bash, zsh or fish.

    It completes commands and options with what they do, files, and the names of the project:
    stacks, detections, environments, rollouts and Regions. It needs no network, and Bash 4.4 or
    later.
    """
    complete = _SHELLS[shell](context.find_root().command, {}, "trailbell", VARIABLE)
    click.echo(complete.source())
    return 0
