import pytest

from commerce_api.domain.address_book import LARGEST
from commerce_api.persistence.tables import identity
from tests import given

UPDATE = """
mutation($input: UpdateProfileInput!) {
  updateProfile(input: $input) {
    customer { firstName lastName phone language currency revision }
    errors { code path ... on StaleRevisionError { currentRevision } }
  }
}
"""
ENTRY = "address { id address { line1 city } defaultShipping defaultBilling revision } errors { code path }"
CREATE = f"mutation($input: CreateAddressInput!) {{ createAddress(input: $input) {{ {ENTRY} }} }}"
CHANGE = f"mutation($input: UpdateAddressInput!) {{ updateAddress(input: $input) {{ {ENTRY} }} }}"
DELETE = f"mutation($id: ID!) {{ deleteAddress(input: {{id: $id}}) {{ {ENTRY} }} }}"
DEFAULT = f"mutation($input: SetDefaultAddressInput!) {{ setDefaultAddress(input: $input) {{ {ENTRY} }} }}"
BOOK = "{ me { addresses { id address { line1 } defaultShipping defaultBilling } } }"
CONSENT = """
mutation($input: SetConsentInput!) {
  setConsent(input: $input) { customer { consents { kind granted source } } errors { code path } }
}
"""
TERMS = """
mutation($version: String!) {
  acceptTerms(input: {version: $version}) {
    customer { acceptedTermsVersion } errors { code path ... on TermsError { currentVersion } }
  }
}
"""
STREET = {"lastName": "Byron", "line1": "Am Markt 1", "city": "Berlin", "postalCode": "10117", "country": "DE"}
NOBODYS = {"address": None, "errors": [{"code": "NOT_FOUND", "path": ["id"]}]}


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
async def ada(connection, channel_id, api):
    """A signed-in customer's client."""
    customer_id = await given.customer(connection, channel_id=channel_id)
    return api.as_(await given.customer_token(connection, customer_id))


@pytest.fixture
async def mallory(connection, channel_id, api):
    customer_id = await given.customer(connection, "mallory@example.com", channel_id=channel_id)
    return api.as_(await given.customer_token(connection, customer_id))


async def create(client, **input):
    return (await client.shop(CREATE, input={"address": STREET, **input}))["createAddress"]


async def streets(client):
    """The address book: street, default for shipping, for billing."""
    book = (await client.shop(BOOK))["me"]["addresses"]
    return [(e["address"]["line1"], e["defaultShipping"], e["defaultBilling"]) for e in book]


async def events(connection):
    rows = await connection.fetch("SELECT type, data FROM events WHERE entity = 'CUSTOMER' ORDER BY position")
    return [(row["type"], row["data"]) for row in rows]


async def test_a_profile_is_changed_field_by_field(ada, connection):
    answer = await ada.shop(UPDATE, input={"lastName": "Lovelace", "phone": "030 123456", "language": "de"})

    assert answer["updateProfile"] == {
        "customer": {
            "firstName": "Ada",
            "lastName": "Lovelace",
            "phone": "+4930123456",
            "language": "de",
            "currency": None,
            "revision": 2,
        },
        "errors": [],
    }
    assert await events(connection) == [("ProfileChanged", {"fields": ["last_name", "phone", "language"]})]


async def test_a_profile_that_stays_as_it_is_is_not_written(ada, connection):
    answer = await ada.shop(UPDATE, input={"lastName": "Byron"})

    assert answer["updateProfile"]["customer"]["revision"] == 1
    assert await events(connection) == []


@pytest.mark.parametrize(
    ("input", "path"),
    [
        ({"firstName": " "}, "firstName"),
        ({"phone": "12"}, "phone"),
        ({"language": "fr"}, "language"),
        ({"currency": "JPY"}, "currency"),
    ],
)
async def test_a_wrong_profile_is_not_written(ada, connection, input, path):
    answer = await ada.shop(UPDATE, input=input)

    assert answer["updateProfile"] == {"customer": None, "errors": [{"code": "INVALID_VALUE", "path": [path]}]}
    assert await connection.fetchval("SELECT revision FROM customers") == 1


async def test_a_profile_changed_meanwhile_is_not_overwritten(ada, connection):
    answer = await ada.shop(UPDATE, input={"firstName": "Augusta", "expectedRevision": 7})

    assert answer["updateProfile"] == {
        "customer": None,
        "errors": [{"code": "STALE_REVISION", "path": ["expectedRevision"], "currentRevision": 1}],
    }
    assert await connection.fetchval("SELECT first_name FROM customers") == "Ada"


async def test_the_first_address_is_the_default_and_later_ones_if_they_are_to_be(ada):
    await create(ada)
    await create(ada, address={**STREET, "line1": "Am Markt 2"})
    await create(ada, address={**STREET, "line1": "Am Markt 3"}, defaultBilling=True)

    assert await streets(ada) == [
        ("Am Markt 1", True, False),
        ("Am Markt 2", False, False),
        ("Am Markt 3", False, True),
    ]


async def test_an_address_with_mistakes_is_not_kept(ada):
    answer = await create(ada, address={"country": "DE"})

    assert [error["path"] for error in answer["errors"]] == [
        ["address", "lastName"],
        ["address", "line1"],
        ["address", "city"],
        ["address", "postalCode"],
    ]
    assert await streets(ada) == []


async def test_an_address_is_created_once_for_a_key(ada):
    first = await create(ada, idempotencyKey="k1")
    again = await create(ada, idempotencyKey="k1")
    other = await create(ada, address={**STREET, "line1": "Am Markt 2"}, idempotencyKey="k1")

    assert first == again
    assert other["errors"] == [{"code": "IDEMPOTENCY_KEY_REUSED", "path": ["idempotencyKey"]}]
    assert await streets(ada) == [("Am Markt 1", True, True)]


async def test_an_address_is_changed_at_its_revision(ada, connection):
    entry = (await create(ada))["address"]
    moved = {"id": entry["id"], "address": {**STREET, "line1": "Am Markt 9"}}

    stale = (await ada.shop(CHANGE, input={**moved, "expectedRevision": entry["revision"] - 1}))["updateAddress"]
    done = (await ada.shop(CHANGE, input={**moved, "expectedRevision": entry["revision"]}))["updateAddress"]

    assert stale == {"address": None, "errors": [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]}
    assert done["address"]["address"]["line1"] == "Am Markt 9"
    assert done["address"]["revision"] == entry["revision"] + 1
    assert (await events(connection))[-1][1]["fields"] == ["line1"]


async def test_an_address_is_deleted_once(ada):
    entry = (await create(ada))["address"]

    assert (await ada.shop(DELETE, id=entry["id"]))["deleteAddress"] == {"address": entry, "errors": []}
    assert (await ada.shop(DELETE, id=entry["id"]))["deleteAddress"] == NOBODYS
    assert await streets(ada) == []


@pytest.mark.parametrize(
    ("mutation", "said"),
    [
        ("deleteAddress", {}),
        ("setDefaultAddress", {"billing": True}),
        ("setConsent", {"kind": "EMAIL_MARKETING", "granted": True}),
        ("acceptTerms", {"version": "2026-01"}),
    ],
)
async def test_what_is_repeated_with_its_key_is_done_once(ada, connection, mutation, said):
    if mutation.endswith("Address"):
        said = {**said, "id": (await create(ada))["address"]["id"]}
    kind = mutation[0].upper() + mutation[1:]
    document = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"
    before = await connection.fetchval("SELECT count(*) FROM events")

    for _ in range(2):
        answer = await ada.shop(document, input={**said, "idempotencyKey": "one"})
        assert answer[mutation] == {"errors": []}

    assert await connection.fetchval("SELECT count(*) FROM events") == before + 1


async def test_an_address_changed_meanwhile_is_not_deleted(ada):
    entry = (await create(ada))["address"]
    document = "mutation($id: ID!) { deleteAddress(input: {id: $id, expectedRevision: 9}) { errors { code path } } }"

    answer = await ada.shop(document, id=entry["id"])

    assert answer["deleteAddress"]["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    assert await streets(ada) == [("Am Markt 1", True, True)]


async def test_a_default_moves(ada):
    await create(ada)
    second = (await create(ada, address={**STREET, "line1": "Am Markt 2"}))["address"]

    answer = await ada.shop(DEFAULT, input={"id": second["id"], "shipping": True})

    assert answer["setDefaultAddress"]["errors"] == []
    assert await streets(ada) == [("Am Markt 1", False, True), ("Am Markt 2", True, False)]


@pytest.mark.parametrize("strange", ["foreign", "adr_0", "prd_01jcqz0000e0080000000000ad"])
async def test_an_address_of_somebody_else_is_not_there(ada, mallory, strange):
    foreign = (await create(ada))["address"]["id"]
    wanted = foreign if strange == "foreign" else strange

    assert (await mallory.shop(CHANGE, input={"id": wanted, "address": STREET}))["updateAddress"] == NOBODYS
    assert (await mallory.shop(DELETE, id=wanted))["deleteAddress"] == NOBODYS
    assert (await mallory.shop(DEFAULT, input={"id": wanted, "billing": True}))["setDefaultAddress"] == NOBODYS
    assert await streets(ada) == [("Am Markt 1", True, True)]
    assert await streets(mallory) == []


async def test_an_address_book_has_an_end(ada, connection):
    customer_id = await connection.fetchval("SELECT id FROM customers")
    for _ in range(LARGEST):
        await given.insert(connection, identity.addresses, customer_id=customer_id, address={"country": "DE"})

    assert (await create(ada))["errors"] == [{"code": "ADDRESS_BOOK_FULL", "path": None}]
    assert len(await streets(ada)) == LARGEST


async def test_a_consent_is_given_and_taken_back_and_the_latest_counts(ada, connection, clock):
    kind = "EMAIL_MARKETING"

    given_ = await ada.shop(CONSENT, input={"kind": kind, "granted": True})
    taken = await ada.shop(CONSENT, input={"kind": kind, "granted": False})

    assert given_["setConsent"]["customer"]["consents"] == [{"kind": kind, "granted": True, "source": "account"}]
    assert taken["setConsent"]["customer"]["consents"] == [{"kind": kind, "granted": False, "source": "account"}]
    assert await connection.fetchval("SELECT count(*) FROM consents") == 2
    assert [type_ for type_, _ in await events(connection)] == ["ConsentGiven", "ConsentWithdrawn"]


async def test_terms_are_no_marketing(ada, connection):
    answer = await ada.shop(CONSENT, input={"kind": "TERMS", "granted": False})

    assert answer["setConsent"] == {"customer": None, "errors": [{"code": "NOT_MARKETING", "path": ["kind"]}]}
    assert await connection.fetchval("SELECT count(*) FROM consents") == 0


async def test_terms_in_force_are_accepted_and_no_others(ada, connection):
    await connection.execute("UPDATE channels SET terms_version = '2026-02'")

    stale = await ada.shop(TERMS, version="2026-01")
    done = await ada.shop(TERMS, version="2026-02")

    assert stale["acceptTerms"] == {
        "customer": None,
        "errors": [{"code": "TERMS_VERSION_STALE", "path": ["version"], "currentVersion": "2026-02"}],
    }
    assert done["acceptTerms"] == {"customer": {"acceptedTermsVersion": "2026-02"}, "errors": []}


async def test_me_with_everything_costs_four_statements(ada, statements):
    await streets(ada)

    await statements.of(ada.shop("{ me { email addresses { id } consents { kind } } }"))

    assert [sql.split("\nFROM ")[-1].split()[0] for sql in statements] == [
        "sessions",
        "customers",
        "addresses",
        "consents",
    ]
