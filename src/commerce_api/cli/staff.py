"""`staff create`: the first accounts of those who run the store."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from commerce_api.cli.environment import settings_for, tell, with_database
from commerce_api.cli.running import data_dir_option, opened_store, unless_refused
from commerce_api.settings import Settings

if TYPE_CHECKING:
    from commerce_api.domain.decision import Refused
    from commerce_api.operations.staff import NewStaff


@click.group()
def staff() -> None:
    """Accounts of those who run the store."""


@staff.command()
@click.argument("email")
@click.option("--name", required=True, help="Name, as colleagues see it.")
@click.option(
    "--role", required=True, multiple=True, help="Code of a role, such as ADMINISTRATOR; several times for several."
)
@click.option(
    "--password",
    envvar="STAFF_PASSWORD",
    prompt=True,
    confirmation_prompt=True,
    hide_input=True,
    help="Asked for if not given.",
)
@data_dir_option
def create(email: str, name: str, role: Sequence[str], password: str, data_dir: Path | None) -> None:
    """Make an account for somebody who works here, who signs in with the mail address EMAIL.

    All later ones can be made through the staff API. The roles of a new store are CSR, SUPERVISOR, CATALOG_MANAGER, WAREHOUSE,
    FINANCE and ADMINISTRATOR. The password is asked for twice, or taken from the variable STAFF_PASSWORD, so that it does not
    show in the list of processes.

    Without DATABASE_URL, the store of the data folder must not be running.
    """
    with with_database(settings_for(data_dir=data_dir)) as settings:
        asyncio.run(_create(settings, email, name, role, password))
    click.echo(f"{email} can sign in.")


async def _create(settings: Settings, email: str, name: str, roles: Sequence[str], password: str) -> None:
    from commerce_api.operations.entrance import Entrance
    from commerce_api.operations.execute import execute
    from commerce_api.operations.staff import create_staff, hashed
    from commerce_api.persistence.stores.bulk import role_ids

    async with opened_store(settings) as (app, by):
        async with app.database.connection() as connection:
            known = await role_ids(connection)
        if unknown := [code for code in roles if code not in known]:
            tell(f"There is no role {', '.join(unknown)}. There are {', '.join(sorted(known))}.")
            raise Exit(1)
        secret = settings.secret.get_secret_value()
        entrance = Entrance(database=app.database, by=by, passwords=app.passwords, secret=secret)
        command = await hashed(entrance, _asked(email, name, password, [known[code][0] for code in roles]))
        unless_refused(await execute(app.database, by, create_staff, command))


def _asked(email: str, name: str, password: str, role_ids: list[Any]) -> "NewStaff | Refused":
    from commerce_api.domain.email import parse_email
    from commerce_api.domain.intake import Intake
    from commerce_api.domain.password import check_password
    from commerce_api.domain.staff import RoleGrant
    from commerce_api.operations.staff import NewStaff

    intake = Intake()
    address = parse_email(intake, email, "email")
    called = intake.text(name, "name", most=100, required=True)
    check_password(intake, password, address, "password")
    grants = tuple(RoleGrant(role_id=role_id) for role_id in role_ids)
    made = NewStaff(email=address, name=called, password=password, grants=grants)
    return intake.refused() if intake.problems else made
