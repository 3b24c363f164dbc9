"""What is asked of customers beside name and address: for a purpose that they are told, and for a time (S1-15)."""

from datetime import timedelta

import pytest

from commerce_api.operations.purge import purge
from commerce_api.schema.node import global_id
from tests import given
from tests.conftest import NOON

SAVE = """mutation($input: SaveCustomFieldInput!) { saveCustomField(input: $input) {
  customField { owner code purpose purposes { language text } retentionDays commercial requiredChannelIds }
  errors { code path } warnings { code path message } } }"""
DELETE = """mutation($input: DeleteSettingInput!) { deleteCustomField(input: $input) {
  errors { code path } warnings { code path message } } }"""
REGISTER = """mutation($input: RegisterCustomerInput!) { registerCustomer(input: $input) {
  accepted errors { code path } } }"""
SAID = """fields { code name purpose setAt byStaff keptUntil
  value { __typename ... on TextAttribute { text } ... on DateAttribute { date } ... on ChoiceAttribute { choices } } }"""
ASKED = "{ customFields(owner: CUSTOMER) { code name kind choices shoppers purpose retentionDays } }"
UPDATE = f"""mutation($input: UpdateProfileInput!) {{ updateProfile(input: $input) {{
  customer {{ revision {SAID} }} errors {{ code path message }} }} }}"""
OF_STAFF = f"customer {{ id {SAID.replace('setAt', 'setAt setBy')} }} errors {{ code path }}"
CREATE = f"mutation($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{ {OF_STAFF} }} }}"
CHANGE = f"mutation($input: UpdateCustomerInput!) {{ updateCustomer(input: $input) {{ {OF_STAFF} }} }}"
OPEN = f"""mutation($id: ID!) {{ openCustomer(input: {{id: $id, reason: "She is on the line."}}) {{ {OF_STAFF} }} }}"""
LIST = f"{{ customers {{ nodes {{ id {SAID} }} }} }}"
NAMES, PURPOSES = [{"language": "en", "text": "Household"}], [{"language": "en", "text": "To suggest sizes."}]
HOUSEHOLD = {"owner": "CUSTOMER", "code": "household", "kind": "TEXT", "names": NAMES, "purposes": PURPOSES}
BORN, SINGLE = (
    {"code": "date_of_birth", "value": {"date": "1815-12-10"}},
    {"code": "household", "value": {"choices": ["single"]}},
)


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
async def asked(connection, channel_id):
    """What this shop asks of its customers: ids of the fields by code."""
    made = {
        "date_of_birth": {"kind": "DATE", "position": 1},
        "household": {"kind": "CHOICE", "choices": ["single", "family"], "retention_days": 10, "position": 2},
        "segment": {"shoppers": "NONE"},
        "since": {"shoppers": "SEE"},
        "elsewhere": {"channel_ids": [given.new_id()]},
    }
    return {code: await given.custom_field(connection, code, "CUSTOMER", **more) for code, more in made.items()}


@pytest.fixture
async def ada_id(connection, channel_id):
    return await given.customer(connection, channel_id=channel_id)


@pytest.fixture
async def ada(api, connection, ada_id):
    return api.as_(await given.customer_token(connection, ada_id))


@pytest.fixture
async def clerk(api, connection, channel_id):
    held = ("MANAGE_CUSTOMERS", "FIND_CUSTOMERS", "READ_CUSTOMERS", "MANAGE_CHANNELS")
    return api.as_(await given.staff_token(connection, await given.staff(connection, *held)))


async def tell(client, *fields, **more):
    return (await client.shop(UPDATE, input={"fields": fields, **more}))["updateProfile"]


def at(days):
    return (NOON + timedelta(days=days)).isoformat().replace("+00:00", "Z")


async def kept(connection):
    rows = await connection.fetch(
        "SELECT code, value #>> '{}' FROM customer_fields JOIN custom_fields ON id = field_id ORDER BY code"
    )
    return [tuple(row) for row in rows]


def codes(payload):
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def test_a_field_of_customers_says_what_for_and_how_long(clerk, channel_id):
    made = (await clerk.staff(SAVE, input={**HOUSEHOLD, "retentionDays": 365}))["saveCustomField"]

    assert made["customField"] == {
        "owner": "CUSTOMER",
        "code": "household",
        "purpose": "To suggest sizes.",
        "purposes": PURPOSES,
        "retentionDays": 365,
        "commercial": False,
        "requiredChannelIds": [],
    }


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"purposes": []}, ["purposes"]),
        ({"retentionDays": 0}, ["retentionDays"]),
        ({"retentionDays": 36_501}, ["retentionDays"]),
        ({"commercial": True, "required": True}, ["requiredChannelIds", "commercial"]),
        ({"owner": "ORDER"}, ["purposes"]),
        ({"owner": "ORDER", "purposes": [], "retentionDays": 9}, ["retentionDays"]),
    ],
)
async def test_nothing_is_asked_without_a_purpose_or_required(clerk, connection, channel_id, changes, paths):
    asked = {**HOUSEHOLD, **changes}
    if asked.pop("required", False):
        asked["requiredChannelIds"] = [global_id("chn", channel_id)]

    refused = (await clerk.staff(SAVE, input=asked))["saveCustomField"]

    assert codes(refused) == [("INVALID_VALUE", [path]) for path in paths]
    assert await connection.fetchval("SELECT count(*) FROM custom_fields") == 0


async def test_customers_are_asked_what_is_theirs_to_say_and_told_why(api, asked):
    german = api.with_headers(accept_language="de")
    why = {"purpose": "Um Sie kennenzulernen.", "retentionDays": None, "choices": []}

    assert (await german.shop(ASKED))["customFields"] == [
        {"code": "since", "name": "Since", "kind": "TEXT", "shoppers": "SEE", **why},
        {"code": "date_of_birth", "name": "Date Of Birth", "kind": "DATE", "shoppers": "SET", **why},
        {
            **why,
            "code": "household",
            "name": "Household",
            "kind": "CHOICE",
            "choices": ["single", "family"],
            "shoppers": "SET",
            "retentionDays": 10,
        },
    ]


async def test_customers_say_it_and_take_it_back(ada, connection, asked, clock):
    said = await tell(ada, BORN, SINGLE)
    clock.advance(timedelta(days=1))
    again = await tell(ada, SINGLE, {"code": "date_of_birth", "value": None})

    common = {"purpose": "To get to know you.", "byStaff": False}
    born = {"code": "date_of_birth", "name": "Date Of Birth", "setAt": at(0), "keptUntil": None, **common}
    household = {
        "code": "household",
        "name": "Household",
        "value": {"__typename": "ChoiceAttribute", "choices": ["single"]},
    }
    assert said == {
        "customer": {
            "revision": 2,
            "fields": [
                {**born, "value": {"__typename": "DateAttribute", "date": "1815-12-10"}},
                {
                    **household,
                    **common,
                    "setAt": at(0),
                    "keptUntil": at(10),
                },
            ],
        },
        "errors": [],
    }
    assert [(each["code"], each["setAt"], each["keptUntil"]) for each in again["customer"]["fields"]] == [
        ("household", at(1), at(11))
    ], "said again is kept for as long again"
    told = [row["data"] for row in await connection.fetch("SELECT data FROM events ORDER BY position")]
    assert told == [
        {"fields": ["fields.date_of_birth", "fields.household"]},
        {"fields": ["fields.household", "fields.date_of_birth"]},
    ]


async def test_what_customers_cannot_say_is_told_at_once_and_nothing_is_written(ada, connection, asked):
    german = ada.with_headers(accept_language="de")
    no_day = {"code": "date_of_birth", "value": {"text": "in winter"}}
    others = [{"code": code, "value": {"text": "x"}} for code in ("segment", "since", "elsewhere", "moon")]

    refused = await tell(german, SINGLE, no_day, *others, lastName="Lovelace")

    unknown = "Dieses Feld gibt es hier nicht."
    assert refused["customer"] is None
    assert [(error["code"], error["path"], error["message"]) for error in refused["errors"]] == [
        ("INVALID_VALUE", ["fields", "1", "value"], 'Das ist ein Tag, etwa "2026-11-22".'),
        ("UNKNOWN_FIELD", ["fields", "2", "code"], unknown),
        ("FIELD_NOT_YOURS", ["fields", "3", "code"], "Das können nur wir ausfüllen."),
        ("UNKNOWN_FIELD", ["fields", "4", "code"], unknown),
        ("UNKNOWN_FIELD", ["fields", "5", "code"], unknown),
    ]
    assert await kept(connection) == []
    assert await connection.fetchval("SELECT last_name FROM customers") == "Byron"


async def test_staff_write_it_down_and_see_it_masked_until_they_open_the_customer(api, clerk, connection, asked):
    eve = {"email": "eve@example.com", "firstName": "Eve", "lastName": "Moss"}
    vip = {"code": "segment", "value": {"text": "VIP"}}
    held = ("MANAGE_CUSTOMERS", "FIND_CUSTOMERS", "READ_CUSTOMERS")
    other_id = await given.staff(connection, *held, email="other@example.com", name="Otto")
    other = api.as_(await given.staff_token(connection, other_id))

    made = (await clerk.staff(CREATE, input={**eve, "fields": [vip, BORN]}))["createCustomer"]
    id_ = made["customer"]["id"]
    changed = (await other.staff(CHANGE, input={"id": id_, "fields": [SINGLE]}))["updateCustomer"]
    opened = (await other.staff(OPEN, id=id_))["openCustomer"]

    def seen(payload):
        assert payload["errors"] == []
        return [
            (each["code"], each["byStaff"], each["setBy"], each["value"] and each["value"].popitem()[1])
            for each in payload["customer"]["fields"]
        ]

    assert seen(made) == [("segment", True, "Grace", "VIP"), ("date_of_birth", True, "Grace", "1815-12-10")]
    masked = [
        ("segment", True, "Grace", None),
        ("date_of_birth", True, "Grace", None),
        ("household", True, "Otto", None),
    ]
    assert seen(changed) == masked
    assert seen(opened) == [
        ("segment", True, "Grace", "VIP"),
        ("date_of_birth", True, "Grace", "1815-12-10"),
        ("household", True, "Otto", ["single"]),
    ]
    told = await connection.fetchval("SELECT data FROM events WHERE type = 'CustomerUpdated'")
    assert told == {"fields": ["fields.household"]}
    assert "VIP" not in str(await connection.fetch("SELECT data FROM events"))


async def test_what_staff_cannot_write_down_keeps_them_from_all_of_it(clerk, connection, asked, ada_id):
    wrong = [{"code": "moon", "value": {"text": "x"}}, {"code": "household", "value": {"choices": ["crowd"]}}]
    eve = {"email": "eve@example.com", "firstName": "Eve", "lastName": "Moss"}

    made = (await clerk.staff(CREATE, input={**eve, "fields": wrong}))["createCustomer"]
    changed = (await clerk.staff(CHANGE, input={"id": global_id("cus", ada_id), "fields": wrong}))["updateCustomer"]

    problems = [("UNKNOWN_FIELD", ["fields", "0", "code"]), ("INVALID_VALUE", ["fields", "1", "value"])]
    assert (codes(made), codes(changed)) == (problems, problems)
    assert await connection.fetchval("SELECT count(*) FROM customers") == 1
    assert await connection.fetchval("SELECT count(*) FROM events") == 0


async def test_what_staff_alone_know_customers_do_not_see(ada, clerk, asked, ada_id):
    said = [{"code": code, "value": {"text": "x"}} for code in ("segment", "since")]
    await clerk.staff(CHANGE, input={"id": global_id("cus", ada_id), "fields": said})

    shown = (await ada.shop(f"{{ me {{ {SAID} }} }}"))["me"]["fields"]

    assert [(each["code"], each["byStaff"], each["value"]["text"]) for each in shown] == [("since", True, "x")]


async def test_after_its_time_nobody_sees_it_and_the_purge_deletes_it_alone(ada, connection, asked, clock, services):
    await tell(ada, BORN, SINGLE)
    clock.advance(timedelta(days=10) - timedelta(seconds=1))
    await purge(services)
    before = await kept(connection)
    clock.advance(timedelta(seconds=1))

    shown = (await ada.shop("{ me { fields { code } } }"))["me"]["fields"]
    await purge(services)

    assert [code for code, _ in before] == ["date_of_birth", "household"]
    assert shown == [{"code": "date_of_birth"}]
    assert await kept(connection) == [("date_of_birth", "1815-12-10")]
    assert await connection.fetchval("SELECT revision FROM customers") == 2


async def test_with_the_field_goes_what_was_said_in_it_and_with_the_customer_all(ada, clerk, connection, asked, ada_id):
    await tell(ada, BORN, SINGLE)

    wanted = {"id": global_id("cfd", asked["household"])}
    warned = (await clerk.staff(DELETE, input=wanted))["deleteCustomField"]
    before = await kept(connection)
    acknowledged = {**wanted, "acknowledge": ["FIELD_HAS_VALUES"]}
    deleted = (await clerk.staff(DELETE, input=acknowledged))["deleteCustomField"]

    [warning] = warned["warnings"]
    assert (warning["code"], warning["path"]) == ("FIELD_HAS_VALUES", ["id"])
    assert "1 values" in warning["message"]
    assert [code for code, _ in before] == ["date_of_birth", "household"]
    assert deleted == {"errors": [], "warnings": []}
    assert await kept(connection) == [("date_of_birth", "1815-12-10")]
    await connection.execute("DELETE FROM customers WHERE id = $1", ada_id)
    assert await kept(connection) == []


async def test_what_would_be_over_at_once_is_counted_before_it_is_kept_for_less(
    clerk, connection, asked, channel_id, services
):
    household = asked["household"]
    for number, days in enumerate((2, 5, 9, 11)):
        id_ = await given.customer(connection, f"{number}@example.com", channel_id=channel_id)
        said = {"field_id": household, "value": "single", "set_at": NOON - timedelta(days=days)}
        who = {"kind": "CUSTOMER", "id": None}
        await given.insert(connection, given.custom_fields.customer_fields, customer_id=id_, **said, set_by=who)
    shorter = {**HOUSEHOLD, "id": global_id("cfd", household), "kind": "CHOICE", "choices": ["single", "family"]}

    async def save(days, **more):
        saved = (await clerk.staff(SAVE, input={**shorter, "retentionDays": days, **more}))["saveCustomField"]
        days_now = await connection.fetchval("SELECT retention_days FROM custom_fields WHERE id = $1", household)
        return days_now, [(w["code"], w["path"], w["message"]) for w in saved["warnings"]]

    message = "What customers said longer ago than that is deleted (2 values), and nobody can bring it back."
    assert await save(5) == (10, [("RETENTION_SHORTENED", ["retentionDays"], message)]), (
        "that of 11 days is over already"
    )
    assert await save(5, acknowledge=["FIELD_HAS_VALUES"]) == (
        10,
        [("RETENTION_SHORTENED", ["retentionDays"], message)],
    )
    assert await save(5, acknowledge=["RETENTION_SHORTENED"]) == (5, [])
    assert await save(3) == (3, []), "what is left is younger"
    await purge(services)
    assert len(await kept(connection)) == 1
    told = "SELECT data->'codes' FROM events WHERE type = 'CautionsOverruled'"
    assert [row[0] for row in await connection.fetch(told)] == [["RETENTION_SHORTENED"]]


async def test_what_was_said_can_still_be_read_when_it_is_asked_no_more(ada, connection, asked):
    await tell(ada, BORN)
    await connection.execute("UPDATE custom_fields SET active = false")

    refused = await tell(ada, BORN)

    assert codes(refused) == [("UNKNOWN_FIELD", ["fields", "0", "code"])]
    assert (await ada.shop("{ me { fields { code } } }"))["me"]["fields"] == [{"code": "date_of_birth"}]


async def test_of_many_customers_it_is_read_at_once(ada, clerk, connection, asked, channel_id, statements):
    await tell(ada, BORN)
    await given.customer(connection, "eve@example.com", channel_id=channel_id)

    seen = await statements.of(clerk.staff(LIST))

    assert [len(node["fields"]) for node in seen["customers"]["nodes"]] == [0, 1]
    assert len(statements) == 1 + 1 + 1  # who asks; customers, what they said


async def test_who_registers_says_it_at_once(api, connection, asked):
    eve = {"email": "eve@example.com", "password": "quincunx for a day", "firstName": "Eve", "lastName": "Moss"}

    done = await api.shop(REGISTER, input={**eve, "acceptedTermsVersion": "2026-01", "fields": [BORN, SINGLE]})

    assert done["registerCustomer"] == {"accepted": True, "errors": []}
    assert await kept(connection) == [("date_of_birth", "1815-12-10"), ("household", '["single"]')]
    eve_id = await connection.fetchval("SELECT id FROM customers")
    await connection.execute("UPDATE customers SET email_verified_at = $1", NOON)
    client = api.as_(await given.customer_token(connection, eve_id))
    shown = (await client.shop(f"{{ me {{ {SAID} }} }}"))["me"]["fields"]
    assert [(each["code"], each["byStaff"], each["keptUntil"]) for each in shown] == [
        ("date_of_birth", False, None),
        ("household", False, at(10)),
    ]
    told = await connection.fetchval("SELECT data FROM events WHERE type = 'CustomerRegistered'")
    assert told == {"fields": ["fields.date_of_birth", "fields.household"]}


@pytest.mark.parametrize("email", ["eve@example.com", "ada@example.com"])
async def test_what_cannot_be_said_when_registering_is_told_alike_for_each_address(
    api, connection, asked, ada_id, passwords, email
):
    eve = {"email": email, "password": "quincunx for a day", "firstName": "Eve", "lastName": "Moss"}
    wrong = [{"code": code, "value": {"text": "x"}} for code in ("segment", "since", "date_of_birth")]

    refused = await api.shop(REGISTER, input={**eve, "acceptedTermsVersion": "2026-01", "fields": wrong})

    assert refused["registerCustomer"]["accepted"] is False
    assert codes(refused["registerCustomer"]) == [
        ("UNKNOWN_FIELD", ["fields", "0", "code"]),
        ("FIELD_NOT_YOURS", ["fields", "1", "code"]),
        ("INVALID_VALUE", ["fields", "2", "value"]),
    ]
    assert passwords.computed == 0, "and before anything that costs time or counts"
    for table, there in (("customers", 1), ("customer_fields", 0), ("outbox", 0), ("throttles", 0)):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == there


async def test_in_an_assisted_session_staff_see_and_say_what_the_customer_does(
    api, connection, asked, ada_id, channel_id
):
    acts = ("ACT_FOR_CUSTOMERS", "MANAGE_CUSTOMERS", "FIND_CUSTOMERS", "READ_CUSTOMERS")
    clerk = api.as_(await given.staff_token(connection, await given.staff(connection, *acts)))
    vip = {"code": "segment", "value": {"text": "VIP"}}
    await clerk.staff(CHANGE, input={"id": global_id("cus", ada_id), "fields": [vip]})
    start = """mutation($input: StartAssistedSessionInput!) { startAssistedSession(input: $input) { token } }"""
    session = {"customerId": global_id("cus", ada_id), "source": "BRANCH", "reason": "She stands beside me."}
    beside_ada = api.as_((await clerk.staff(start, input=session))["startAssistedSession"]["token"])

    shown = await beside_ada.shop(f"{{ me {{ {SAID} }} customFields {{ code }} }}")
    refused = await tell(beside_ada, {"code": "segment", "value": None})
    said = await tell(beside_ada, BORN)

    assert shown == {
        "me": {"fields": []},
        "customFields": [{"code": "since"}, {"code": "date_of_birth"}, {"code": "household"}],
    }
    assert codes(refused) == [("UNKNOWN_FIELD", ["fields", "0", "code"])]
    assert [(each["code"], each["byStaff"]) for each in said["customer"]["fields"]] == [("date_of_birth", True)]


async def test_whoever_registers_an_address_that_nobody_confirmed_begins_with_nothing(
    api, connection, asked, channel_id
):
    eve_id = await given.customer(connection, "eve@example.com", channel_id=channel_id, email_verified_at=None)
    said = {"customer_id": eve_id, "field_id": asked["household"], "value": ["single"], "set_at": NOON}
    await given.insert(connection, given.custom_fields.customer_fields, **said, set_by={"kind": "CUSTOMER", "id": None})
    again = """mutation { registerCustomer(input: {email: "eve@example.com", password: "quincunx for a day",
      firstName: "Eve", lastName: "Moss", acceptedTermsVersion: "2026-01"}) { accepted } }"""

    assert await api.shop(again) == {"registerCustomer": {"accepted": True}}
    assert await kept(connection) == []
