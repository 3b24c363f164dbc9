from commerce_api.adapters.ids import new_id
from commerce_api.adapters.passwords import PasswordHash
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.domain.decision import NotFound, refuse
from commerce_api.domain.staff import RoleGrant
from commerce_api.operations.staff import CreateStaff, create_staff, grants_by_code
from commerce_api.persistence.unit_of_work import unit_of_work
from tests import given
from tests.conftest import NOON

BY = Attribution(actor=SYSTEM, at=NOON, request_id="test")


async def test_the_first_administrator_is_made_by_the_system(database, connection):
    role_id = await given.role(connection, "BOSS", "MANAGE_STAFF")

    async with unit_of_work(database, BY, new_id) as uow:
        grants = await grants_by_code(uow, ["BOSS"])
        made = await create_staff(
            uow, CreateStaff(email="a@example.com", name="A", password_hash=PasswordHash("hash"), grants=grants)
        )

    assert grants == (RoleGrant(role_id=role_id),)
    row = await connection.fetchrow("SELECT id, email, password_hash FROM staff")
    assert (row["id"], row["email"], row["password_hash"]) == (made.id, "a@example.com", "hash")


async def test_a_code_that_no_role_has_is_told(database, connection):
    await given.role(connection, "BOSS")

    async with unit_of_work(database, BY, new_id) as uow:
        assert await grants_by_code(uow, ["BOSS", "BAS"]) == refuse(NotFound(path=("roles", "BAS")))
