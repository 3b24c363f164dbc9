"""Who may be on the telephone (S1-17): what a caller says, misspelled as it may be, leads to the caller (D42)."""

import pytest

from commerce_api.domain.permissions import Permission
from tests import given

MATCH = """
query($input: CustomerMatchInput!) {
  customerMatch(input: $input) { customer { email phone lastName } score matchedKeys { key fit } }
}
"""


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
def desk(api):
    return api.allowed(Permission.FIND_CUSTOMERS)


@pytest.fixture
async def people(connection, channel_id):
    """The one who calls, and those who are taken for them."""
    rows = [
        ("muller@example.com", "Jürgen", "Müller", {"phone": "+4917012345"}),
        ("jane@example.com", "Jane", "Müller", {"phone": "+4917099999"}),
        ("jp@example.com", "Jean-Pierre", "Moulin", {"phone": "+33612345678"}),
        ("ada+news@example.com", "Ada", "Byron", {}),
    ]
    made = {}
    for email, first, last, more in rows:
        made[email] = await given.customer(
            connection, email, channel_id=channel_id, first_name=first, last_name=last, **more
        )
    await given.address(connection, made["muller@example.com"], city="Köln", postal_code="50667", company="Acme")
    order = {"number": "E100001-0", "customer_id": made["ada+news@example.com"]}
    await given.bare_order(connection, channel_id, await given.variant(connection, "POT"), **order)
    return made


async def match(desk, **said):
    return (await desk.staff(MATCH, input=said))["customerMatch"]


async def test_the_likeliest_comes_first_masked_and_with_what_fits(desk, people):
    [first] = await match(desk, firstName="Jurgen", lastName="Müler", phone="345")

    assert first == {
        "customer": {"email": "m***@example.com", "phone": "***345", "lastName": "Müller"},
        "score": 80,
        "matchedKeys": [
            {"key": "FIRST_NAME", "fit": "EXACT"},
            {"key": "LAST_NAME", "fit": "MISHEARD"},
            {"key": "PHONE", "fit": "ENDING"},
        ],
    }


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ({"lastName": "Mueller", "firstName": "Juergen"}, 100),
        ({"lastName": "Muller", "firstName": "JÜRGEN"}, 100),
        ({"lastName": "Jürgen", "firstName": "Müller"}, 90),
        ({"lastName": "Mulelr", "firstName": "Jürgen"}, 80),
        ({"phone": "+49 170 12345"}, 100),
        ({"phone": "0170 12345"}, 100),
        ({"phone": "(0170) 123-45"}, 100),
        ({"email": "MULLER@Example.com"}, 100),
        ({"email": "muller+shop@example.com"}, 100),
        ({"postalCode": "50667", "city": "Koeln"}, 100),
        ({"postalCode": "506"}, 50),
        ({"company": "ACME"}, 100),
        ({"logon": "muller@example.com"}, 100),
    ],
)
async def test_the_caller_is_found_however_it_is_said(desk, people, said, score):
    best = (await match(desk, **said))[0]

    assert (best["customer"], best["score"]) == (
        {"email": "m***@example.com", "phone": "***345", "lastName": "Müller"},
        score,
    )


async def test_a_hyphen_and_the_number_of_an_order_lead_there_too(desk, people):
    assert [one["customer"]["email"] for one in await match(desk, firstName="Jean Pierre")] == ["j***@example.com"]
    [ada] = await match(desk, orderNumber="e100001-0", lastName="Biron")
    assert (ada["customer"]["email"], ada["score"]) == ("a***@example.com", 91)


async def test_nobody_is_nobody(desk, people):
    assert await match(desk, lastName="Zuse", phone="+44 20 7946 0000") == []


async def test_two_things_that_many_share_lead_to_the_one_who_has_both(desk, connection, channel_id):
    first = await given.customer(connection, "first@example.com", channel_id=channel_id, last_name="Meier")
    await given.address(connection, first, city="Jena")
    for kind, text in (("LAST_NAME", "meier"), ("CITY", "jena")):
        many = """
        WITH made AS (
            INSERT INTO customers (id, email, status, channel_id, created_at, updated_at)
            SELECT uuidv7(), n || lower($2) || '@example.com', 'ENABLED', $1, now(), now() FROM generate_series(1, 150) n
            RETURNING id
        )
        INSERT INTO customer_keys (customer_id, kind, value) SELECT id, $2, $3 FROM made
        """
        await connection.execute(many, channel_id, kind, text)

    best = (await match(desk, lastName="Meier", city="Jena"))[0]

    assert (best["customer"]["email"], best["score"]) == ("f***@example.com", 100)


async def test_a_match_costs_the_same_for_any_number_and_is_told_of(desk, people, connection, statements):
    found = await statements.of(match(desk, lastName="Müler", firstName="Jürgen"))

    assert len(found) == 2
    assert len(statements) == 6  # the channel, like names, who, their keys, the customers; the log
    [event] = await connection.fetch("SELECT type, data FROM events")
    assert tuple(event) == ("CustomersSearched", {"keys": ["FIRST_NAME", "LAST_NAME"], "found": 2})


async def test_customers_of_other_channels_are_not_matched(api, people, connection):
    elsewhere = await given.channel(connection, "us", is_default=False)
    staff_id = await given.staff(connection, "FIND_CUSTOMERS", channel_ids=[elsewhere])
    desk = api.as_(await given.staff_token(connection, staff_id))

    assert await match(desk, lastName="Müller") == []


async def test_something_has_to_be_said_by_somebody_who_may_ask(api, desk, channel_id, connection):
    nothing = {"input": {"phone": "?"}}

    assert await desk.error_codes("/staff/graphql", MATCH, nothing) == ["NO_SEARCH_KEY"]
    forbidden = api.allowed(Permission.READ_ORDERS)
    assert set(await forbidden.error_codes("/staff/graphql", MATCH, nothing)) == {"FORBIDDEN"}
    assert await connection.fetchval("SELECT count(*) FROM events") == 0
