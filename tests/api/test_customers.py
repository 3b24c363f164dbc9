import pytest

from commerce_api.persistence.tables import buying, identity
from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_sign_in import ME
from tests.conftest import NOON

FIELDS = "email firstName lastName phone status"
ONE = f"query($id: ID!) {{ customer(id: $id) {{ {FIELDS} addresses {{ id }} consents {{ kind }} }} }}"
LIST = f"""
query($filter: CustomerFilter, $first: Int, $after: String) {{
  customers(filter: $filter, first: $first, after: $after) {{
    totalCount nodes {{ {FIELDS} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""
SET_STATUS = """
mutation($input: SetCustomerStatusInput!) {
  setCustomerStatus(input: $input) { customer { status revision } errors { code path } }
}
"""
RESET = "mutation($id: ID!) { sendPasswordReset(input: {id: $id}) { customer { email } errors { code path } } }"
ADA = {"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron", "phone": "+4930123456", "status": "ENABLED"}
NOT_THERE = {"customer": None, "errors": [{"code": "NOT_FOUND", "path": ["id"]}]}


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
async def ada(connection, channel_id):
    return await given.customer(connection, channel_id=channel_id, phone="+4930123456")


@pytest.fixture
def clerk(api, connection):
    """`await clerk("READ_CUSTOMERS")`: the client of somebody with these permissions."""

    async def of(*permissions, **narrowed):
        staff_id = await given.staff(connection, *permissions, **narrowed)
        return api.as_(await given.staff_token(connection, staff_id))

    return of


async def emails(client, **filter):
    return [node["email"] for node in (await client.staff(LIST, filter=filter))["customers"]["nodes"]]


async def test_who_may_read_customers_sees_them_as_they_are(clerk, ada):
    client = await clerk("FIND_CUSTOMERS", "READ_CUSTOMERS")

    found = await client.staff(ONE, id=global_id("cus", ada))

    assert found["customer"] == {**ADA, "addresses": [], "consents": []}


async def test_who_may_only_find_them_sees_enough_to_recognize_them(clerk, ada):
    client = await clerk("FIND_CUSTOMERS")
    masked = {**ADA, "email": "a•••@e•••", "lastName": "B•••", "phone": "•••56"}

    assert (await client.staff(ONE, id=global_id("cus", ada)))["customer"] == {
        **masked,
        "addresses": [],
        "consents": [],
    }
    assert (await client.staff(LIST))["customers"]["nodes"] == [masked]


async def test_customers_are_found_by_address_and_by_the_beginning_of_a_name(clerk, ada, connection, channel_id):
    await given.customer(connection, "bea@example.com", channel_id=channel_id, first_name="Béa", last_name="Adams")
    await given.customer(connection, "cy@example.com", channel_id=channel_id, first_name="100%", last_name="C_y")
    client = await clerk("FIND_CUSTOMERS", "READ_CUSTOMERS")

    assert await emails(client) == ["cy@example.com", "bea@example.com", "ada@example.com"]
    assert await emails(client, email=" ADA@example.com") == ["ada@example.com"]
    assert await emails(client, email="ada") == []
    assert await emails(client, name="aDa") == ["bea@example.com", "ada@example.com"]
    assert await emails(client, name="b") == ["bea@example.com", "ada@example.com"]
    assert await emails(client, name="100%") == ["cy@example.com"]
    assert await emails(client, name="%") == []
    assert await emails(client, name="c_") == ["cy@example.com"]
    assert await emails(client, name="ada", email="bea@example.com") == ["bea@example.com"]


async def test_a_page_of_customers_costs_two_statements_with_its_total(clerk, ada, connection, channel_id, statements):
    await given.customer(connection, "bea@example.com", channel_id=channel_id)
    client = await clerk("FIND_CUSTOMERS", "READ_CUSTOMERS")
    await client.staff(LIST, first=1)

    page = (await statements.of(client.staff(LIST, first=1)))["customers"]

    assert len(statements) == 3
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (2, True)
    rest = (await client.staff(LIST, first=1, after=page["pageInfo"]["endCursor"]))["customers"]
    assert [node["email"] for node in [*page["nodes"], *rest["nodes"]]] == ["bea@example.com", "ada@example.com"]


async def test_customers_of_other_channels_are_not_there_for_a_narrowed_grant(clerk, ada, connection, channel_id):
    elsewhere = await given.channel(connection, "us", is_default=False)
    other = global_id("cus", await given.customer(connection, "us@example.com", channel_id=elsewhere))
    client = await clerk(
        "FIND_CUSTOMERS", "READ_CUSTOMERS", "DISABLE_CUSTOMERS", "MANAGE_CUSTOMERS", channel_ids=[channel_id]
    )

    assert await emails(client) == ["ada@example.com"]
    assert await client.staff(ONE, id=other) == {"customer": None}
    off = await client.staff(SET_STATUS, input={"id": other, "status": "DISABLED"})
    assert off["setCustomerStatus"] == NOT_THERE
    assert (await client.staff(RESET, id=other))["sendPasswordReset"] == NOT_THERE
    assert await connection.fetchval("SELECT count(*) FROM customers WHERE status = 'DISABLED'") == 0
    assert await connection.fetchval("SELECT count(*) FROM outbox") == 0


async def test_a_disabled_customer_is_out_at_once(clerk, api, ada, connection):
    shopper = api.as_(await given.customer_token(connection, ada))
    client, its_id = await clerk("DISABLE_CUSTOMERS", "FIND_CUSTOMERS"), global_id("cus", ada)

    stale = await client.staff(SET_STATUS, input={"id": its_id, "status": "DISABLED", "expectedRevision": 7})
    done = await client.staff(SET_STATUS, input={"id": its_id, "status": "DISABLED", "expectedRevision": 1})

    assert stale["setCustomerStatus"]["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    assert done["setCustomerStatus"] == {"customer": {"status": "DISABLED", "revision": 2}, "errors": []}
    assert await shopper.error_codes("/graphql", ME) == ["UNAUTHENTICATED"]
    kinds = await connection.fetch("SELECT type FROM events ORDER BY position")
    assert [row["type"] for row in kinds] == ["SessionEnded", "StatusChanged"]


async def test_an_answer_shows_no_more_than_one_may_see(clerk, ada):
    client = await clerk("DISABLE_CUSTOMERS")
    document = SET_STATUS.replace("status revision", "email lastName")

    answer = await client.staff(document, input={"id": global_id("cus", ada), "status": "DISABLED"})

    assert answer["setCustomerStatus"]["customer"] == {"email": "a•••@e•••", "lastName": "B•••"}


async def test_a_link_to_reset_goes_to_the_customer(clerk, ada, work, connection):
    client = await clerk("MANAGE_CUSTOMERS", "READ_CUSTOMERS", "FIND_CUSTOMERS")

    answer = await client.staff(RESET, id=global_id("cus", ada))
    await work()

    assert answer["sendPasswordReset"]["errors"] == []
    mails = await connection.fetch("SELECT kind, recipient FROM mails")
    assert [(row["kind"], row["recipient"]) for row in mails] == [("RESET_PASSWORD", "ada@example.com")]


async def test_what_belongs_to_a_customer_is_seen_with_the_permission_for_it_only(api, clerk, ada, connection):
    token, its_id = "tok_1", global_id("cus", ada)
    card = {"brand": "VISA", "last_four": "1111", "expiry_month": 12, "expiry_year": 2030, "fingerprint": b"f"}
    await given.insert(connection, buying.vault_cards, token=token, script="APPROVED", created_at=NOON, **card)
    await given.insert(connection, buying.payment_methods, customer_id=ada, card_token=token, created_at=NOON)
    document = """query($id: ID!) { customer(id: $id) {
        paymentMethods { id } orders { totalCount } carts { totalCount } } }"""

    us = await given.channel(connection, "us", is_default=False)

    finder = await (await clerk("FIND_CUSTOMERS", "READ_CUSTOMERS")).staff(document, id=its_id)
    reader = await (await clerk("FIND_CUSTOMERS", "READ_PAYMENTS", email="r@example.com")).staff(document, id=its_id)

    none = {"totalCount": 0}
    assert finder["customer"] == {"paymentMethods": [], "orders": none, "carts": none}
    assert len(reader["customer"]["paymentMethods"]) == 1
    staff_id = await given.staff(connection, "FIND_CUSTOMERS", email="a@example.com")
    role_id = await given.role(connection, "elsewhere", "READ_PAYMENTS")
    await given.insert(connection, identity.staff_roles, staff_id=staff_id, role_id=role_id, channel_ids=[us])
    elsewhere = api.as_(await given.staff_token(connection, staff_id))
    assert (await elsewhere.staff(document, id=its_id))["customer"]["paymentMethods"] == []


async def test_a_customer_is_a_node_for_oneself_and_for_staff_only(clerk, api, ada, connection, channel_id):
    document, its_id = "query($id: ID!) { node(id: $id) { id } }", global_id("cus", ada)
    other = await given.customer(connection, "b@example.com", channel_id=channel_id)
    own, foreign = [api.as_(await given.customer_token(connection, id_)) for id_ in (ada, other)]

    assert await own.shop(document, id=its_id) == {"node": {"id": its_id}}
    assert await foreign.shop(document, id=its_id) == {"node": None}
    assert await api.shop(document, id=its_id) == {"node": None}
    assert await (await clerk("READ_STOCK")).staff(document, id=its_id) == {"node": None}


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (ONE, {"id": "cus_0"}),
        (LIST, {}),
        (SET_STATUS, {"input": {"id": "cus_0", "status": "DISABLED"}}),
        (RESET, {"id": "cus_0"}),
    ],
)
async def test_without_the_permission_it_is_forbidden(clerk, channel_id, document, variables):
    client = await clerk("READ_STOCK")

    assert set(await client.error_codes("/staff/graphql", document, variables)) == {"FORBIDDEN"}
