"""`doctor`: looks at everything that a store stands on, and says of what is wrong how to mend it."""

import asyncio
import os
import platform
import shutil
import socket
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from enum import Enum
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import click
from click.exceptions import Exit

from commerce_api.adapters.clock import now
from commerce_api.adapters.postgres_server import PostgresError, PostgresServer, binaries
from commerce_api.cli.running import data_dir_option
from commerce_api.settings import Settings, SettingsRefused, load, unknown_variables

_OLDEST_PYTHON, _OLDEST_POSTGRES = (3, 11), 16
_ROOM = 1 << 30
_SECONDS_APART = 5
_VARIETY = 8
"""Different characters of a secret, at least; 32 random hexadecimal ones have about 14."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class State(Enum):
    GOOD = "ok"
    ODD = "note"
    BAD = "WRONG"


class Finding(NamedTuple):
    state: State
    what: str
    cure: str = ""


@click.command()
@data_dir_option
def doctor(data_dir: Path | None) -> None:
    """Say what is wrong with the setting-up and how to mend it.

    Looks at Python, the settings, the database, its schema and its clock, the data folder and the room in it, the secret, the
    mail server, the port, links, and the files that are served, GraphiQL's among them. Changes nothing. Ends with 1 if
    something is wrong, so that it can stand in a start script.
    """
    findings = []
    for finding in _findings(data_dir):
        findings.append(finding)
        click.secho(f"{finding.state.value:>6}  {finding.what}", fg=_COLORS[finding.state])
        if finding.cure:
            click.echo(f"{'':8}{finding.cure}")
    wrong = sum(finding.state is State.BAD for finding in findings)
    click.echo(f"\n{wrong} of {len(findings)} wrong." if wrong else "\nAll is well.")
    raise Exit(1 if wrong else 0)


_COLORS = {State.GOOD: None, State.ODD: "yellow", State.BAD: "red"}


def _findings(data_dir: Path | None) -> Iterator[Finding]:
    yield _python()
    try:
        settings = load(data_dir=data_dir)
    except SettingsRefused as refused:
        for problem in refused.problems:
            yield Finding(State.BAD, problem, "Mend the environment variable; the README lists them all.")
        return
    yield Finding(State.GOOD, "The settings can be used.")
    for name in unknown_variables():
        yield Finding(State.ODD, f"{name} means nothing here.", "Is it spelled as in the README?")
    yield from _own_postgres(settings) if settings.database_url is None else asyncio.run(_all(_database(settings)))
    yield from _secret(settings.secret.get_secret_value())
    yield from _mail(settings)
    yield _port(settings)
    yield from _links(settings)
    yield _served_files()
    yield from _graphiql(settings)
    yield from _documents(settings)


def _python() -> Finding:
    found = platform.python_version()
    if sys.version_info < _OLDEST_PYTHON:
        return Finding(State.BAD, f"Python is {found}.", "Install 3.11 or newer, delete .venv and run `make demo`.")
    return Finding(State.GOOD, f"Python is {found}.")


def _own_postgres(settings: Settings) -> Iterator[Finding]:
    try:
        yield Finding(State.GOOD, f"PostgreSQL's programs are in {binaries()}.")
    except PostgresError as error:
        yield Finding(State.BAD, "PostgreSQL's programs are missing.", str(error))
        return
    yield from _folder(settings.data_dir)
    if not (settings.data_dir / "postgres" / "data").exists():
        yield Finding(State.ODD, "There is no database yet.", "`commerce-api demo` or `commerce-api serve` makes one.")
        return
    yield _kept_secret(settings.data_dir / "secret")
    try:
        with PostgresServer(settings.data_dir / "postgres") as server:
            dsn = server.dsn
            yield from asyncio.run(_all(_database(settings, dsn)))
    except PostgresError as error:
        in_use = "in use by process" in str(error)
        yield Finding(
            State.ODD if in_use else State.BAD, str(error), "Its database was not looked at." if in_use else ""
        )


def _folder(folder: Path) -> Iterator[Finding]:
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        yield Finding(State.BAD, f"{existing} cannot be written to.", "Name another folder with COMMERCE_DATA_DIR.")
        return
    yield Finding(State.GOOD, f"The data folder is {folder.absolute()}.")
    if shutil.disk_usage(existing).free < _ROOM:
        yield Finding(State.BAD, "Less than 1 GB is free there.", "Make room, or name another with COMMERCE_DATA_DIR.")


def _kept_secret(path: Path) -> Finding:
    if not path.exists():
        return Finding(State.ODD, "There is no secret yet.", "The next start makes one.")
    if stat.S_IMODE(path.stat().st_mode) & _OTHERS:
        return Finding(State.BAD, f"{path} can be read by others.", f"chmod 600 {path}")
    return Finding(State.GOOD, "The secret is kept for the program alone.")


async def _all(findings: AsyncIterator[Finding]) -> list[Finding]:
    return [finding async for finding in findings]


async def _database(settings: Settings, own: str | None = None) -> AsyncIterator[Finding]:
    import asyncpg

    from commerce_api.persistence import revision

    try:
        connection = await asyncpg.connect(own or settings.dsn, timeout=5)
    except (OSError, asyncpg.PostgresError, ValueError) as error:
        yield Finding(
            State.BAD,
            f"The database does not answer: {error}",
            "Look at DATABASE_URL, and whether it runs and may be reached.",
        )
        return
    try:
        yield _version(connection.get_server_version())
        yield _connections(settings, int(await connection.fetchval("SHOW max_connections")))
        yield _schema(await revision.current(connection), revision.newest())
        yield _clock(await connection.fetchval("SELECT now()"))
    finally:
        await connection.close()


def _version(found: tuple[int, ...]) -> Finding:
    if found[0] < _OLDEST_POSTGRES:
        return Finding(
            State.BAD, f"PostgreSQL is {found[0]}.", f"Use {_OLDEST_POSTGRES} or newer; 18 is what is tested."
        )
    return Finding(State.GOOD, f"PostgreSQL {found[0]} answers.")


def _connections(settings: Settings, most: int) -> Finding:
    needed = settings.workers * (settings.pool_size + 1)
    if needed > most - 3:
        cure = "Lower COMMERCE_WORKERS or COMMERCE_POOL_SIZE, or raise max_connections in PostgreSQL."
        return Finding(State.BAD, f"{needed} connections are needed, {most} are allowed for everybody.", cure)
    return Finding(State.GOOD, f"{needed} of {most} connections are needed.")


def _schema(found: str | None, newest: str) -> Finding:
    if found == newest:
        return Finding(State.GOOD, f"The database is at the newest schema, {newest}.")
    at = f"at schema {found}" if found else "empty"
    return Finding(State.BAD, f"The database is {at}, the newest is {newest}.", "Run `commerce-api migrate`.")


def _clock(theirs: datetime) -> Finding:
    apart = abs((theirs - now()).total_seconds())
    if apart > _SECONDS_APART:
        cure = "Let both machines follow the same time, with NTP: what expires does so by the clock of the server."
        return Finding(State.BAD, f"The database's clock and this one are {apart:.0f} seconds apart.", cure)
    return Finding(State.GOOD, "The database's clock and this one agree.")


def _secret(secret: str) -> Iterator[Finding]:
    if secret and len(set(secret)) < _VARIETY:
        cure = "Make one with `openssl rand -hex 32`; changing it signs everybody out."
        yield Finding(State.ODD, "COMMERCE_SECRET looks as if it could be guessed.", cure)


def _links(settings: Settings) -> Iterator[Finding]:
    if settings.database_url and settings.public_url == Settings.public_url:
        cure = "Set COMMERCE_PUBLIC_URL to where customers reach this server."
        yield Finding(State.ODD, f"Links to pictures and payment pages lead to {settings.public_url}.", cure)


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.smtp_url is None:
        yield Finding(State.ODD, "Mails are kept, not sent.", "Set COMMERCE_SMTP_URL to send them.")
        return
    from commerce_api.adapters.smtp import check_smtp

    try:
        asyncio.run(check_smtp(settings.smtp_url.get_secret_value()))
    except Exception as error:  # noqa: BLE001 - a mail server can fail in any way
        yield Finding(State.BAD, f"The mail server does not work: {error}", "Look at COMMERCE_SMTP_URL.")
    else:
        yield Finding(State.GOOD, "The mail server answers.")


def _port(settings: Settings) -> Finding:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        said = os.strerror(error.errno) if error.errno else str(error)
        cure = "Perhaps a store runs there already. If it is another program, set COMMERCE_PORT."
        return Finding(State.ODD, f"{settings.host}, port {settings.port}: {said}.", cure)
    return Finding(State.GOOD, f"Port {settings.port} is free.")


def _served_files() -> Finding:
    missing = [name for name in _SERVED if not (files("commerce_api.web") / name).is_file()]
    if missing:
        return Finding(State.BAD, f"Files are missing: {', '.join(missing)}.", "Fetch the project's files again.")
    return Finding(State.GOOD, "The pages that are served are there.")


def _graphiql(settings: Settings) -> Iterator[Finding]:
    from commerce_api.web.graphiql import missing

    if not settings.graphiql:
        return
    if missing():
        cure = "Run `make ui`, which fetches them once, or set COMMERCE_GRAPHIQL=false."
        yield Finding(State.ODD, "The files of GraphiQL, the page at /graphql, are not here.", cure)
    else:
        yield Finding(State.GOOD, "The files of GraphiQL are there.")


def _documents(settings: Settings) -> Iterator[Finding]:
    if settings.documents is None:
        return
    from commerce_api.cli.processes import check_documents

    try:
        check_documents(settings)
    except SettingsRefused as refused:
        for problem in refused.problems:
            yield Finding(
                State.BAD, problem, "Mend the document, and have the file written anew by the tool that made it."
            )
    else:
        yield Finding(State.GOOD, "The registered documents can be used.")


_SERVED = ("pages/mailbox.html",)
