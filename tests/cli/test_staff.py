import asyncio

import pytest
from click.testing import CliRunner

from commerce_api.cli import main
from commerce_api.operations.roles import put_shipped_roles

PASSWORD = "seven grey herons"
ADA = ("staff", "create", "Ada@Shop.example", "--name", "Ada")


@pytest.fixture
async def run(committing, dsn):
    await put_shipped_roles(committing)
    environment = {"DATABASE_URL": dsn, "COMMERCE_SECRET": "s" * 32}

    async def invoke(*arguments, password=PASSWORD):
        given = {**environment, "STAFF_PASSWORD": password}
        return await asyncio.to_thread(CliRunner().invoke, main, arguments, env=given)

    return invoke


async def rows(committing):
    async with committing.connection() as connection:
        sql = "SELECT s.email, s.name, r.code FROM staff s JOIN staff_roles g ON g.staff_id = s.id JOIN roles r ON r.id = g.role_id"
        return [tuple(row) for row in await connection.raw.fetch(sql)]


async def test_the_first_account_is_made_by_command(run, committing):
    answer = await run(*ADA, "--role", "ADMINISTRATOR")

    assert (answer.exit_code, answer.stdout) == (0, "Ada@Shop.example can sign in.\n")
    assert await rows(committing) == [("ada@shop.example", "Ada", "ADMINISTRATOR")]


@pytest.mark.parametrize(
    ("role", "password", "told"),
    [
        ("KING", PASSWORD, "There is no role KING. There are ADMINISTRATOR, CATALOG_MANAGER"),
        ("CSR", "short", "10"),
    ],
)
async def test_what_cannot_be_is_told_and_nothing_is_made(run, committing, role, password, told):
    answer = await run(*ADA, "--role", role, password=password)

    assert answer.exit_code == 1
    assert told in answer.stderr
    assert await rows(committing) == []
