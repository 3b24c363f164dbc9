"""Limits of roles and people: who gives them, and who has them then."""

import pytest

from commerce_api.schema.node import global_id
from tests import given

LIMITS = "limits { permission percent amounts { amount currencyCode } floor }"
CREATE_ROLE = f"mutation($input: CreateRoleInput!) {{ createRole(input: $input) {{ role {{ {LIMITS} }} errors {{ code path }} }} }}"
UPDATE_ROLE = f"mutation($input: UpdateRoleInput!) {{ updateRole(input: $input) {{ role {{ {LIMITS} }} errors {{ code path }} }} }}"
SET_LIMITS = (
    f"mutation($input: SetStaffLimitsInput!) {{ setStaffLimits(input: $input) {{ staff {{ revision {LIMITS} }} "
    "errors { code path message } } }"
)
SET_ROLES = "mutation($input: SetStaffRolesInput!) { setStaffRoles(input: $input) { errors { code path } } }"
HELD = "{ viewer { permissions { permission limits { percent amounts { amount } floor } } } }"
TEN = {"permission": "OVERRIDE_PRICES", "percent": "10"}
TEN_READ = {"permission": "OVERRIDE_PRICES", "percent": "10", "amounts": [], "floor": "NONE"}


@pytest.fixture
async def boss(connection, api):
    """Who may go ten per cent below prices, as far as they like below charges, and may let nobody deduct anything."""
    await given.channel(connection)
    boss_id = await given.staff(
        connection,
        *("MANAGE_STAFF", "READ_STAFF", "OVERRIDE_PRICES", "OVERRIDE_CHARGES"),
        email="boss@example.com",
        limits={"OVERRIDE_PRICES": {"percent": "10"}},
    )
    return api.as_(await given.staff_token(connection, boss_id))


def role(*limits, permissions=("OVERRIDE_PRICES",)):
    return {"code": "DESK", "name": "Desk", "permissions": list(permissions), "limits": list(limits)}


async def test_a_role_has_limits(boss, connection):
    five = {"amount": "5.00", "currencyCode": "EUR"}
    charges = {"permission": "OVERRIDE_CHARGES", "percent": "12.5", "amounts": [five], "floor": "COST_AND_LOWEST_PRICE"}
    both = role(TEN, charges, permissions=["OVERRIDE_PRICES", "OVERRIDE_CHARGES"])

    made = await boss.staff(CREATE_ROLE, input=both)
    its_id = global_id("rol", await connection.fetchval("SELECT id FROM roles WHERE code = 'DESK'"))
    kept = await boss.staff(UPDATE_ROLE, input={"id": its_id, "name": "The desk"})
    lower = await boss.staff(UPDATE_ROLE, input={"id": its_id, "limits": [{**TEN, "percent": "1"}, charges]})

    assert made["createRole"] == {"role": {"limits": [charges, TEN_READ]}, "errors": []}
    assert kept["updateRole"] == made["createRole"]
    assert lower["updateRole"] == {"role": {"limits": [charges, {**TEN_READ, "percent": "1"}]}, "errors": []}


@pytest.mark.parametrize(
    ("limits", "errors"),
    [
        ([{**TEN, "percent": "11"}], [("EXCEEDS_OWN_LIMITS", ["limits"])]),
        ([], [("EXCEEDS_OWN_LIMITS", ["limits"])]),
        ([{**TEN, "percent": "101"}], [("INVALID_VALUE", ["limits", "0", "percent"])]),
        ([TEN, TEN], [("INVALID_VALUE", ["limits"])]),
        ([{"permission": "READ_STOCK"}], [("INVALID_VALUE", ["limits", "0", "permission"])]),
        (
            [{**TEN, "amounts": [{"amount": "-1", "currencyCode": "EUR"}, {"amount": "1", "currencyCode": "EUR"}]}],
            [
                ("INVALID_VALUE", ["limits", "0", "amounts", "0", "amount"]),
                ("INVALID_VALUE", ["limits", "0", "amounts"]),
            ],
        ),
        (
            [{**TEN, "amounts": [{"amount": "0.5", "currencyCode": "JPY"}]}],
            [("INVALID_VALUE", ["limits", "0", "amounts", "0", "amount"])],
        ),
    ],
)
async def test_a_role_with_limits_that_cannot_be_is_not_made(boss, connection, limits, errors):
    answer = (await boss.staff(CREATE_ROLE, input=role(*limits)))["createRole"]

    assert [(e["code"], e["path"]) for e in answer["errors"]] == errors
    assert await connection.fetchval("SELECT count(*) FROM roles") == 1


async def test_a_limit_of_a_role_can_be_lowered_but_not_raised_beyond_ones_own(boss, connection):
    far = {"OVERRIDE_PRICES": {"percent": "50"}}
    its_id = global_id("rol", await given.role(connection, "FAR", "OVERRIDE_PRICES", limits=far))

    async def limited_to(percent):
        answer = await boss.staff(UPDATE_ROLE, input={"id": its_id, "limits": [{**TEN, "percent": percent}]})
        return [error["code"] for error in answer["updateRole"]["errors"]]

    assert await limited_to("60") == ["EXCEEDS_OWN_LIMITS"]
    assert await limited_to("40") == []
    assert await limited_to("50") == ["EXCEEDS_OWN_LIMITS"]
    assert await connection.fetchval(
        "SELECT limits -> 'OVERRIDE_PRICES' ->> 'percent' FROM roles WHERE code = 'FAR'"
    ) == ("40")


async def test_a_role_that_goes_further_than_ones_own_is_not_given(boss, connection):
    clerk = global_id("stf", await given.staff(connection))
    near = await given.role(connection, "NEAR", "OVERRIDE_PRICES", limits={"OVERRIDE_PRICES": {"percent": "10"}})
    far = await given.role(connection, "FAR", "OVERRIDE_PRICES")

    async def given_to(role_id):
        roles = [{"roleId": global_id("rol", role_id)}]
        return (await boss.staff(SET_ROLES, input={"id": clerk, "roles": roles}))["setStaffRoles"]["errors"]

    assert await given_to(far) == [{"code": "EXCEEDS_OWN_LIMITS", "path": ["roles"]}]
    assert await given_to(near) == []


async def test_a_person_has_limits_of_their_own_in_place_of_those_of_their_roles(boss, api, connection):
    clerk_id = await given.staff(connection, "OVERRIDE_PRICES", limits={"OVERRIDE_PRICES": {"percent": "2"}})
    clerk = api.as_(await given.staff_token(connection, clerk_id))

    async def held():
        found = (await clerk.staff(HELD))["viewer"]["permissions"]
        return next(each["limits"] for each in found if each["permission"] == "OVERRIDE_PRICES")

    before = await held()
    answer = await boss.staff(SET_LIMITS, input={"id": global_id("stf", clerk_id), "limits": [TEN]})

    assert before == [{"percent": "2", "amounts": [], "floor": "NONE"}]
    assert answer["setStaffLimits"] == {"staff": {"revision": 2, "limits": [TEN_READ]}, "errors": []}
    assert await held() == [{"percent": "10", "amounts": [], "floor": "NONE"}]
    assert await connection.fetchval("SELECT type FROM events WHERE entity = 'STAFF'") == "StaffLimitsSet"


@pytest.mark.parametrize(
    ("limits", "beyond"),
    [
        ([{**TEN, "percent": "11"}], "OVERRIDE_PRICES"),
        ([{"permission": "DEDUCT_AMOUNTS", "percent": "1"}], "DEDUCT_AMOUNTS, OVERRIDE_PRICES"),
        ([], "OVERRIDE_PRICES"),
    ],
)
async def test_nobody_lets_a_person_go_further_than_themselves(boss, connection, limits, beyond):
    """Taking away the own limit of somebody whose role goes further lets them go further, too."""
    clerk_id = await given.staff(connection, "OVERRIDE_PRICES")
    own = {"OVERRIDE_PRICES": {"percent": "1", "amounts": {}, "floor": "NONE", "exceptions": []}}
    await connection.execute("UPDATE staff SET limits = $1 WHERE id = $2", own, clerk_id)

    answer = (await boss.staff(SET_LIMITS, input={"id": global_id("stf", clerk_id), "limits": limits}))[
        "setStaffLimits"
    ]

    message = f"Nobody lets others go further than they may go everywhere themselves: {beyond}."
    assert answer["errors"] == [{"code": "EXCEEDS_OWN_LIMITS", "path": ["limits"], "message": message}]
    assert await connection.fetchval("SELECT revision FROM staff WHERE id = $1", clerk_id) == 1


async def test_limits_are_set_at_their_revision_and_once_for_a_key(boss, connection):
    clerk_id = global_id("stf", await given.staff(connection))

    async def set_limits(**more):
        answer = (await boss.staff(SET_LIMITS, input={"id": clerk_id, "limits": [TEN], **more}))["setStaffLimits"]
        return [error["code"] for error in answer["errors"]]

    assert await set_limits(id="stf_0") == ["NOT_FOUND"]
    assert await set_limits(expectedRevision=9) == ["STALE_REVISION"]
    assert [await set_limits(expectedRevision=1, idempotencyKey="k") for _ in range(2)] == [[], []]
    assert await connection.fetchval("SELECT count(*) FROM events") == 1


async def test_limits_are_set_by_those_who_manage_staff(api, connection):
    await given.channel(connection)
    clerk = api.as_(await given.staff_token(connection, await given.staff(connection, "READ_STAFF")))

    assert await clerk.error_codes("/staff/graphql", SET_LIMITS, {"input": {"id": "stf_0", "limits": []}}) == [
        "FORBIDDEN"
    ]
