from datetime import timedelta

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.tables import identity
from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_sign_in import ME
from tests.conftest import NOON

FIELDS = "email firstName lastName phone status"
ONE = f"query($id: ID!) {{ customer(id: $id) {{ {FIELDS} addresses {{ address {{ line1 city postalCode }} }} consents {{ kind }} }} }}"
LIST = f"""
query($first: Int, $after: String) {{
  customers(first: $first, after: $after) {{
    totalCount nodes {{ {FIELDS} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""
SET_STATUS = """
mutation($input: SetCustomerStatusInput!) {
  setCustomerStatus(input: $input) { customer { status statusReason revision } errors { code path } }
}
"""
OPEN = f"""
mutation($input: OpenCustomerInput!) {{
  openCustomer(input: $input) {{ customer {{ {FIELDS} }} errors {{ code path }} }}
}}
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


MASKED = {**ADA, "email": "a***@example.com", "phone": "***456"}
TOWN = {"line1": "", "city": "Jena", "postalCode": ""}
HOME = {"line1": "Weg 1", "city": "Jena", "postalCode": "07743"}


@pytest.fixture
async def home(connection, ada):
    await given.address(connection, ada, line1="Weg 1", city="Jena", postal_code="07743")


async def open_it(client, customer_id, reason="She is on the line.", **more):
    asked = {"id": global_id("cus", customer_id), "reason": reason, **more}
    return (await client.staff(OPEN, input=asked))["openCustomer"]


async def addresses(client, ada):
    found = (await client.staff(ONE, id=global_id("cus", ada)))["customer"]
    return [entry["address"] for entry in found["addresses"]]


async def test_customers_are_masked_until_they_are_opened_with_a_reason(clerk, ada, home, connection, clock):
    client = await clerk("FIND_CUSTOMERS", "READ_CUSTOMERS")
    other = await clerk("FIND_CUSTOMERS", "READ_CUSTOMERS", email="other@example.com")
    before = (await client.staff(LIST))["customers"]["nodes"], await addresses(client, ada)

    opened = await open_it(client, ada)

    assert before == ([MASKED], [TOWN])
    assert opened == {"customer": ADA, "errors": []}
    assert (await client.staff(LIST))["customers"]["nodes"] == [ADA]
    assert await addresses(client, ada) == [HOME]
    assert (await other.staff(LIST))["customers"]["nodes"] == [MASKED]
    assert await addresses(other, ada) == [TOWN]
    clock.advance(timedelta(hours=1))
    assert (await client.staff(LIST))["customers"]["nodes"] == [MASKED]
    [row] = await connection.fetch("SELECT * FROM customer_openings")
    [event] = await connection.fetch("SELECT entity_id, type, data FROM events")
    assert (row["customer_id"], row["reason"]) == (ada, "She is on the line.")
    assert (event["entity_id"], event["type"]) == (ada, "CustomerOpened")
    assert event["data"] == {"opening_id": str(row["id"]), "until": "2026-03-02T13:00:00+00:00"}


async def test_who_may_only_find_them_sees_enough_to_recognize_them_and_cannot_open_them(clerk, ada, home):
    client = await clerk("FIND_CUSTOMERS")

    assert (await client.staff(LIST))["customers"]["nodes"] == [MASKED]
    assert await addresses(client, ada) == [TOWN]
    assert await client.error_codes("/staff/graphql", OPEN, {"input": {"id": "cus_0", "reason": "r"}}) == ["FORBIDDEN"]


async def test_a_program_that_may_read_customers_sees_them_as_they_are(api, ada, home):
    held = frozenset({Permission.FIND_CUSTOMERS, Permission.READ_CUSTOMERS, Permission.STAFF_DESK})
    program = api.acting(Actor(kind=ActorKind.APP, id=new_id(), permissions=held))

    assert (await program.staff(LIST))["customers"]["nodes"] == [ADA]
    assert await addresses(program, ada) == [HOME]
    assert await open_it(program, ada) == {"customer": ADA, "errors": []}


async def test_opening_takes_a_reason_and_a_customer_who_is_there_and_somebody_else(clerk, ada, connection):
    client = await clerk("FIND_CUSTOMERS", "READ_CUSTOMERS")
    herself = await clerk("FIND_CUSTOMERS", "READ_CUSTOMERS", email="ada@example.com")

    assert (await open_it(client, ada, reason=" "))["errors"] == [{"code": "INVALID_VALUE", "path": ["reason"]}]
    assert (await open_it(client, new_id()))["errors"] == [{"code": "NOT_FOUND", "path": ["id"]}]
    assert (await open_it(herself, ada))["errors"] == [{"code": "SELF_DEALING", "path": ["id"]}]
    wrong = await client.staff(OPEN, input={"id": "ord_1", "reason": ""})
    assert [error["path"] for error in wrong["openCustomer"]["errors"]] == [["reason"], ["id"]]
    assert await connection.fetchval("SELECT count(*) FROM customer_openings") == 0
    assert await connection.fetchval("SELECT count(*) FROM events") == 0


async def test_a_page_of_customers_costs_two_statements_with_its_total(clerk, ada, connection, channel_id, statements):
    await given.customer(connection, "bea@example.com", channel_id=channel_id)
    client = await clerk("FIND_CUSTOMERS", "READ_CUSTOMERS")
    await client.staff(LIST, first=1)

    page = (await statements.of(client.staff(LIST, first=1)))["customers"]

    assert len(statements) == 3
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (2, True)
    rest = (await client.staff(LIST, first=1, after=page["pageInfo"]["endCursor"]))["customers"]
    assert [node["email"] for node in [*page["nodes"], *rest["nodes"]]] == ["b***@example.com", "a***@example.com"]


async def test_customers_of_other_channels_are_not_there_for_a_narrowed_grant(clerk, ada, connection, channel_id):
    elsewhere = await given.channel(connection, "us", is_default=False)
    other = global_id("cus", await given.customer(connection, "us@example.com", channel_id=elsewhere))
    client = await clerk(
        "FIND_CUSTOMERS", "READ_CUSTOMERS", "DISABLE_CUSTOMERS", "MANAGE_CUSTOMERS", channel_ids=[channel_id]
    )

    assert [node["email"] for node in (await client.staff(LIST))["customers"]["nodes"]] == ["a***@example.com"]
    assert await client.staff(ONE, id=other) == {"customer": None}
    off = await client.staff(SET_STATUS, input={"id": other, "status": "DISABLED", "statusReason": "Fraud."})
    assert off["setCustomerStatus"] == NOT_THERE
    assert (await client.staff(RESET, id=other))["sendPasswordReset"] == NOT_THERE
    assert await connection.fetchval("SELECT count(*) FROM customers WHERE status = 'DISABLED'") == 0
    assert await connection.fetchval("SELECT count(*) FROM outbox") == 0


async def test_a_disabled_customer_is_out_at_once(clerk, api, ada, connection):
    shopper = api.as_(await given.customer_token(connection, ada))
    client, its_id = await clerk("DISABLE_CUSTOMERS", "FIND_CUSTOMERS"), global_id("cus", ada)

    stale = await client.staff(
        SET_STATUS, input={"id": its_id, "status": "DISABLED", "statusReason": "Fraud.", "expectedRevision": 7}
    )
    done = await client.staff(
        SET_STATUS, input={"id": its_id, "status": "DISABLED", "statusReason": "Fraud.", "expectedRevision": 1}
    )

    assert stale["setCustomerStatus"]["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    assert done["setCustomerStatus"] == {
        "customer": {"status": "DISABLED", "statusReason": "Fraud.", "revision": 2},
        "errors": [],
    }
    assert await shopper.error_codes("/graphql", ME) == ["UNAUTHENTICATED"]
    kinds = await connection.fetch("SELECT type FROM events ORDER BY position")
    assert [row["type"] for row in kinds] == ["SessionEnded", "StatusChanged"]
    assert "Fraud" not in str(await connection.fetch("SELECT data FROM events"))


async def test_whoever_is_shut_out_is_so_for_a_reason(clerk, ada, connection):
    client = await clerk("DISABLE_CUSTOMERS", "FIND_CUSTOMERS")

    answer = await client.staff(SET_STATUS, input={"id": global_id("cus", ada), "status": "DISABLED"})

    assert answer["setCustomerStatus"] == {
        "customer": None,
        "errors": [{"code": "INVALID_VALUE", "path": ["statusReason"]}],
    }
    assert await connection.fetchval("SELECT status FROM customers") == "ENABLED"


async def test_an_answer_shows_no_more_than_one_may_see(clerk, ada):
    client = await clerk("DISABLE_CUSTOMERS")
    document = SET_STATUS.replace("status statusReason revision", "email lastName")

    answer = await client.staff(
        document, input={"id": global_id("cus", ada), "status": "DISABLED", "statusReason": "Fraud."}
    )

    assert answer["setCustomerStatus"]["customer"] == {"email": "a***@example.com", "lastName": "Byron"}


async def test_a_link_to_reset_goes_to_the_customer(clerk, ada, work, connection):
    client = await clerk("MANAGE_CUSTOMERS", "READ_CUSTOMERS", "FIND_CUSTOMERS")

    answer = await client.staff(RESET, id=global_id("cus", ada))
    await work()

    assert answer["sendPasswordReset"]["errors"] == []
    mails = await connection.fetch("SELECT kind, recipient FROM mails")
    assert [(row["kind"], row["recipient"]) for row in mails] == [("RESET_PASSWORD", "ada@example.com")]


async def test_whoever_is_shut_out_gets_no_link_and_staff_are_told(clerk, ada, work, connection):
    await connection.execute("UPDATE customers SET status = 'DISABLED'")

    answer = await (await clerk("MANAGE_CUSTOMERS")).staff(RESET, id=global_id("cus", ada))
    await work()

    assert [(error["code"], error["path"]) for error in answer["sendPasswordReset"]["errors"]] == [
        ("CUSTOMER_DISABLED", ["id"])
    ]
    assert await connection.fetchval("SELECT count(*) FROM mails") == 0
    assert await connection.fetchval("SELECT count(*) FROM events") == 0


async def test_what_belongs_to_a_customer_is_seen_with_the_permission_for_it_only(api, clerk, ada, connection):
    token, its_id = "tok_1", global_id("cus", ada)
    card = {"brand": "VISA", "last_four": "1111", "expiry_month": 12, "expiry_year": 2030, "fingerprint": b"f"}
    await given.insert(connection, given.cards.vault_cards, token=token, script="APPROVED", created_at=NOON, **card)
    await given.insert(connection, given.cards.payment_methods, customer_id=ada, card_token=token, created_at=NOON)
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
        (SET_STATUS, {"input": {"id": "cus_0", "status": "DISABLED", "statusReason": "Fraud."}}),
        (RESET, {"id": "cus_0"}),
    ],
)
async def test_without_the_permission_it_is_forbidden(clerk, channel_id, document, variables):
    client = await clerk("READ_STOCK")

    assert set(await client.error_codes("/staff/graphql", document, variables)) == {"FORBIDDEN"}
