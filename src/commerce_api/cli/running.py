"""`demo`, `serve`, `worker`, `migrate`: the store itself."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack, asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from commerce_api.cli.environment import changed, settings_for, tell, with_database
from commerce_api.settings import Settings

if TYPE_CHECKING:
    from commerce_api.app import App
    from commerce_api.domain.actor import Attribution

data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the program's own PostgreSQL, instead of COMMERCE_DATA_DIR (.data).",
)


def _serving_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--workers", type=int, help="Server processes, instead of COMMERCE_WORKERS (1)."),
        data_dir_option,
        click.option("--port", type=int, help="Port to listen on, instead of COMMERCE_PORT (8000); 0: any free one."),
        click.option("--host", help="Address to listen on, instead of COMMERCE_HOST (127.0.0.1)."),
    ):
        command = option(command)
    return command


@click.command(short_help="Run the store with demonstration data.")
@_serving_options
def demo(**given: Any) -> None:
    """Run the store with demonstration data, and print where it is and who can sign in.

    The first start makes a database in the data folder and fills it; later ones keep what is there. Mails are not sent:
    /mailbox shows them. Ctrl-C ends everything that was started. To begin anew, delete the data folder.
    """
    settings = settings_for(**given, mailbox=True)
    _serve(changed(settings, smtp_url=None, staff_second_factor="optional"), _open_demo_store)


@click.command(short_help="Run the store: answer requests, do what was put off.")
@_serving_options
def serve(**given: Any) -> None:
    """Run the store: answer requests, and do what was put off, such as sending mail.

    With DATABASE_URL it uses that PostgreSQL; without, it runs its own in the data folder. The database is brought to the
    newest schema first. Any number of `serve` may run over one DATABASE_URL. SIGTERM and Ctrl-C let requests finish.
    """
    _serve(settings_for(**given), open_store)


@click.command(short_help="Do what was put off, without answering requests.")
@data_dir_option
def worker(data_dir: Path | None) -> None:
    """Do what was put off, such as sending mail, and the timed jobs, without answering requests.

    Needs DATABASE_URL, or the data folder of a store that is not running. Several may run at once, on several machines: each
    task is done by one of them. Where they do, `serve` can be freed of these tasks with COMMERCE_TASKS_INSIDE=false. SIGTERM
    and Ctrl-C let it finish what it has begun; what a killed one had begun is done by another two minutes later.
    """
    from commerce_api.cli.processes import do_tasks, run

    _end_in_order()
    with with_database(settings_for(data_dir=data_dir)) as settings:
        run(open_store(settings))
        tell("Doing tasks. Ctrl-C ends it.")
        run(do_tasks(settings))
        tell("Stopped.")


@click.command(short_help="Bring the database to the newest schema.")
@data_dir_option
def migrate(data_dir: Path | None) -> None:
    """Bring the database to the newest schema, keeping its data. `serve` and `demo` do this by themselves.

    Run it once before you start several `serve` of a new version, so that none of them has to wait.
    """
    with with_database(settings_for(data_dir=data_dir)) as settings:
        asyncio.run(open_store(settings))
        click.echo("The database is at the newest schema.")


def _end_in_order() -> None:
    """SIGTERM ends the program as Ctrl-C does: with everything that it started."""

    def end(*_: object) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)


def _serve(settings: Settings, prepare: Callable[[Settings], Any]) -> None:
    from commerce_api.cli.processes import answer, answer_in_several, check_documents, loading_beside, run

    if settings.workers > 1 and settings.documents is not None:
        check_documents(settings)
    _end_in_order()
    listening = _listen(settings)
    with listening, ExitStack() as until_the_end:
        with loading_beside() if settings.workers == 1 else nullcontext():
            with_dsn = until_the_end.enter_context(with_database(settings))
        running = changed(with_dsn, public_url=_public_url(settings, *listening.getsockname()[:2]))
        if said := asyncio.run(prepare(running)):
            tell(said)
        tell(_addresses(running))
        run(answer(running, listening=listening) if running.workers == 1 else answer_in_several(running, listening))
        tell("Stopped.")


def _listen(settings: Settings) -> socket.socket:
    from commerce_api.cli.processes import listening_socket

    try:
        return listening_socket(settings.host, settings.port)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        tell(f"Cannot listen on {settings.host}, port {settings.port}: {why}. Choose others by --host, --port.")
        raise Exit(1) from None


def _public_url(settings: Settings, host: str, port: int) -> str:
    """The one that was set, else where it listens."""
    if settings.public_url != Settings.public_url:
        return settings.public_url
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def _addresses(settings: Settings) -> str:
    places = {"Shop API, with GraphiQL in a browser": "/graphql", "Staff API": "/staff/graphql"}
    if settings.mailbox:
        places["Mails that were sent"] = "/mailbox"
    lines = [f"  {what:<38}{settings.public_url}{path}" for what, path in places.items()]
    return "\n".join(["", *lines, "", "Ctrl-C ends it."])


async def open_store(settings: Settings) -> None:
    """Bring the database to the newest schema, if it is not there."""
    import asyncpg

    from commerce_api.persistence import revision

    try:
        connection = await asyncpg.connect(settings.dsn)
    except (OSError, asyncpg.PostgresError) as error:
        tell(f"The database does not answer: {error}. `commerce-api doctor` tells more.")
        raise Exit(1) from None
    try:
        found = await revision.current(connection)
    finally:
        await connection.close()
    if found != revision.newest():
        from commerce_api.persistence.migrate import migrate as upgrade

        await upgrade(settings.dsn)
        await _put_shipped(settings)


async def _put_shipped(settings: Settings) -> None:
    from commerce_api.operations.shipped import put_shipped
    from commerce_api.persistence.sql import connect

    database = await connect(settings.dsn, size=1)
    try:
        await put_shipped(database)
    finally:
        await database.close()


async def _open_demo_store(settings: Settings) -> str:
    """Fill a new store, and say who can sign in."""
    from commerce_api.app import opened
    from commerce_api.operations.cart_opening import CartOpening
    from commerce_api.operations.demo.load import load_demo

    await open_store(settings)
    async with opened(settings) as app:
        opening = CartOpening(secret=app.settings.secret.get_secret_value())
        accounts = await load_demo(app.database, opening, at=app.now(), hash_password=app.passwords.hash)
    people = [("Customers", accounts.customers), ("Staff", accounts.staff)]
    lines = [f"  {a.email:<38}{a.password:<22}{a.who}" for _, group in people for a in group]
    return "\n".join(["", "Accounts: mail address, password, who it is", "", *lines])


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncGenerator[tuple["App", "Attribution"]]:
    """For commands that do one thing: the store, and in whose name it is done."""
    from commerce_api.app import opened
    from commerce_api.domain.actor import SYSTEM, Attribution

    await open_store(settings)
    async with opened(settings) as app:
        yield app, Attribution(actor=SYSTEM, at=app.now(), request_id="command line")


def unless_refused(outcome: Any) -> Any:
    from commerce_api.domain.decision import Refused

    if isinstance(outcome, Refused):
        tell(*(reason.message for reason in outcome.reasons))
        raise Exit(1)
    return outcome
