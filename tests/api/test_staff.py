import asyncio
import re

import pytest

from commerce_api.adapters.passwords import PasswordHash
from commerce_api.operations.roles import put_shipped_roles
from commerce_api.operations.staff import CreateStaff
from commerce_api.schema.node import global_id
from tests import given

STAFF = (
    "staff { email name status secondFactor revision roles { role { code } channelIds } } errors { code path message }"
)
CREATE = f"mutation($input: CreateStaffInput!) {{ createStaff(input: $input) {{ {STAFF} }} }}"
SET_ROLES = f"mutation($input: SetStaffRolesInput!) {{ setStaffRoles(input: $input) {{ {STAFF} }} }}"
SET_STATUS = f"mutation($input: SetStaffStatusInput!) {{ setStaffStatus(input: $input) {{ {STAFF} }} }}"
RESET_FACTOR = f"mutation($id: ID!) {{ resetStaffSecondFactor(input: {{id: $id}}) {{ {STAFF} }} }}"
LIST = """
query($first: Int, $after: String, $last: Int, $before: String) {
  staffMembers(first: $first, after: $after, last: $last, before: $before) {
    totalCount
    nodes { email roles { role { code permissions } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
ROLE = "role { code name permissions revision } errors { code path message }"
CREATE_ROLE = f"mutation($input: CreateRoleInput!) {{ createRole(input: $input) {{ {ROLE} }} }}"
UPDATE_ROLE = f"mutation($input: UpdateRoleInput!) {{ updateRole(input: $input) {{ {ROLE} }} }}"
DELETE_ROLE = f"mutation($id: ID!) {{ deleteRole(input: {{id: $id}}) {{ {ROLE} }} }}"
NOT_THERE = [{"code": "NOT_FOUND", "path": ["id"], "message": "Nothing with this id is visible to you."}]
LAST = [
    {
        "code": "LAST_ADMINISTRATOR",
        "path": None,
        "message": "Afterwards nobody could manage staff any more; let somebody else do so first.",
    }
]


@pytest.fixture
async def boss_id(connection):
    """Who manages staff and reads stock, and nothing else."""
    await given.channel(connection)
    return await given.staff(connection, "MANAGE_STAFF", "READ_STAFF", "READ_STOCK", email="boss@example.com")


@pytest.fixture
async def boss(boss_id, connection, api):
    return api.as_(await given.staff_token(connection, boss_id))


async def a_role(connection, code, *permissions):
    return global_id("rol", await given.role(connection, code, *permissions))


def new(role_id, **changes):
    return {
        "email": "New@Example.com",
        "name": "Newcomer",
        "password": given.PASSWORD,
        "roles": [{"roleId": role_id}],
        **changes,
    }


async def role_of(connection, staff_id):
    row = await connection.fetchrow(
        "SELECT r.id, r.revision FROM roles r JOIN staff_roles g ON g.role_id = r.id WHERE g.staff_id = $1", staff_id
    )
    return global_id("rol", row["id"]), row["revision"]


async def test_a_member_of_staff_is_made_with_roles(boss, connection):
    role_id = await a_role(connection, "STOCK", "READ_STOCK")

    answer = await boss.staff(CREATE, input=new(role_id))

    assert answer["createStaff"] == {
        "staff": {
            "email": "new@example.com",
            "name": "Newcomer",
            "status": "ENABLED",
            "secondFactor": False,
            "revision": 2,
            "roles": [{"role": {"code": "STOCK"}, "channelIds": None}],
        },
        "errors": [],
    }


async def test_a_member_of_staff_is_made_once_for_a_key(boss, connection):
    newcomer = new(await a_role(connection, "STOCK", "READ_STOCK"), idempotencyKey="k1")

    first, again = await boss.staff(CREATE, input=newcomer), await boss.staff(CREATE, input=newcomer)

    assert first == again
    assert await connection.fetchval("SELECT count(*) FROM staff") == 2
    assert given.PASSWORD not in str(await connection.fetch("SELECT * FROM idempotency_keys"))


async def test_what_is_wrong_with_a_newcomer_is_told_at_once(boss, connection):
    answer = await boss.staff(CREATE, input=new("rol_0", email="none", name=" ", password="short"))

    assert [(error["code"], error["path"]) for error in answer["createStaff"]["errors"]] == [
        ("INVALID_VALUE", ["email"]),
        ("INVALID_VALUE", ["name"]),
        ("WEAK_PASSWORD", ["password"]),
        ("NOT_FOUND", ["roles", "0", "roleId"]),
    ]
    assert await connection.fetchval("SELECT count(*) FROM staff") == 1


async def test_an_address_of_staff_is_one_persons(boss, connection):
    role_id = await a_role(connection, "STOCK", "READ_STOCK")

    answer = await boss.staff(CREATE, input=new(role_id, email="BOSS@example.com"))

    assert [(error["code"], error["path"]) for error in answer["createStaff"]["errors"]] == [("TAKEN", ["email"])]
    assert await connection.fetchval("SELECT count(*) FROM staff") == 1


async def test_nobody_gives_a_role_beyond_their_own(boss, boss_id, connection):
    role_id = await a_role(connection, "ORDERS", "READ_ORDERS", "READ_STOCK")
    other = global_id("stf", await given.staff(connection, "READ_STOCK"))

    made = await boss.staff(CREATE, input=new(role_id))
    set_ = await boss.staff(SET_ROLES, input={"id": other, "roles": [{"roleId": role_id}]})

    exceeding = [
        {
            "code": "EXCEEDS_OWN_PERMISSIONS",
            "path": ["roles"],
            "message": "Nobody grants what they do not hold everywhere themselves: READ_ORDERS.",
        }
    ]
    assert made["createStaff"]["errors"] == set_["setStaffRoles"]["errors"] == exceeding
    assert await connection.fetchval("SELECT count(*) FROM staff") == 2
    assert await connection.fetchval("SELECT count(*) FROM staff_roles") == 2


async def test_roles_that_somebody_has_already_may_stay(boss, connection):
    clerk_id = await given.staff(connection, "READ_ORDERS")
    theirs, _ = await role_of(connection, clerk_id)
    stock = await a_role(connection, "STOCK", "READ_STOCK")
    channel = global_id("chn", await connection.fetchval("SELECT id FROM channels"))
    roles = [{"roleId": theirs}, {"roleId": stock, "channelIds": [channel]}]

    answer = await boss.staff(SET_ROLES, input={"id": global_id("stf", clerk_id), "roles": roles})

    assert answer["setStaffRoles"]["errors"] == []
    assert {grant["role"]["code"]: grant["channelIds"] for grant in answer["setStaffRoles"]["staff"]["roles"]} == {
        "role-of-grace@example.com": None,
        "STOCK": [channel],
    }


async def test_the_last_administrator_stays(boss, boss_id, connection):
    its_id = global_id("stf", boss_id)
    own_role, _ = await role_of(connection, boss_id)

    answers = [
        (await boss.staff(SET_STATUS, input={"id": its_id, "status": "DISABLED"}))["setStaffStatus"],
        (await boss.staff(SET_ROLES, input={"id": its_id, "roles": []}))["setStaffRoles"],
        (await boss.staff(UPDATE_ROLE, input={"id": own_role, "permissions": ["READ_STOCK"]}))["updateRole"],
    ]

    assert [answer["errors"] for answer in answers] == [LAST] * 3
    assert (await boss.staff("{ viewer { staff { status revision } } }"))["viewer"]["staff"] == {
        "status": "ENABLED",
        "revision": 1,
    }
    assert await connection.fetchval("SELECT count(*) FROM events") == 0


async def test_two_administrators_do_not_remove_each_other(committing_api, committing):
    async with committing.connection() as connection:
        raw = connection.raw
        await given.channel(raw)
        ids = [await given.staff(raw, "MANAGE_STAFF", email=f"{name}@example.com") for name in ("ann", "bob")]
        clients = [committing_api.as_(await given.staff_token(raw, id_)) for id_ in ids]

    await asyncio.gather(
        *(
            client.answer("/staff/graphql", SET_STATUS, {"input": {"id": global_id("stf", id_), "status": "DISABLED"}})
            for client, id_ in zip(clients, reversed(ids), strict=True)
        )
    )

    async with committing.connection() as connection:
        assert await connection.raw.fetchval("SELECT count(*) FROM staff WHERE status = 'ENABLED'") == 1


async def test_a_closed_account_is_out_at_once(boss, api, connection):
    clerk_id = await given.staff(connection, "READ_STOCK")
    clerk = api.as_(await given.staff_token(connection, clerk_id))

    answer = await boss.staff(SET_STATUS, input={"id": global_id("stf", clerk_id), "status": "DISABLED"})

    assert answer["setStaffStatus"]["staff"]["status"] == "DISABLED"
    assert await clerk.error_codes("/staff/graphql", "{ viewer { kind } }") == ["UNAUTHENTICATED"]
    again = await boss.staff(SET_STATUS, input={"id": global_id("stf", clerk_id), "status": "ENABLED"})
    assert again["setStaffStatus"]["errors"] == []
    assert await clerk.error_codes("/staff/graphql", "{ viewer { kind } }") == ["UNAUTHENTICATED"]


async def test_a_lost_second_factor_is_reset_and_sessions_end(boss, api, connection):
    clerk_id = await given.staff(connection)
    await given.second_factor(connection, clerk_id)
    clerk = api.as_(await given.staff_token(connection, clerk_id))

    answer = await boss.staff(RESET_FACTOR, id=global_id("stf", clerk_id))

    assert answer["resetStaffSecondFactor"]["staff"]["secondFactor"] is False
    assert await clerk.error_codes("/staff/graphql", "{ viewer { kind } }") == ["UNAUTHENTICATED"]
    assert await connection.fetchval("SELECT type FROM events WHERE entity = 'STAFF'") == "SecondFactorTurnedOff"


@pytest.mark.parametrize("id", ["stf_01jcqz0000e0080000000000ad", "rol_01jcqz0000e0080000000000ad", "x"])
async def test_what_is_not_there_is_not_found(boss, id):
    answers = [
        (await boss.staff(SET_STATUS, input={"id": id, "status": "DISABLED"}))["setStaffStatus"],
        (await boss.staff(SET_ROLES, input={"id": id, "roles": []}))["setStaffRoles"],
        (await boss.staff(RESET_FACTOR, id=id))["resetStaffSecondFactor"],
        (await boss.staff(UPDATE_ROLE, input={"id": id, "name": "x"}))["updateRole"],
        (await boss.staff(DELETE_ROLE, id=id))["deleteRole"],
    ]

    assert [answer["errors"] for answer in answers] == [NOT_THERE] * 5


@pytest.mark.parametrize(
    ("mutation", "input_type"),
    [("deleteRole", "DeleteRoleInput"), ("resetStaffSecondFactor", "ResetStaffSecondFactorInput")],
)
async def test_at_its_revision_and_once_for_its_key(boss, connection, mutation, input_type):
    its_id = (
        await a_role(connection, "SPARE")
        if mutation == "deleteRole"
        else global_id("stf", await given.staff(connection))
    )
    await given.second_factor(connection, await connection.fetchval("SELECT id FROM staff ORDER BY id DESC LIMIT 1"))
    document = f"mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"

    async def do(**more):
        return (await boss.staff(document, input={"id": its_id, **more}))[mutation]["errors"]

    assert await do(expectedRevision=9) == [{"code": "STALE_REVISION"}]
    assert await connection.fetchval("SELECT count(*) FROM events") == 0
    assert [await do(expectedRevision=1, idempotencyKey="k") for _ in range(2)] == [[], []]
    assert await connection.fetchval("SELECT count(*) FROM events") == 1


async def test_an_account_changed_meanwhile_is_left_alone(boss, connection):
    its_id = global_id("stf", await given.staff(connection))

    answers = [
        (await boss.staff(SET_STATUS, input={"id": its_id, "status": "DISABLED", "expectedRevision": 9}))[
            "setStaffStatus"
        ],
        (await boss.staff(SET_ROLES, input={"id": its_id, "roles": [], "expectedRevision": 9}))["setStaffRoles"],
    ]

    assert [answer["errors"][0]["code"] for answer in answers] == ["STALE_REVISION"] * 2
    assert await connection.fetchval("SELECT count(*) FROM events") == 0


async def test_pages_of_staff_cost_as_many_statements_as_there_are_questions(boss, connection, statements):
    for name in ("a", "b", "c"):
        await given.staff(connection, "READ_STOCK", email=f"{name}@example.com")

    await boss.staff(LIST, first=1)

    page = (await statements.of(boss.staff(LIST, first=2)))["staffMembers"]

    assert [re.findall(r"\nFROM (\w+)", sql)[-1] for sql in statements[1:]] == [
        "staff",
        "staff",
        "staff_roles",
        "roles",
    ]
    assert (page["totalCount"], [node["email"] for node in page["nodes"]]) == (4, ["boss@example.com", "a@example.com"])
    rest = (await boss.staff(LIST, first=2, after=page["pageInfo"]["endCursor"]))["staffMembers"]
    assert [node["email"] for node in rest["nodes"]] == ["b@example.com", "c@example.com"]
    assert rest["pageInfo"]["hasNextPage"] is False
    back = (await boss.staff(LIST, last=1, before=rest["pageInfo"]["startCursor"]))["staffMembers"]
    assert [node["email"] for node in back["nodes"]] == ["a@example.com"]
    assert await boss.error_codes("/staff/graphql", LIST, {"after": "WzFd"}) == ["BAD_USER_INPUT"]


async def test_a_role_is_made_changed_and_deleted(boss, connection):
    made = await boss.staff(CREATE_ROLE, input={"code": "STOCK_1", "name": "Stock", "permissions": ["READ_STOCK"]})
    its_id = global_id("rol", await connection.fetchval("SELECT id FROM roles WHERE code = 'STOCK_1'"))
    changed = await boss.staff(UPDATE_ROLE, input={"id": its_id, "permissions": ["READ_STAFF"], "expectedRevision": 1})
    stale = await boss.staff(UPDATE_ROLE, input={"id": its_id, "name": "x", "expectedRevision": 1})
    deleted = await boss.staff(DELETE_ROLE, id=its_id)

    role = {"code": "STOCK_1", "name": "Stock", "permissions": ["READ_STOCK"], "revision": 1}
    assert made["createRole"] == {"role": role, "errors": []}
    assert changed["updateRole"]["role"] == {**role, "permissions": ["READ_STAFF"], "revision": 2}
    assert stale["updateRole"]["errors"][0]["code"] == "STALE_REVISION"
    assert deleted["deleteRole"]["errors"] == []
    assert await connection.fetchval("SELECT count(*) FROM roles") == 1
    kinds = await connection.fetch("SELECT type FROM events WHERE entity = 'ROLE' ORDER BY position")
    assert [row["type"] for row in kinds] == ["RoleCreated", "RoleUpdated", "RoleDeleted"]


async def test_a_store_has_a_hundred_roles_at_most(boss, connection):
    made = "INSERT INTO roles (id, code, name, permissions) SELECT gen_random_uuid(), 'R' || n, 'R', '{}'"
    await connection.execute(f"{made} FROM generate_series(1, 99) AS n")

    answer = (await boss.staff(CREATE_ROLE, input={"code": "NEW", "name": "New", "permissions": []}))["createRole"]

    assert [(e["code"], e["path"]) for e in answer["errors"]] == [("TOO_MANY", None)]
    assert await connection.fetchval("SELECT count(*) FROM roles") == 100


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"permissions": ["READ_ORDERS"]}, ("EXCEEDS_OWN_PERMISSIONS", ["permissions"])),
        ({"permissions": ["BUY"]}, ("NOT_GRANTABLE", ["permissions"])),
        ({"code": "lower case"}, ("INVALID_VALUE", ["code"])),
        ({"code": "role-of-boss@example.com".upper()}, ("INVALID_VALUE", ["code"])),
        ({"name": ""}, ("INVALID_VALUE", ["name"])),
        ({"code": "OLD"}, ("TAKEN", ["code"])),
    ],
)
async def test_a_role_that_cannot_be_is_not_made(boss, connection, changes, error):
    await given.role(connection, "OLD")
    role = {"code": "NEW", "name": "New", "permissions": [], **changes}

    answer = (await boss.staff(CREATE_ROLE, input=role))["createRole"]

    assert [(e["code"], e["path"]) for e in answer["errors"]] == [error]
    assert await connection.fetchval("SELECT count(*) FROM roles") == 2


async def test_a_role_beyond_ones_own_can_lose_permissions_but_not_gain(boss, connection):
    its_id = await a_role(connection, "ORDERS", "READ_ORDERS", "READ_CARTS")

    more = await boss.staff(
        UPDATE_ROLE, input={"id": its_id, "permissions": ["READ_ORDERS", "READ_CARTS", "READ_COSTS"]}
    )
    less = await boss.staff(UPDATE_ROLE, input={"id": its_id, "permissions": ["READ_ORDERS"]})

    assert more["updateRole"]["errors"][0]["code"] == "EXCEEDS_OWN_PERMISSIONS"
    assert less["updateRole"]["role"]["permissions"] == ["READ_ORDERS"]


async def test_a_role_that_somebody_has_is_not_deleted(boss, boss_id, connection):
    its_id, _ = await role_of(connection, boss_id)

    answer = await boss.staff(DELETE_ROLE, id=its_id)

    message = "1 of the staff have this role, such as Grace; give them another first."
    assert answer["deleteRole"]["errors"] == [{"code": "ROLE_IN_USE", "path": ["id"], "message": message}]
    assert await connection.fetchval("SELECT count(*) FROM roles") == 1


async def test_shipped_roles_are_put_once_and_what_became_of_them_stays(database, connection):
    await put_shipped_roles(database)
    await connection.execute("UPDATE roles SET permissions = '{READ_STOCK}', name = 'Ours' WHERE code = 'CSR'")
    await connection.execute("UPDATE roles SET permissions = '{}' WHERE code = 'ADMINISTRATOR'")

    await put_shipped_roles(database)

    rows = {row["code"]: row for row in await connection.fetch("SELECT * FROM roles")}
    assert sorted(rows) == ["ADMINISTRATOR", "CATALOG_MANAGER", "CSR", "FINANCE", "SUPERVISOR", "WAREHOUSE"]
    assert (rows["CSR"]["name"], rows["CSR"]["permissions"]) == ("Ours", ["READ_STOCK"])
    assert "MANAGE_STAFF" in rows["ADMINISTRATOR"]["permissions"]


def test_the_hash_of_a_password_shows_nowhere():
    command = CreateStaff(email="a@example.com", name="A", password_hash=PasswordHash("secret"), grants=())

    assert "secret" not in f"{command!r}{command!s}"


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (CREATE, {"input": new("rol_0")}),
        (SET_ROLES, {"input": {"id": "stf_0", "roles": []}}),
        (SET_STATUS, {"input": {"id": "stf_0", "status": "DISABLED"}}),
        (RESET_FACTOR, {"id": "stf_0"}),
        (CREATE_ROLE, {"input": {"code": "X", "name": "X", "permissions": []}}),
        (UPDATE_ROLE, {"input": {"id": "rol_0"}}),
        (DELETE_ROLE, {"id": "rol_0"}),
        (LIST, {}),
        ("{ roles { code } }", {}),
    ],
)
async def test_without_the_permission_it_is_forbidden(api, connection, document, variables):
    await given.channel(connection)
    clerk = api.as_(await given.staff_token(connection, await given.staff(connection, "READ_STOCK")))

    assert await clerk.error_codes("/staff/graphql", document, variables) == ["FORBIDDEN"]
    assert await connection.fetchval("SELECT count(*) FROM staff") == 1
    assert await connection.fetchval("SELECT count(*) FROM events") == 0
