"""``trailbell schema``: the JSON Schema of ``trailbell.toml``."""

from pathlib import Path

import click

from trailbell.command.option import examples, option
from trailbell.errors import OutputError
from trailbell.settings.schema import FILE, schema_text
from trailbell.text_files import reason


@click.command("schema", epilog=examples("schema", f"schema -o {FILE}"))
@option(
    "-o",
    "--out",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the schema to this file. Default: standard output.",
)
def command(path: Path | None) -> int:
    """Print the JSON Schema of trailbell.toml, with which editors check and complete settings.

    An editor with support for TOML schemas, such as Even Better TOML, uses the file that the first
    line of trailbell.toml names: "#:schema trailbell.schema.json".
    """
    if path is None:
        click.echo(schema_text(), nl=False)
        return 0
    try:
        path.write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise OutputError(str(path), reason(error)) from error
    click.echo(f"Written: {path}")
    return 0
