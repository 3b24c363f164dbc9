from datetime import timedelta

import pytest

from commerce_api.persistence.tables import buying
from commerce_api.schema.node import global_id
from tests import given
from tests.conftest import NOON

ERRORS = "errors { code path }"
ZONE = f"""mutation ($input: SaveZoneInput!) {{ saveZone(input: $input) {{ {ERRORS}
  zone {{ id code revision areas {{ country region postalPrefix }} }} }} }}"""
TAX_CLASS = f"mutation ($input: SaveTaxClassInput!) {{ saveTaxClass(input: $input) {{ {ERRORS} taxClass {{ id }} }} }}"
TAX_RATE = f"""mutation ($input: SaveTaxRateInput!) {{ saveTaxRate(input: $input) {{ {ERRORS}
  taxRate {{ id name rate revision }} }} }}"""
METHOD = f"""mutation ($input: SaveShippingMethodInput!) {{ saveShippingMethod(input: $input) {{ {ERRORS}
  shippingMethod {{ id code rates {{ amount {{ amount }} freeFrom {{ amount }} maxWeight }} }} }} }}"""
LOCATION = f"""mutation ($input: SaveStockLocationInput!) {{ saveStockLocation(input: $input) {{ {ERRORS}
  stockLocation {{ id code }} }} }}"""
CHANNEL = f"""mutation ($input: SaveChannelInput!) {{ saveChannel(input: $input) {{ {ERRORS}
  channel {{ id code currencies pricesIncludeTax }} }} }}"""
CHANNEL_INPUT = {
    "code": "us",
    "name": "America",
    "currencies": ["USD"],
    "languages": ["en"],
    "countries": ["US"],
    "timeZone": "America/New_York",
    "pricesIncludeTax": False,
    "termsVersion": "1",
}


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
async def admin(api, connection, channel_id):
    held = ("MANAGE_TAXES", "MANAGE_SHIPPING", "MANAGE_CHANNELS", "STAFF_DESK")
    return api.as_(await given.staff_token(connection, await given.staff(connection, *held)))


async def save(api, document, **input):
    (payload,) = (await api.staff(document, input=input)).values()
    return payload


async def test_zones_taxes_and_shipping_are_set_up(admin, channel_id):
    zone = (await save(admin, ZONE, code="de", name="Germany", areas=[{"country": "DE"}]))["zone"]
    tax_class = (await save(admin, TAX_CLASS, code="goods", name="Goods"))["taxClass"]
    refs = {"taxClassId": tax_class["id"], "name": "USt"}

    rate = await save(admin, TAX_RATE, zoneId=zone["id"], rate="0.19", **refs)
    prices = [{"zoneId": zone["id"], "currency": "EUR", "amount": "4.90", "freeFrom": "100.00", "maxWeight": 30000}]
    method = await save(admin, METHOD, channelId=global_id("chn", channel_id), code="post", rates=prices, **refs)

    area = {"country": "DE", "region": "", "postalPrefix": ""}
    assert zone == {"id": zone["id"], "code": "de", "revision": 1, "areas": [area]}
    assert rate["taxRate"] == {"id": rate["taxRate"]["id"], "name": "USt", "rate": "0.19", "revision": 1}
    assert method["shippingMethod"]["rates"] == [
        {"amount": {"amount": "4.90"}, "freeFrom": {"amount": "100.00"}, "maxWeight": 30000}
    ]
    assert rate["errors"] == method["errors"] == []


async def test_a_setting_is_changed_as_a_whole_and_not_over_anothers_change(admin):
    zone = (await save(admin, ZONE, code="de", name="Germany", areas=[{"country": "DE"}]))["zone"]
    change = {"id": zone["id"], "code": "dach", "name": "DACH", "areas": [{"country": "AT"}, {"country": "CH"}]}

    changed = await save(admin, ZONE, expectedRevision=1, **change)
    stale = await save(admin, ZONE, expectedRevision=1, **change)

    assert (changed["zone"]["code"], changed["zone"]["revision"]) == ("dach", 2)
    assert [area["country"] for area in changed["zone"]["areas"]] == ["AT", "CH"]
    assert (stale["zone"], [error["code"] for error in stale["errors"]]) == (None, ["STALE_REVISION"])


async def test_a_code_is_given_once(admin):
    await save(admin, TAX_CLASS, code="goods", name="Goods")

    again = await save(admin, TAX_CLASS, code="goods", name="Other goods")

    assert again == {"errors": [{"code": "CODE_TAKEN", "path": ["code"]}], "taxClass": None}


async def test_what_is_listed_as_a_whole_has_a_bound(admin, connection):
    made = "INSERT INTO tax_classes (id, code, name, revision) SELECT gen_random_uuid(), 'c' || n, 'C', 1"
    await connection.execute(f"{made} FROM generate_series(1, 99) AS n")

    last = await save(admin, TAX_CLASS, code="last", name="Last")
    beyond = await save(admin, TAX_CLASS, code="beyond", name="Beyond")
    changed = await save(admin, TAX_CLASS, id=last["taxClass"]["id"], code="last", name="The last")

    assert beyond == {"errors": [{"code": "TOO_MANY", "path": None}], "taxClass": None}
    assert (last["errors"], changed["errors"]) == ([], [])
    assert await connection.fetchval("SELECT count(*) FROM tax_classes") == 100


async def test_all_problems_of_a_setting_are_told_and_nothing_is_saved(admin, connection):
    wrong = await save(
        admin,
        CHANNEL,
        **{**CHANNEL_INPUT, "currencies": [], "languages": ["en", "en"], "timeZone": "Mars/Base", "cartDays": 0},
    )
    rate = await save(admin, TAX_RATE, zoneId="zon_x", taxClassId="txc_x", name="", rate="10")

    assert [(error["code"], error["path"]) for error in wrong["errors"]] == [
        ("INVALID_VALUE", ["currencies"]),
        ("INVALID_VALUE", ["languages"]),
        ("INVALID_VALUE", ["cartDays"]),
        ("INVALID_VALUE", ["timeZone"]),
    ]
    assert sorted(tuple(error["path"]) for error in rate["errors"]) == [
        ("name",),
        ("rate",),
        ("taxClassId",),
        ("zoneId",),
    ]
    assert await connection.fetchval("SELECT count(*) FROM channels") == 1
    assert await connection.fetchval("SELECT count(*) FROM tax_rates") == 0


async def test_a_new_channel_answers_with_its_locations(api, admin):
    location = (await save(admin, LOCATION, code="ny", name="New York"))["stockLocation"]

    made = await save(admin, CHANNEL, **CHANNEL_INPUT, locationIds=[location["id"]])

    assert made["errors"] == []
    data = await api.with_headers(x_channel="us").shop("{ channel { code currencies pricesIncludeTax } }")
    assert data == {"channel": {"code": "us", "currencies": ["USD"], "pricesIncludeTax": False}}


SHOWN = """id code revision active timeZone rounding roundingLevel crossBorder quotePrices orderPrefix capturePolicy cartDays
  checkoutMinutes paymentRetryDays paymentAttemptLimit paymentPauseSeconds paymentReminderHours
  cancelMinutes editMinutes orderReadsLogged locationIds"""


async def test_what_was_saved_of_a_channel_can_be_read_to_be_changed(api, admin):
    document = CHANNEL.replace("id code currencies pricesIncludeTax", SHOWN)
    changed = {"paymentAttemptLimit": 3, "paymentPauseSeconds": 0, "paymentReminderHours": [2], "cartDays": 10}
    changed |= {"cancelMinutes": 30, "editMinutes": 20, "orderReadsLogged": True}

    made = (await save(admin, document, **CHANNEL_INPUT, **changed, active=False))["channel"]
    again = {**CHANNEL_INPUT, "id": made["id"], "expectedRevision": made["revision"]}

    assert made == {
        "id": made["id"],
        "code": "us",
        "revision": 1,
        "active": False,
        "timeZone": "America/New_York",
        "rounding": "HALF_UP",
        "roundingLevel": "LINE",
        "crossBorder": "KEEP_GROSS",
        "quotePrices": "GUARANTEED",
        "orderPrefix": "",
        "capturePolicy": "ON_SHIPMENT",
        "checkoutMinutes": 15,
        "paymentRetryDays": 7,
        "locationIds": [],
        **changed,
    }
    assert (await save(admin, document, **again))["channel"]["paymentReminderHours"] == [24, 48]
    assert await api.error_codes("/graphql", "{ channel { revision } }") == ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"paymentAttemptLimit": 0}, ["paymentAttemptLimit"]),
        ({"paymentPauseSeconds": 3601}, ["paymentPauseSeconds"]),
        ({"cancelMinutes": -1}, ["cancelMinutes"]),
        ({"editMinutes": 43_201}, ["editMinutes"]),
        ({"paymentReminderHours": [1, 0]}, ["paymentReminderHours"]),
        ({"paymentReminderHours": [1, 1]}, ["paymentReminderHours"]),
        ({"paymentReminderHours": [1, 2, 3, 4, 5, 6]}, ["paymentReminderHours"]),
        ({"paymentReminderHours": [1, 2161]}, ["paymentReminderHours", "1"]),
    ],
)
async def test_pauses_and_reminders_have_bounds(admin, wrong, path):
    payload = await save(admin, CHANNEL, **CHANNEL_INPUT, **wrong)

    assert payload["errors"][0] == {"code": "INVALID_VALUE", "path": path}
    assert payload["channel"] is None


async def test_what_is_in_use_is_not_deleted(admin, connection):
    await given.a_product(connection, "Kettle")
    used = global_id("txc", await connection.fetchval("SELECT id FROM tax_classes"))
    delete = f"mutation ($input: DeleteSettingInput!) {{ deleteTaxClass(input: $input) {{ deletedId {ERRORS} }} }}"
    free = (await save(admin, TAX_CLASS, code="goods", name="Goods"))["taxClass"]["id"]

    assert await save(admin, delete, id=used) == {
        "deletedId": None,
        "errors": [{"code": "SETTING_IN_USE", "path": ["id"]}],
    }
    assert await save(admin, delete, id=free) == {"deletedId": free, "errors": []}
    assert await save(admin, delete, id=free) == {"deletedId": None, "errors": [{"code": "NOT_FOUND", "path": ["id"]}]}


WARNED = "errors { code } warnings { code path message }"


async def overruled(connection, entity):
    """Who did something although they were warned, and of what."""
    found = await connection.fetch(
        "SELECT actor->>'id' AS who, data->'codes' AS codes FROM events WHERE entity = $1 AND type = 'CautionsOverruled'",
        entity,
    )
    return [(row["who"], row["codes"]) for row in found]


async def test_closing_a_channel_with_open_carts_has_to_be_acknowledged(admin, connection, channel_id):
    document = (
        f"mutation ($input: SaveChannelInput!) {{ saveChannel(input: $input) {{ {WARNED} channel {{ active }} }} }}"
    )
    product = await given.a_product(connection, "Kettle")
    shop = {"channel_id": channel_id, "currency": "EUR", "language": "en", "created_at": NOON, "updated_at": NOON}
    for number, state in enumerate(("ACTIVE", "ACTIVE", "ORDERED", "ACTIVE")):
        ends = NOON + timedelta(days=1 if number < 3 else -1)
        cart_id = await given.insert(
            connection, buying.carts, token_hash=bytes([number]), state=state, expires_at=ends, **shop
        )
        line = {"variant_id": product.variant.id, "quantity": 1, "added_by": {}, "added_at": NOON}
        await given.insert(connection, buying.cart_lines, cart_id=cart_id, **line)
    closed = {**CHANNEL_INPUT, "id": global_id("chn", channel_id), "active": False}

    warned = await save(admin, document, **closed)
    other = await save(admin, document, **closed, acknowledge=["ZONE_HAS_RATES"])
    active = await connection.fetchval("SELECT active FROM channels")
    done = await save(admin, document, **closed, acknowledge=["CHANNEL_HAS_OPEN_CARTS"])
    again = await save(admin, document, **closed)

    message = "2 carts are being filled in this channel; nobody can order them while it is closed."
    warning = {"code": "CHANNEL_HAS_OPEN_CARTS", "path": ["active"], "message": message}
    assert warned == other == {"errors": [], "warnings": [warning], "channel": None}
    assert active
    assert done == again == {"errors": [], "warnings": [], "channel": {"active": False}}
    who = str(await connection.fetchval("SELECT id FROM staff"))
    assert await overruled(connection, "CHANNEL") == [(who, ["CHANNEL_HAS_OPEN_CARTS"])]


async def test_deleting_a_zone_with_rates_has_to_be_acknowledged(admin, connection, channel_id):
    document = f"mutation ($input: DeleteSettingInput!) {{ deleteZone(input: $input) {{ deletedId {WARNED} }} }}"
    zone_id = await given.zone(connection, "germany", "DE")
    await given.tax_rate(connection, zone_id, 19)
    await given.shipping_method(connection, channel_id, zone_id, 490)
    its_id = global_id("zon", zone_id)

    warned = await save(admin, document, id=its_id)
    kept = await connection.fetchval("SELECT count(*) FROM tax_rates")
    done = await save(admin, document, id=its_id, acknowledge=["ZONE_HAS_RATES"])

    message = "2 rates of taxes and shipping hold in this zone and are deleted with it."
    warning = {"code": "ZONE_HAS_RATES", "path": ["id"], "message": message}
    assert warned == {"deletedId": None, "errors": [], "warnings": [warning]}
    assert kept == 1
    assert done == {"deletedId": its_id, "errors": [], "warnings": []}
    assert await connection.fetchval("SELECT count(*) FROM tax_rates") == 0
    assert [codes for _, codes in await overruled(connection, "ZONE")] == [["ZONE_HAS_RATES"]]


async def test_settings_are_for_those_who_may(api, connection, channel_id):
    reader = api.as_(await given.staff_token(connection, await given.staff(connection, "STAFF_DESK")))
    zone = {"input": {"code": "de", "name": "Germany", "areas": []}}

    assert await reader.error_codes("/staff/graphql", ZONE, zone) == ["FORBIDDEN"]
    assert await reader.staff("{ zones { nodes { code } } channels { code } }") == {
        "zones": {"nodes": []},
        "channels": [{"code": "eu"}],
    }
    assert await connection.fetchval("SELECT count(*) FROM zones") == 0
