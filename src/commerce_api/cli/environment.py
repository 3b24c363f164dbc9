"""What the commands stand on: settings, logs, a database that answers."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit

from commerce_api.adapters.postgres_server import PostgresError, PostgresServer
from commerce_api.settings import Settings, SettingsRefused, load, unknown_variables


class ToldPlainly(click.Group):
    """Commands whose expected failures end in a sentence instead of a traceback, listed in the order in which they are needed."""

    def list_commands(self, _: Any) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsRefused as refused:
            tell("These settings cannot be used:", *(f"  {problem}" for problem in refused.problems))
            raise Exit(2) from None
        except PostgresError as error:
            tell(str(error))
            raise Exit(1) from None
        except KeyboardInterrupt:
            raise Exit(130) from None


def tell(*lines: str) -> None:
    """For people, beside what the command puts out."""
    for line in lines:
        click.echo(line, err=True)


def settings_for(**given: Any) -> Settings:
    """The settings, with logs going the way they say."""
    settings = load(**given)
    from commerce_api.adapters import logs

    text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    logs.configure(settings.log_level, text=text)
    if unknown := unknown_variables():
        tell(f"Not known, so without effect: {', '.join(unknown)}. Is it spelled right?")
    return settings


@contextmanager
def with_database(settings: Settings) -> Iterator[Settings]:
    """The settings with a database: the one of DATABASE_URL, or our own, which runs from here to the end."""
    if settings.database_url is not None:
        yield settings
        return
    with PostgresServer(settings.data_dir / "postgres") as server:
        secret = settings.secret.get_secret_value() or kept_secret(settings.data_dir)
        yield changed(settings, database_url=server.dsn, secret=secret)


def changed(settings: Settings, **changes: Any) -> Settings:
    """The same settings with some others, checked like all."""
    return replace(settings, **changes)


def kept_secret(folder: Path) -> str:
    """The secret of this installation, made at the first start. Whoever loses it signs everybody out."""
    path = folder / "secret"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(32))
    return path.read_text()
