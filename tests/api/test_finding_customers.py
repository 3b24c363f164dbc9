"""Customers are found by what a caller says, however that is spelled (S1-16, D42)."""

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.tables import identity
from tests import given
from tests.conftest import NOON

LIST = """
query($find: CustomerFindInput, $first: Int, $after: String, $last: Int, $before: String) {
  customers(find: $find, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { email } pageInfo { hasNextPage endCursor startCursor }
  }
}
"""


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
def clerk(api):
    return api.allowed(Permission.FIND_CUSTOMERS)


@pytest.fixture
def reader(api):
    """A program, which sees customers as they are."""
    held = frozenset({Permission.FIND_CUSTOMERS, Permission.READ_CUSTOMERS, Permission.STAFF_DESK})
    return api.acting(Actor(kind=ActorKind.APP, id=new_id(), permissions=held))


@pytest.fixture
async def people(connection, channel_id):
    """Three whose names are heard alike, and what belongs to one of them."""
    account_id = await given.insert(connection, identity.accounts, number="K-0042", name="Müller & Söhne")
    rows = [
        ("muller@example.com", "Jürgen", "Müller", {"phone": "+4917012345", "logon": "jm77"}),
        ("mueller+shop@example.com", "Juergen", "Mueller", {"account_id": account_id}),
        ("jp@example.com", "Jean-Pierre", "Muller", {"phone": "+33612345678"}),
        ("ada@example.com", "Ada", "Byron", {}),
    ]
    made = {}
    for email, first, last, more in rows:
        made[email] = await given.customer(
            connection, email, channel_id=channel_id, first_name=first, last_name=last, **more
        )
    home = {"postal_code": "SW1A 1AA", "city": "Saint-Étienne", "company": "Acme Co.", "phone": "+4930998877"}
    await given.address(connection, made["jp@example.com"], **home)
    order = {"number": "E100001-0", "customer_id": made["ada@example.com"]}
    await given.bare_order(connection, channel_id, await given.variant(connection, "POT"), **order)
    return made


ALL_MULLERS = ["jp", "mueller+shop", "muller"]


@pytest.mark.parametrize(
    ("find", "found"),
    [
        *[({"lastName": (name, "EXACT")}, ALL_MULLERS) for name in ("Müller", "Mueller", "MULLER", "mu\u0308ller")],
        ({"lastName": ("Muel", "STARTS_WITH")}, ALL_MULLERS),
        ({"lastName": ("uelle", "CONTAINS")}, ALL_MULLERS),
        ({"lastName": ("ULL", "CONTAINS")}, ALL_MULLERS),
        ({"lastName": ("Mul", "EXACT")}, []),
        ({"lastName": ("%ull", "STARTS_WITH")}, []),
        ({"firstName": ("Jean Pierre", "EXACT")}, ["jp"]),
        ({"firstName": ("jeanpierre", "EXACT")}, ["jp"]),
        ({"firstName": ("pierre", "CONTAINS")}, ["jp"]),
        ({"firstName": ("Ada", "EXACT"), "lastName": ("Byron", "EXACT")}, ["ada"]),
        ({"firstName": ("Byron", "EXACT"), "lastName": ("Ada", "EXACT")}, ["ada"]),
        ({"firstName": ("byr", "STARTS_WITH"), "lastName": ("ad", "STARTS_WITH")}, ["ada"]),
        ({"firstName": ("yro", "CONTAINS"), "lastName": ("Ada", "EXACT")}, ["ada"]),
        ({"firstName": ("Je", "STARTS_WITH"), "lastName": ("Mu", "STARTS_WITH")}, ["jp"]),
        ({"firstName": ("Ada", "EXACT"), "lastName": ("Müller", "EXACT")}, []),
        *[
            ({"phone": (said, "EXACT")}, ["muller"])
            for said in ("+49 170 123-45", "0170 12345", "(0170) 123-45", "0049170 12345", "+49 (0)170 12345")
        ],
        ({"phone": ("+49170", "STARTS_WITH")}, ["muller"]),
        ({"phone": ("0170", "STARTS_WITH")}, ["muller"]),
        ({"phone": ("345", "CONTAINS")}, ["jp", "muller"]),
        ({"phone": ("030 998877", "EXACT")}, ["jp"]),
        ({"email": ("JP@Example.com", "EXACT")}, ["jp"]),
        ({"email": ("mueller@example.com", "EXACT")}, ["mueller+shop"]),
        ({"email": ("mueller+shop@example.com", "EXACT")}, ["mueller+shop"]),
        ({"email": ("mu", "STARTS_WITH")}, ["mueller+shop", "muller"]),
        ({"email": ("shop@", "CONTAINS")}, ["mueller+shop"]),
        ({"logon": ("JM77", "EXACT")}, ["muller"]),
        ({"logon": ("ada@example.com", "EXACT")}, ["ada"]),
        ({"logon": ("muller@example.com", "EXACT")}, []),
        ({"postalCode": ("sw1a1aa", "EXACT")}, ["jp"]),
        ({"postalCode": ("SW1", "STARTS_WITH")}, ["jp"]),
        ({"city": ("saint etienne", "EXACT")}, ["jp"]),
        ({"company": ("acme", "STARTS_WITH")}, ["jp"]),
        ({"account": ("K0042", "EXACT")}, ["mueller+shop"]),
        ({"account": ("soehne", "CONTAINS")}, ["mueller+shop"]),
        ({"account": ("Mueller", "STARTS_WITH")}, ["mueller+shop"]),
        ({"orderNumber": ("e100001-0", "EXACT")}, ["ada"]),
        ({"orderNumber": ("E1000", "STARTS_WITH")}, ["ada"]),
        ({"lastName": ("Müller", "EXACT"), "city": ("Saint", "STARTS_WITH")}, ["jp"]),
        (
            {"lastName": ("Müller", "EXACT"), "phone": ("0170", "STARTS_WITH"), "logon": ("jm", "STARTS_WITH")},
            ["muller"],
        ),
        ({"email": ("example.com", "CONTAINS"), "account": ("K0", "STARTS_WITH")}, ["mueller+shop"]),
        ({"email": ("ada@example.com", "EXACT"), "orderNumber": ("E1", "STARTS_WITH")}, ["ada"]),
    ],
)
async def test_customers_are_found(reader, people, find, found):
    wanted = {key: {"text": text, "match": match} for key, (text, match) in find.items()}

    page = (await reader.staff(LIST, find=wanted))["customers"]

    assert sorted(node["email"] for node in page["nodes"]) == [f"{name}@example.com" for name in found]
    assert page["totalCount"] == len(found)


async def test_a_beginning_is_enough_unless_said_otherwise(reader, people):
    found = await reader.staff(LIST, find={"firstName": {"text": "AD"}})

    assert [node["email"] for node in found["customers"]["nodes"]] == ["ada@example.com"]


@pytest.mark.parametrize(
    "both",
    [
        {"lastName": {"text": "Mu", "match": "STARTS_WITH"}},
        {"email": {"text": "example", "match": "CONTAINS"}},
        {"firstName": {"text": "Ju", "match": "STARTS_WITH"}, "lastName": {"text": "Mu", "match": "STARTS_WITH"}},
    ],
)
async def test_pages_go_forward_and_back(reader, people, both):
    whole = [n["email"] for n in (await reader.staff(LIST, find=both))["customers"]["nodes"]]
    first = (await reader.staff(LIST, find=both, first=1))["customers"]
    rest = (await reader.staff(LIST, find=both, after=first["pageInfo"]["endCursor"]))["customers"]
    back = (await reader.staff(LIST, find=both, last=9, before=rest["pageInfo"]["startCursor"]))["customers"]

    assert len(whole) == first["totalCount"]
    assert [n["email"] for n in [*first["nodes"], *rest["nodes"]]] == whole
    assert back["nodes"] == first["nodes"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


async def test_whoever_has_two_texts_that_fit_is_shown_once(reader, people, connection):
    await given.address(connection, people["jp@example.com"], postal_code="SW1A 2AA")

    page = (await reader.staff(LIST, find={"postalCode": {"text": "SW1", "match": "STARTS_WITH"}}))["customers"]

    assert (page["nodes"], page["totalCount"]) == ([{"email": "jp@example.com"}], 1)


@pytest.mark.parametrize(
    ("find", "code", "problems"),
    [
        ({}, "NO_SEARCH_KEY", None),
        (
            {"lastName": {"text": "mu", "match": "CONTAINS"}, "phone": {"text": "?"}},
            "BAD_USER_INPUT",
            [
                {
                    "path": ["find", "lastName", "text"],
                    "message": "At least 3 letters or digits, please, or far too much would fit.",
                },
                {
                    "path": ["find", "phone", "text"],
                    "message": "At least 2 letters or digits, please, or far too much would fit.",
                },
            ],
        ),
        (
            {"orderNumber": {"text": "0001", "match": "CONTAINS"}},
            "BAD_USER_INPUT",
            [
                {
                    "path": ["find", "orderNumber", "text"],
                    "message": "An order is found by its whole number or by how it begins.",
                }
            ],
        ),
    ],
)
async def test_what_cannot_be_looked_for_is_told_all_at_once(clerk, channel_id, connection, find, code, problems):
    answer = await clerk.answer("/staff/graphql", LIST, {"find": find})

    [error] = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"].get("problems")) == (code, problems or None)
    assert await connection.fetchval("SELECT count(*) FROM events") == 0


async def test_a_search_is_told_of_by_its_keys_and_never_by_what_was_looked_for(api, people, connection):
    staff_id = await given.staff(connection, "FIND_CUSTOMERS")
    clerk = api.as_(await given.staff_token(connection, staff_id))

    await clerk.staff(LIST, find={"lastName": {"text": "Müller"}, "city": {"text": "Sa", "match": "STARTS_WITH"}})

    [event] = await connection.fetch("SELECT entity, type, data, actor, at FROM events")
    assert (event["entity"], event["type"], event["at"]) == ("CUSTOMER_SEARCH", "CustomersSearched", NOON)
    assert event["data"] == {"keys": ["LAST_NAME", "CITY"], "found": 1}
    assert event["actor"]["id"] == str(staff_id)


async def test_a_page_of_found_customers_costs_the_same_for_any_number(clerk, people, statements):
    find = {"lastName": {"text": "Müller", "match": "EXACT"}, "firstName": {"text": "Ju", "match": "STARTS_WITH"}}
    document = LIST.replace("totalCount", "")

    found = await statements.of(clerk.staff(document, find=find))

    assert len(found["customers"]["nodes"]) == 2
    assert len(statements) == 3  # the channel, the page; the log
    assert [s for s in statements if "INSERT" in s] == [statements[-1]]


async def test_customers_of_other_channels_are_not_found(api, people, connection, channel_id):
    elsewhere = await given.channel(connection, "us", is_default=False)
    staff_id = await given.staff(connection, "FIND_CUSTOMERS", channel_ids=[elsewhere])
    clerk = api.as_(await given.staff_token(connection, staff_id))

    page = (await clerk.staff(LIST, find={"lastName": {"text": "Müller", "match": "EXACT"}}))["customers"]

    assert (page["nodes"], page["totalCount"]) == ([], 0)


async def test_without_the_permission_it_is_forbidden(api, channel_id):
    find = {"find": {"lastName": {"text": "Müller", "match": "EXACT"}}}

    assert await api.allowed(Permission.READ_ORDERS).error_codes("/staff/graphql", LIST, find) == ["FORBIDDEN"]


async def test_what_customers_change_they_are_found_by_at_once(api, reader, connection, channel_id):
    ada = await given.customer(connection, channel_id=channel_id)
    shop = api.as_(await given.customer_token(connection, ada))

    await shop.shop(
        'mutation { updateProfile(input: {lastName: "Lovelace", phone: "+493012345"}) { errors { code } } }'
    )
    address = '{lastName: "L", line1: "Weg 1", city: "Görlitz", postalCode: "02826", country: DE}'
    made = await shop.shop(
        f"mutation {{ createAddress(input: {{address: {address}}}) {{ address {{ id }} errors {{ code }} }} }}"
    )

    async def count(**find):
        return (await reader.staff(LIST, find={k: {"text": v, "match": "EXACT"} for k, v in find.items()}))[
            "customers"
        ]["totalCount"]

    assert await count(lastName="Lovelace", phone="030 12345", city="Gorlitz", postalCode="02826") == 1
    assert await count(lastName="Byron") == 0
    await shop.shop(
        "mutation($id: ID!) { deleteAddress(input: {id: $id}) { errors { code } } }",
        id=made["createAddress"]["address"]["id"],
    )
    assert await count(city="Goerlitz") == 0
