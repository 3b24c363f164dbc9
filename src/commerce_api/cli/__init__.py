"""The command. Each subcommand imports what it needs only when it runs, so that `--help` is there at once."""

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from commerce_api.cli import catalog, doctor, running
from commerce_api.cli.contracts import contracts
from commerce_api.cli.environment import ToldPlainly
from commerce_api.cli.staff import staff

main = typer.Typer(
    name="commerce-api",
    cls=ToldPlainly,
    no_args_is_help=True,
    rich_markup_mode="markdown",  # which fills paragraphs to the width of the terminal
    pretty_exceptions_enable=False,  # a frame's local variables may hold secrets
)
for command in (
    running.demo,
    running.serve,
    running.worker,
    running.migrate,
    catalog.import_products,
    catalog.export_products,
    doctor.doctor,
):
    main.command()(command)
main.add_typer(staff, name="staff")
main.add_typer(contracts, name="schema")


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(version("commerce-api"))
        except PackageNotFoundError:
            typer.echo("from source")
        raise typer.Exit


@main.callback()
def options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """A headless commerce GraphQL API server.

    Start with `commerce-api demo`. Settings come from environment variables, which the README lists.
    `commerce-api doctor` says what is wrong with them.
    """
