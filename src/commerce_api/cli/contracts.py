"""`schema print` and `schema check`: the published contracts as files."""

from collections.abc import Iterator
from difflib import unified_diff
from itertools import islice
from pathlib import Path

import click
from click.exceptions import Exit


@click.group("schema", short_help="The published contracts as files.")
def contracts() -> None:
    """The published contracts: schema.graphql (staff, the whole) and schema.shop.graphql."""


def texts() -> dict[str, str]:
    """Both contracts by file name. The full one says with `@requires` who may use what."""
    from graphql import print_schema

    from commerce_api.graphql import FULL, SHOP

    return {"schema.graphql": FULL.as_str() + "\n", "schema.shop.graphql": print_schema(SHOP) + "\n"}


@contracts.command("print")
def print_() -> None:
    """Write both contracts into the current folder.

    Commit them: a difference in them is a change for everybody who uses the API.
    """
    for name, text in texts().items():
        Path(name).write_text(text, encoding="utf-8")
        click.echo(f"wrote {name}")


@contracts.command(short_help="Compare the contracts in this folder with the code.")
def check() -> None:
    """Compare the contracts in the current folder with the code; exit with 1 if they differ."""
    differences = [line for name, text in texts().items() for line in _difference(name, text)]
    for line in differences:
        click.echo(line, err=True)
    if differences:
        click.echo(
            "The committed contracts are not those of the code. Run `make schema` and look at the diff.", err=True
        )
        raise Exit(1)
    click.echo("schema.graphql and schema.shop.graphql are current")


def _difference(name: str, text: str) -> Iterator[str]:
    path = Path(name)
    committed = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = unified_diff(
        committed.splitlines(), text.splitlines(), f"{name} (committed)", f"{name} (code)", "", "", 1, ""
    )
    return islice(lines, 20)
