from datetime import timedelta

import pytest

from commerce_api.adapters.tokens import TokenKind, new_token, token_hash
from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.permissions import CUSTOMER, EVERY_STAFF, GUEST, STAFF_ENTRANCE, Permission
from commerce_api.operations.authenticate import actor_of
from commerce_api.persistence.tables import identity
from tests import given
from tests.conftest import NOON

READ, MANAGE = Permission.READ_CUSTOMERS, Permission.MANAGE_CATALOG


async def ask(database, token=None, *, cart_token=None, staff=False, at=NOON):
    return await actor_of(database, token=token, cart_token=cart_token, staff=staff, at=at)


async def api_key(connection, issuer, *permissions, **changes):
    token = new_token(TokenKind.API_KEY)
    key_id = await given.insert(
        connection,
        identity.api_keys,
        **{
            "name": "ERP",
            "prefix": token[:8],
            "secret_hash": token_hash(token),
            "permissions": list(permissions),
            "created_by": issuer,
            "created_at": given.EARLIER,
            **changes,
        },
    )
    return token, key_id


async def test_without_a_token_one_is_a_guest_and_no_statement_is_spent(database, statements):
    assert await ask(database) == Actor(kind=ActorKind.GUEST, permissions=GUEST)
    assert await ask(database, staff=True) == Actor(kind=ActorKind.GUEST, permissions=STAFF_ENTRANCE)
    assert await ask(database, cart_token="abc") == Actor(
        kind=ActorKind.GUEST, permissions=GUEST, cart_token_hash=token_hash("abc")
    )
    assert statements == []


async def test_a_customer_costs_one_statement(database, connection, statements):
    customer_id = await given.customer(connection, channel_id=await given.channel(connection))
    token = await given.customer_token(connection, customer_id)
    statements.clear()

    actor = await ask(database, token)

    assert (actor.kind, actor.id, actor.permissions) == (ActorKind.CUSTOMER, customer_id, CUSTOMER)
    assert len(statements) == 1


async def test_staff_hold_what_their_roles_add_up_to_in_one_statement(database, connection, statements):
    staff_id = await given.staff(connection, READ, MANAGE, "A_PERMISSION_OF_TOMORROW", "SIGN_IN")
    token = await given.staff_token(connection, staff_id)
    statements.clear()

    actor = await ask(database, token, staff=True)

    assert (actor.kind, actor.id) == (ActorKind.STAFF, staff_id)
    assert actor.permissions == EVERY_STAFF | {READ, MANAGE}
    assert len(statements) == 1


async def test_staff_without_any_role_have_their_desk_only(database, connection):
    staff_id = await given.staff(connection)
    await connection.execute("DELETE FROM staff_roles")

    actor = await ask(database, await given.staff_token(connection, staff_id), staff=True)

    assert actor.permissions == EVERY_STAFF


async def test_a_grant_for_some_channels_holds_there_and_only_what_knows_channels(database, connection):
    channel_id = await given.channel(connection)
    staff_id = await given.staff(connection, READ, MANAGE, channel_ids=[channel_id])

    actor = await ask(database, await given.staff_token(connection, staff_id), staff=True)

    assert actor.permissions == EVERY_STAFF
    assert actor.may(READ)
    assert actor.channels_with(READ) == {channel_id}
    assert not actor.may(MANAGE)
    assert actor.channels_with(MANAGE) == frozenset()


async def test_a_key_holds_its_scopes_as_far_as_its_issuer_does(database, connection, statements):
    staff_id = await given.staff(connection, READ)
    token, key_id = await api_key(connection, staff_id, READ, MANAGE)

    actor = await statements.of(ask(database, token, staff=True))

    assert (actor.kind, actor.id, actor.permissions) == (ActorKind.APP, key_id, EVERY_STAFF | {READ})
    assert [sql.split()[0] for sql in statements] == ["SELECT", "UPDATE"]
    await statements.of(ask(database, token, staff=True))
    assert len(statements) == 1


@pytest.mark.parametrize("changes", [{"expires_at": NOON}, {"revoked_at": given.EARLIER}])
async def test_a_key_that_is_over_opens_nothing(database, connection, changes):
    token, _ = await api_key(connection, await given.staff(connection, READ), READ, **changes)

    assert await ask(database, token, staff=True) is None


async def test_a_key_ends_with_its_issuers_account(database, connection):
    token, _ = await api_key(connection, await given.staff(connection, READ, status="DISABLED"), READ)

    assert await ask(database, token, staff=True) is None


async def test_tokens_of_one_address_are_refused_on_the_other(database, connection):
    customer_id = await given.customer(connection, channel_id=await given.channel(connection))
    staff_id = await given.staff(connection, READ)
    key, _ = await api_key(connection, staff_id, READ)

    assert await ask(database, await given.customer_token(connection, customer_id), staff=True) is None
    assert await ask(database, await given.staff_token(connection, staff_id)) is None
    assert await ask(database, key) is None


@pytest.mark.parametrize("token", ["", "x", "shop_access_", "shop_access_unknown", "Basic abc"])
async def test_an_unknown_token_is_nobody_not_a_guest(database, token):
    assert await ask(database, token) is None
    assert await ask(database, token, staff=True) is None


async def test_a_session_is_over_at_its_end_to_the_microsecond(database, connection):
    customer_id = await given.customer(connection, channel_id=await given.channel(connection))
    token = await given.customer_token(connection, customer_id, at=NOON, lasts=timedelta(minutes=15))
    end = NOON + timedelta(minutes=15)

    assert await ask(database, token, at=end - timedelta(microseconds=1)) is not None
    assert await ask(database, token, at=end) is None


async def test_a_disabled_account_is_out_at_once(database, connection):
    channel_id = await given.channel(connection)
    shopper = await given.customer(connection, channel_id=channel_id, status="DISABLED")
    clerk = await given.staff(connection, READ, status="DISABLED")

    assert await ask(database, await given.customer_token(connection, shopper)) is None
    assert await ask(database, await given.staff_token(connection, clerk), staff=True) is None
