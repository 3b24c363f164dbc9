"""The command. Each subcommand imports what it needs only when it runs, so that `--help` is there at once."""

from importlib.metadata import PackageNotFoundError, version

import click

from commerce_api.cli import catalog, doctor, running
from commerce_api.cli.contracts import contracts
from commerce_api.cli.environment import ToldPlainly
from commerce_api.cli.staff import staff


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        try:
            click.echo(version("commerce-api"))
        except PackageNotFoundError:
            click.echo("from source")
        context.exit()


@click.group(name="commerce-api", cls=ToldPlainly, context_settings={"max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version and exit.",
)
def main() -> None:
    """A headless commerce GraphQL API server.

    Start with `commerce-api demo`. Settings come from environment variables, which the README lists.
    `commerce-api doctor` says what is wrong with them.
    """


for command in (
    running.demo,
    running.serve,
    running.worker,
    running.migrate,
    catalog.import_products,
    catalog.export_products,
    doctor.doctor,
    staff,
    contracts,
):
    main.add_command(command)
