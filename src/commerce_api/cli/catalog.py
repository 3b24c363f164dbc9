"""`import-products` and `export-products`: the catalog as CSV files in the format that Shopify exports."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
from click.exceptions import Exit

from commerce_api.cli.environment import settings_for, tell, with_database
from commerce_api.cli.progress import progress
from commerce_api.cli.running import data_dir_option, opened_store, unless_refused
from commerce_api.settings import Settings

if TYPE_CHECKING:
    from commerce_api.operations.product_import_run import ImportReport

_channel = click.option("--channel", help="Code of the channel whose prices are meant; the default one without.")
_currency = click.option("--currency", help="Currency of the prices; the channel's first without.")
_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.command(short_help="Bring products in from CSV files.")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@_channel
@_currency
@click.option("--all-or-nothing", is_flag=True, help="Change nothing if a line of a file is wrong.")
@data_dir_option
def import_products(
    files: Sequence[Path],
    channel: str | None,
    currency: str | None,
    all_or_nothing: bool,
    data_dir: Path | None,
) -> None:
    """Bring products in from CSV FILES in the format that Shopify exports, one file after another.

    Products are found again by their handle: importing a file once more changes only what changed. Each wrong line is told
    with its number, column and reason; the others are kept, unless --all-or-nothing. Files may be as large as they like.

    Ends with 1 if a line was wrong. Without DATABASE_URL, the store of the data folder must not be running.
    """
    options = {"channel_code": channel, "currency": currency, "all_or_nothing": all_or_nothing}
    with with_database(settings_for(data_dir=data_dir)) as settings:
        reports = [asyncio.run(_import(settings, path, path.stat().st_size, options)) for path in files]
    raise Exit(1 if any(report.problem_count for report in reports) else 0)


async def _import(settings: Settings, path: Path, size: int, options: dict[str, Any]) -> "ImportReport":
    from commerce_api.operations.import_products import import_products as bring_in

    async with opened_store(settings) as (app, by):
        with path.open("rb") as source, progress(path.name, size) as told:
            report = await bring_in(
                app.database,
                by,
                source,
                address=settings.public_url,
                progress=lambda so_far: told(so_far.bytes_read),
                **options,
            )
    return _reported(path, unless_refused(report))


def _reported(path: Path, report: "ImportReport") -> "ImportReport":
    for problem in report.problems:
        column = f", {problem.column}" if problem.column else ""
        tell(f"{path.name}:{problem.line}{column}: {problem.message}")
    if report.problem_count > len(report.problems):
        tell(f"{path.name}: {report.problem_count - len(report.problems)} more problems")
    counts = (
        f"{report.created} created, {report.changed} changed, {report.unchanged} unchanged, {report.refused} refused"
    )
    click.echo(f"{path.name}: {counts}{'; nothing was kept' if report.rolled_back else ''}")
    return report


@click.command(short_help="Write all products as CSV.")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; standard output without.",
)
@_channel
@_currency
@data_dir_option
def export_products(output: Path | None, channel: str | None, currency: str | None, data_dir: Path | None) -> None:
    """Write all products as CSV in the format that Shopify exports; importing it again changes nothing.

    Without DATABASE_URL, the store of the data folder must not be running.
    """
    with with_database(settings_for(data_dir=data_dir)) as settings:
        if output is None:
            asyncio.run(_export(settings, sys.stdout.buffer, channel, currency))
            return
        with output.open("wb") as target:
            asyncio.run(_export(settings, target, channel, currency))


async def _export(settings: Settings, target: BinaryIO, channel: str | None, currency: str | None) -> None:
    from commerce_api.operations.export_products import export_products as write

    async with opened_store(settings) as (app, by):
        with progress("Products written", None) as told:
            count = await write(
                app.database,
                by,
                target,
                channel_code=channel,
                currency=currency,
                address=settings.public_url,
                progress=told,
            )
    tell(f"{unless_refused(count)} products written")
