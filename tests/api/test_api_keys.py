import re
from datetime import timedelta

import pytest

from commerce_api.schema.node import global_id
from tests import given

KEY = """
apiKey { id name beginsWith permissions createdAt expiresAt revokedAt createdBy { name } } secret errors { code path }
"""
CREATE = f"mutation($input: CreateApiKeyInput!) {{ createApiKey(input: $input) {{ {KEY} }} }}"
REVOKE = f"mutation($id: ID!) {{ revokeApiKey(input: {{id: $id}}) {{ {KEY} }} }}"
LIST = "{ apiKeys(first: 10) { totalCount nodes { name createdBy { name } } } }"
VIEWER = "{ viewer { kind staff { name } apiKey { name } permissions { permission } } }"
ERP = {"name": "ERP", "permissions": ["READ_STOCK"]}


@pytest.fixture
async def boss_id(connection):
    await given.channel(connection)
    return await given.staff(connection, "MANAGE_API_KEYS", "READ_STOCK")


@pytest.fixture
async def boss(boss_id, connection, api):
    return api.as_(await given.staff_token(connection, boss_id))


async def create(client, **changes):
    return (await client.staff(CREATE, input={**ERP, **changes}))["createApiKey"]


async def test_a_key_opens_what_it_is_for(boss, api):
    made = await create(boss, expiresAt="2026-04-01T00:00:00Z")

    secret, key = made["secret"], made["apiKey"]
    assert secret.startswith(key["beginsWith"])
    assert len(key["beginsWith"]) == len("key_") + 4
    assert {name: key[name] for name in key if name not in ("id", "beginsWith")} == {
        "name": "ERP",
        "permissions": ["READ_STOCK"],
        "createdAt": "2026-03-02T12:00:00Z",
        "expiresAt": "2026-04-01T00:00:00Z",
        "revokedAt": None,
        "createdBy": {"name": "Grace"},
    }
    assert (await api.as_(secret).staff(VIEWER))["viewer"] == {
        "kind": "API_KEY",
        "staff": None,
        "apiKey": {"name": "ERP"},
        "permissions": [
            {"permission": name} for name in ("BROWSE_CATALOG", "READ_STOCK", "SIGN_IN_AS_STAFF", "STAFF_DESK")
        ],
    }


async def test_a_secret_is_shown_once_and_kept_as_a_hash_only(boss, connection):
    first = await create(boss, idempotencyKey="k1")
    again = await create(boss, idempotencyKey="k1")

    assert first["apiKey"] == again["apiKey"]
    assert again["secret"] is None
    for table in ("api_keys", "events", "idempotency_keys"):
        assert first["secret"] not in str(await connection.fetch(f"SELECT * FROM {table}"))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"permissions": ["READ_ORDERS"]}, ("EXCEEDS_OWN_PERMISSIONS", ["permissions"])),
        ({"permissions": ["BUY"]}, ("NOT_GRANTABLE", ["permissions"])),
        ({"name": " "}, ("INVALID_VALUE", ["name"])),
        ({"expiresAt": "2026-03-02T12:00:00Z"}, ("INVALID_VALUE", ["expiresAt"])),
    ],
)
async def test_a_key_that_cannot_be_is_not_issued(boss, connection, changes, error):
    answer = await create(boss, **changes)

    assert [(e["code"], e["path"]) for e in answer["errors"]] == [error]
    assert (answer["apiKey"], answer["secret"]) == (None, None)
    assert await connection.fetchval("SELECT count(*) FROM api_keys") == 0


async def test_a_key_issues_no_keys(boss, api, connection):
    secret = (await create(boss, permissions=["MANAGE_API_KEYS"]))["secret"]

    answer = await create(api.as_(secret), permissions=[])

    assert answer["errors"] == [{"code": "ONLY_PEOPLE_ISSUE_KEYS", "path": None}]
    assert await connection.fetchval("SELECT count(*) FROM api_keys") == 1


async def test_a_revoked_key_is_out_at_once_and_stays_so(boss, api, connection):
    made = await create(boss)

    first = await boss.staff(REVOKE, id=made["apiKey"]["id"])
    again = await boss.staff(REVOKE, id=made["apiKey"]["id"])

    assert first == again
    assert first["revokeApiKey"]["apiKey"]["revokedAt"] == "2026-03-02T12:00:00Z"
    assert await api.as_(made["secret"]).error_codes("/staff/graphql", VIEWER) == ["UNAUTHENTICATED"]
    kinds = await connection.fetch("SELECT type FROM events WHERE entity = 'API_KEY' ORDER BY position")
    assert [row["type"] for row in kinds] == ["ApiKeyCreated", "ApiKeyRevoked"]


@pytest.mark.parametrize("id", ["key_01jcqz0000e0080000000000ad", "x"])
async def test_a_key_that_is_not_there_is_not_found(boss, id):
    assert (await boss.staff(REVOKE, id=id))["revokeApiKey"]["errors"] == [{"code": "NOT_FOUND", "path": ["id"]}]


async def test_a_list_of_keys_costs_three_statements_and_the_sign_in(boss, statements):
    for name in ("one", "two", "three"):
        await create(boss, name=name)

    page = (await statements.of(boss.staff(LIST)))["apiKeys"]

    assert page == {
        "totalCount": 3,
        "nodes": [{"name": name, "createdBy": {"name": "Grace"}} for name in ("one", "two", "three")],
    }
    assert [re.findall(r"\nFROM (\w+)", sql)[-1] for sql in statements[1:]] == ["api_keys", "api_keys", "staff"]


async def test_keys_are_nobodys_business_without_the_permission(api, boss, connection):
    its_id = (await create(boss))["apiKey"]["id"]
    other = await given.staff(connection, "READ_STAFF", email="clerk@example.com")
    clerk = api.as_(await given.staff_token(connection, other))

    assert await clerk.error_codes("/staff/graphql", LIST) == ["FORBIDDEN"]
    assert await clerk.error_codes("/staff/graphql", CREATE, {"input": ERP}) == ["FORBIDDEN"]
    assert await clerk.error_codes("/staff/graphql", REVOKE, {"id": its_id}) == ["FORBIDDEN"]
    assert await clerk.staff("query($id: ID!) { node(id: $id) { id } }", id=its_id) == {"node": None}
    assert await boss.staff("query($id: ID!) { node(id: $id) { id } }", id=its_id) == {"node": {"id": its_id}}


async def test_staff_and_roles_are_nodes_for_those_who_may_read_them(api, boss, boss_id, connection):
    staff_id = global_id("stf", boss_id)
    role_id = global_id("rol", await connection.fetchval("SELECT id FROM roles"))
    reader = await given.staff(connection, "READ_STAFF", email="clerk@example.com")
    client = api.as_(await given.staff_token(connection, reader))
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    assert await client.staff(document, ids=[staff_id, role_id]) == {"nodes": [{"id": staff_id}, {"id": role_id}]}
    assert await boss.staff(document, ids=[staff_id, role_id]) == {"nodes": [None, None]}


ROTATE = f"mutation($input: RotateApiKeyInput!) {{ rotateApiKey(input: $input) {{ {KEY} }} }}"
USES = "{ apiKeys(first: 10) { nodes { name lastUsedAt previousSecretUntil channelIds } } }"


async def rotate(client, key_id, **more):
    return (await client.staff(ROTATE, input={"id": key_id, **more}))["rotateApiKey"]


async def works(api, secret):
    return await api.as_(secret).error_codes("/staff/graphql", VIEWER) == []


async def test_a_rotated_key_has_a_new_secret_and_the_old_one_for_a_while(boss, api, clock, connection):
    made = await create(boss)

    rotated = await rotate(boss, made["apiKey"]["id"], overlapMinutes=30, idempotencyKey="r")
    again = await rotate(boss, made["apiKey"]["id"], overlapMinutes=30, idempotencyKey="r")

    assert rotated["errors"] == []
    assert (again["apiKey"], again["secret"]) == (rotated["apiKey"], None)
    assert rotated["secret"].startswith(rotated["apiKey"]["beginsWith"])
    assert rotated["apiKey"]["id"] == made["apiKey"]["id"]
    assert [await works(api, secret) for secret in (made["secret"], rotated["secret"])] == [True, True]
    clock.advance(timedelta(minutes=30))
    boss = api.as_(await given.staff_token(connection, await connection.fetchval("SELECT id FROM staff"), at=clock()))
    assert [await works(api, secret) for secret in (made["secret"], rotated["secret"])] == [False, True]
    second = await rotate(boss, made["apiKey"]["id"], overlapMinutes=0)
    assert [await works(api, secret) for secret in (rotated["secret"], second["secret"])] == [False, True]
    types = [row["type"] for row in await connection.fetch("SELECT type FROM events WHERE entity = 'API_KEY'")]
    assert sorted(types) == ["ApiKeyCreated", "ApiKeyRotated", "ApiKeyRotated"]


async def test_rotating_gives_nobody_more_than_they_hold(boss, api, connection):
    made = await create(boss)
    clerk_id = await given.staff(connection, "MANAGE_API_KEYS", email="clerk@example.com")
    clerk = api.as_(await given.staff_token(connection, clerk_id))
    program = api.as_((await create(boss, permissions=["READ_STOCK", "MANAGE_API_KEYS"]))["secret"])

    assert (await rotate(clerk, made["apiKey"]["id"]))["errors"] == [
        {"code": "EXCEEDS_OWN_PERMISSIONS", "path": ["id"]}
    ]
    assert (await rotate(program, made["apiKey"]["id"]))["errors"] == [{"code": "ONLY_PEOPLE_ISSUE_KEYS", "path": None}]
    assert (await rotate(boss, "key_0"))["errors"] == [{"code": "NOT_FOUND", "path": ["id"]}]
    assert (await rotate(boss, made["apiKey"]["id"], overlapMinutes=10081))["errors"] == [
        {"code": "INVALID_VALUE", "path": ["overlapMinutes"]}
    ]
    await boss.staff(REVOKE, id=made["apiKey"]["id"])
    assert (await rotate(boss, made["apiKey"]["id"]))["errors"] == [{"code": "API_KEY_IS_OVER", "path": ["id"]}]
    assert await connection.fetchval("SELECT count(*) FROM api_keys WHERE previous_hash IS NOT NULL") == 0


async def test_the_last_use_of_a_key_is_noted_now_and_then(boss, api, clock):
    secret = (await create(boss))["secret"]
    seen = []
    for minutes in (0, 4, 4):
        clock.advance(timedelta(minutes=minutes))
        seen.append((await boss.staff(USES))["apiKeys"]["nodes"][0]["lastUsedAt"])
        assert await works(api, secret)

    assert seen == [None, "2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z"]
    assert (await boss.staff(USES))["apiKeys"]["nodes"][0]["lastUsedAt"] == "2026-03-02T12:08:00Z"


async def test_a_key_for_some_channels_holds_nothing_elsewhere(api, connection):
    here = await given.channel(connection)
    there = await given.channel(connection, "us", is_default=False)
    boss_id = await given.staff(connection, "MANAGE_API_KEYS", "FIND_CUSTOMERS", "READ_STOCK")
    boss = api.as_(await given.staff_token(connection, boss_id))
    for channel_id, email in ((here, "here@example.com"), (there, "there@example.com")):
        await given.customer(connection, email, channel_id=channel_id)
    scopes = {"permissions": ["FIND_CUSTOMERS", "READ_STOCK"], "channelIds": [global_id("chn", here)]}

    program = api.as_((await create(boss, **scopes))["secret"])

    viewer = await program.staff("{ viewer { permissions { permission channelIds } } }")
    held = {entry["permission"]: entry["channelIds"] for entry in viewer["viewer"]["permissions"]}
    assert held["FIND_CUSTOMERS"] == [global_id("chn", here)]
    assert "READ_STOCK" not in held
    assert (await program.staff("{ customers(first: 5) { totalCount } }"))["customers"]["totalCount"] == 1
    assert (await create(boss, channelIds=["chn_0"]))["errors"] == [{"code": "NOT_FOUND", "path": ["channelIds"]}]
