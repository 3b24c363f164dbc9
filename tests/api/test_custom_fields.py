"""What is said of carts, quotes and orders as a whole, and fields that a shop has added (S2-14, S2-29)."""

from datetime import timedelta

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.schema.node import global_id
from tests import given
from tests.api.carts import shopper
from tests.api.custom_fields import SAID, an_order, codes, rows_of, text

SAVE = """mutation($input: SaveCustomFieldInput!) { saveCustomField(input: $input) {
  customField { id owner code name kind choices several whole longest required shoppers
    names { language text } channelIds requiredChannelIds commercial position active revision }
  errors { code path } } }"""
OFFERED = "{ customFields(owner: ORDER) { code name kind choices required shoppers } }"
NAMES = [{"language": "de", "text": "Kostenstelle"}, {"language": "en", "text": "Cost center"}]
CENTER = {"owner": "ORDER", "code": "cost_center", "kind": "TEXT", "names": NAMES}


@pytest.fixture
async def guest(api, shop):
    await shop.product(variants=[{"sku": "KETTLE", "price": 1190, "stock": 9}])
    return await shopper(api, {"sku": "KETTLE"})


@pytest.fixture
async def admin(api, connection):
    return api.as_(await given.staff_token(connection, await given.staff(connection, "MANAGE_CHANNELS")))


async def save(client, **input):
    return (await client.staff(SAVE, input=input))["saveCustomField"]


async def say(guest, shown=SAID, /, **input):
    return await guest.do("setCartAttributes", "SetCartAttributesInput", shown, **input)


async def test_staff_add_fields(admin, shop):
    here = global_id("chn", shop.channel_id)
    asked = {"longest": 10, "shoppers": "SET", "channelIds": [here], "requiredChannelIds": [here], "commercial": True}

    made = (await save(admin, **CENTER, **asked))["customField"]
    changed = await save(admin, **CENTER, id=made["id"], expectedRevision=1, active=False)

    id_ = made.pop("id")
    assert made == {
        **CENTER,
        **asked,
        "name": "Cost center",
        "choices": [],
        "several": False,
        "whole": False,
        "required": True,
        "position": 0,
        "active": True,
        "revision": 1,
    }
    found = changed["customField"]
    assert (found["id"], found["revision"], found["active"], found["required"]) == (id_, 2, False, False)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": "Cost", "names": []}, [("INVALID_VALUE", ["code"]), ("INVALID_VALUE", ["names"])]),
        (
            {"choices": ["a"], "several": True, "whole": True},
            [("INVALID_VALUE", [name]) for name in ("choices", "several", "whole")],
        ),
        ({"kind": "NUMBER", "longest": 9_999}, [("INVALID_VALUE", ["longest"])] * 2),
        ({"position": -1}, [("INVALID_VALUE", ["position"])]),
        ({"requiredChannelIds": ["x"]}, [("NOT_FOUND", ["requiredChannelIds", "0"])]),
        ({"id": "x"}, [("NOT_FOUND", ["id"])]),
        ({"channelIds": [global_id("chn", given.new_id())]}, [("NOT_FOUND", ["channelIds", "0"])]),
        ({"code": "taken"}, [("CODE_TAKEN", ["code"])]),
    ],
)
async def test_what_cannot_be_a_field_is_refused(admin, shop, connection, changes, expected):
    await given.custom_field(connection, "taken")

    assert codes(await save(admin, **{**CENTER, **changes})) == expected
    assert await connection.fetchval("SELECT count(*) FROM custom_fields") == 1


async def test_what_was_said_stays_what_it_was(admin, shop, connection):
    id_ = global_id("cfd", await given.custom_field(connection))

    assert codes(await save(admin, **{**CENTER, "id": id_, "kind": "DATE"})) == [("FIELD_IS_FIXED", ["id"])]
    assert await connection.fetchval("SELECT kind FROM custom_fields") == "TEXT"


async def test_only_who_sets_up_the_shop_adds_fields(api, shop, connection):
    other = api.allowed(Permission.EDIT_ORDERS)

    assert await other.error_codes("/staff/graphql", SAVE, {"input": CENTER}) == ["FORBIDDEN"]
    assert await connection.fetchval("SELECT count(*) FROM custom_fields") == 0


async def test_shoppers_are_asked_what_is_offered_here(api, shop, connection):
    here = [shop.channel_id]
    await given.custom_field(connection, "b_late", position=2, required_in=here, names={"en": "Late", "de": "Spät"})
    await given.custom_field(connection, "a_shade", kind="CHOICE", choices=["red"], position=1, shoppers="SEE")
    await given.custom_field(connection, "score", shoppers="NONE")
    await given.custom_field(connection, "elsewhere", channel_ids=[given.new_id()])
    await given.custom_field(connection, "retired", active=False)
    await given.custom_field(connection, "engraving", "ORDER_LINE")

    for_shoppers = (await api.with_headers(accept_language="de").shop(OFFERED))["customFields"]
    staff = (await api.allowed(Permission.STAFF_DESK).staff("{ customFields { code } }"))["customFields"]

    assert for_shoppers == [
        {
            "code": "a_shade",
            "name": "A Shade",
            "kind": "CHOICE",
            "choices": ["red"],
            "required": False,
            "shoppers": "SEE",
        },
        {"code": "b_late", "name": "Spät", "kind": "TEXT", "choices": [], "required": True, "shoppers": "SET"},
    ]
    assert [each["code"] for each in staff] == ["elsewhere", "retired", "score", "a_shade", "b_late", "engraving"]


async def test_each_kind_is_said_and_read_as_what_it_is(guest, connection):
    for code, kind, more in (
        ("a_text", "TEXT", {"names": {"en": "Text", "de": "Wort"}}),
        ("b_number", "NUMBER", {}),
        ("c_boolean", "BOOLEAN", {}),
        ("d_date", "DATE", {}),
        ("e_choice", "CHOICE", {"choices": ["red", "blue"], "several": True}),
    ):
        await given.custom_field(connection, code, kind=kind, **more)
    said = [
        {"code": "a_text", "value": {"text": " word "}},
        {"code": "b_number", "value": {"number": "1.50"}},
        {"code": "c_boolean", "value": {"boolean": False}},
        {"code": "d_date", "value": {"date": "2026-11-22"}},
        {"code": "e_choice", "value": {"choices": ["blue", "red"]}},
    ]

    payload = await say(guest, f"poNumber gift {SAID}", fields=said, poNumber="PO-7", gift=True)

    assert payload["errors"] == []
    assert payload["cart"] == {
        "poNumber": "PO-7",
        "gift": True,
        "fields": [
            {"__typename": "TextAttribute", "code": "a_text", "name": "Text", "text": "word"},
            {"__typename": "NumberAttribute", "code": "b_number", "name": "B Number", "number": "1.50"},
            {"__typename": "BooleanAttribute", "code": "c_boolean", "name": "C Boolean", "boolean": False},
            {"__typename": "DateAttribute", "code": "d_date", "name": "D Date", "date": "2026-11-22"},
            {"__typename": "ChoiceAttribute", "code": "e_choice", "name": "E Choice", "choices": ["blue", "red"]},
        ],
    }
    [event] = await connection.fetch("SELECT data FROM events WHERE type = 'ParticularsSet'")
    assert "PO-7" not in event["data"]
    assert "word" not in event["data"]
    taken = await say(guest, fields=[{"code": code, "value": None} for code in ("b_number", "c_boolean", "e_choice")])
    assert [each["code"] for each in taken["cart"]["fields"]] == ["a_text", "d_date"]


async def test_all_that_is_wrong_is_told_at_once_and_nothing_is_written(guest, connection):
    await given.custom_field(connection, "units", kind="NUMBER", whole=True)
    await given.custom_field(connection, "score", shoppers="NONE")
    await given.custom_field(connection, "rank", shoppers="SEE")
    german = guest.api.with_headers(accept_language="de")
    document = """mutation($input: SetCartAttributesInput!) { setCartAttributes(input: $input) {
      cart { id } errors { code path message } } }"""
    wrong = [{"code": "units", "value": {"number": "1.5"}}, text("score", "1"), text("rank", "gold"), text("moon", "x")]

    payload = (await german.shop(document, input={"cartId": guest.id, "fields": wrong}))["setCartAttributes"]

    unknown = "Dieses Feld gibt es hier nicht."
    assert payload == {
        "cart": None,
        "errors": [
            {"code": "INVALID_VALUE", "path": ["fields", "0", "value"], "message": "Das ist eine ganze Zahl."},
            {"code": "UNKNOWN_FIELD", "path": ["fields", "1", "code"], "message": unknown},
            {"code": "FIELD_NOT_YOURS", "path": ["fields", "2", "code"], "message": "Das können nur wir ausfüllen."},
            {"code": "UNKNOWN_FIELD", "path": ["fields", "3", "code"], "message": unknown},
        ],
    }
    assert await connection.fetchval("SELECT sum(revision) FROM carts") == 1


async def test_what_staff_say_is_theirs(api, guest, connection):
    await given.custom_field(connection, "score", shoppers="NONE")
    desk = api.allowed(Permission.ACT_FOR_CUSTOMERS)
    document = f"""mutation($input: SetCartAttributesInput!) {{ setCartAttributes(input: $input) {{
      cart {{ priority tags {SAID} }} errors {{ code path }} }} }}"""
    said = {"priority": "HIGH", "tags": ["VIP", "late", "vip"], "fields": [text("score", "9")]}

    payload = (await desk.staff(document, input={"cartId": guest.id, **said}))["setCartAttributes"]

    score = {"__typename": "TextAttribute", "code": "score", "name": "Score", "text": "9"}
    assert payload == {"cart": {"priority": "HIGH", "tags": ["VIP", "late"], "fields": [score]}, "errors": []}
    assert await guest.read(SAID) == {"fields": []}


async def test_lines_are_kept_apart_by_what_they_say(guest, connection):
    await given.custom_field(connection, "engraving", "ORDER_LINE")
    engraved = {"sku": "KETTLE", "fields": [text("engraving", "Ada")]}
    fields = f"lines {{ id quantity {SAID} }}"

    added = await guest.do("addCartLines", "AddCartLinesInput", fields, lines=[engraved, engraved, {"sku": "KETTLE"}])
    plain, ada = added["cart"]["lines"]
    other = {"setLineFields": {"lineId": plain["id"], "fields": [text("engraving", "Bob")]}}
    applied = await guest.do("applyToCart", "ApplyToCartInput", fields, actions=[other])

    assert [(each["quantity"], len(each["fields"])) for each in (plain, ada)] == [(2, 0), (2, 1)]
    assert [each["fields"][0]["text"] for each in applied["cart"]["lines"]] == ["Bob", "Ada"]


async def test_nothing_is_ordered_without_what_is_asked(api, connection, shop, guest, clock):
    here = [shop.channel_id]
    await connection.execute("UPDATE channels SET po_number_required = true")
    await given.custom_field(connection, required_in=here)
    await given.custom_field(connection, "engraving", "ORDER_LINE", required_in=here)
    clock.advance(timedelta(seconds=1))  # so long a channel is kept in memory

    found = await guest.api.shop(
        "query($id: ID!) { checkoutSummary(cartId: $id) { readiness { requirement field lineId } } }", id=guest.id
    )

    line_id = guest.cart["lines"][0]["id"]
    assert found["checkoutSummary"]["readiness"][-3:] == [
        {"requirement": "BUYER_PO_NUMBER", "field": None, "lineId": None},
        {"requirement": "FIELD", "field": "cost_center", "lineId": None},
        {"requirement": "FIELD", "field": "engraving", "lineId": line_id},
    ]


@pytest.fixture
async def order_id(shop, clock, connection):
    return await an_order(shop, clock, connection)


async def test_orders_keep_what_was_said(api, order_id):
    document = f"""query($id: ID!) {{ order(id: $id) {{ poNumber gift priority tags {SAID} lines {{ {SAID} }}
      version(number: 1) {{ poNumber gift {SAID} lines {{ {SAID} }} }} }} }}"""

    found = (await api.allowed(Permission.READ_ORDERS).staff(document, id=order_id))["order"]

    past = found.pop("version")
    assert (found.pop("priority"), found.pop("tags")) == ("NORMAL", ["vip"])
    assert past == found
    assert (found["poNumber"], found["gift"]) == ("PO-7", True)
    assert [(each["name"], each["text"]) for each in found["fields"]] == [("Cost center", "K7"), ("Score", "9")]
    assert [each["text"] for each in found["lines"][0]["fields"]] == ["Ada"]


async def test_what_was_agreed_on_is_changed_by_an_edit(api, connection, order_id):
    staff_id = await given.staff(connection, "READ_ORDERS", "EDIT_ORDERS")
    desk = api.as_(await given.staff_token(connection, staff_id))

    async def edit(name, input_type, fields="id preview { changes { label path } }", **input):
        document = f"""mutation($input: {input_type}!) {{ {name}(input: $input) {{
          edit {{ {fields} }} errors {{ code path }} }} }}"""
        return (await desk.staff(document, input=input))[name]

    edit_id = (await edit("beginOrderEdit", "BeginOrderEditInput", orderId=order_id))["edit"]["id"]
    refused = {"tags": [], "priority": "HIGH", "fields": [text("score", "1")]}
    action = {"setAttributes": {"poNumber": "PO-8", "fields": [text("cost_center", "K8")]}}
    line_id = (await desk.staff("query($id: ID!) { order(id: $id) { lines { id } } }", id=order_id))["order"]["lines"]
    engrave = {"setLineFields": {"lineId": line_id[0]["id"], "fields": [text("engraving", "Bob")]}}

    wrong = await edit(
        "applyToOrderEdit", "ApplyToOrderEditInput", editId=edit_id, actions=[{"setAttributes": refused}]
    )
    right = await edit("applyToOrderEdit", "ApplyToOrderEditInput", editId=edit_id, actions=[action, engrave])
    await rows_of(connection, "UPDATE orders SET tags = '{late}', fields = fields || '{\"score\": \"3\"}'")
    done = await edit("commitOrderEdit", "CommitOrderEditInput", "state", editId=edit_id)

    here = ["actions", "0", "setAttributes"]
    assert codes(wrong) == [("NOT_OF_VERSIONS", [*here, name]) for name in ("priority", "tags")] + [
        ("NOT_OF_VERSIONS", [*here, "fields", "0", "code"])
    ]
    assert right["edit"]["preview"]["changes"] == [
        {"label": "Line 1 (Kettle): Engraving Ada → Bob", "path": ["lines", line_id[0]["id"], "fields", "engraving"]},
        {"label": "Your order number: PO-7 → PO-8", "path": ["poNumber"]},
        {"label": "Cost center: K7 → K8", "path": ["fields", "cost_center"]},
    ]
    assert (done["errors"], done["edit"]) == ([], {"state": "COMMITTED"})
    [row] = await rows_of(connection, "SELECT po_number, gift, tags, fields, version FROM orders")
    assert tuple(row) == ("PO-8", True, ["late"], row["fields"], 2)
    assert await rows_of(connection, "SELECT fields->>'engraving' FROM order_lines") == [("Bob",)]
    assert await rows_of(connection, "SELECT fields->>'cost_center', fields->>'score' FROM orders") == [("K8", "3")]


async def test_the_mail_about_an_edit_leaves_out_what_only_staff_see_and_the_history_names_it(
    api, connection, order_id
):
    await given.custom_field(connection, "margin_code", commercial=True, shoppers="NONE")
    staff_id = await given.staff(connection, "READ_ORDERS", "EDIT_ORDERS")
    desk = api.as_(await given.staff_token(connection, staff_id))
    begin = "mutation($id: ID!) { beginOrderEdit(input: {orderId: $id}) { edit { id } } }"
    apply = "mutation($input: ApplyToOrderEditInput!) { applyToOrderEdit(input: $input) { errors { code path } } }"
    commit = "mutation($id: ID!) { commitOrderEdit(input: {editId: $id}) { errors { code path } } }"
    edit_id = (await desk.staff(begin, id=order_id))["beginOrderEdit"]["edit"]["id"]
    fields = [text("cost_center", "K8"), text("margin_code", "M1")]
    await desk.staff(apply, input={"editId": edit_id, "actions": [{"setAttributes": {"fields": fields}}]})

    assert await desk.staff(commit, id=edit_id) == {"commitOrderEdit": {"errors": []}}

    mailed = "SELECT payload->'data'->'changes' FROM outbox WHERE dedupe_key LIKE 'order-changed:%'"
    assert await rows_of(connection, mailed) == [(["Cost center: K7 → K8"],)]
    event = "SELECT data->'changed' FROM events WHERE type = 'OrderEditCommitted'"
    assert await rows_of(connection, event) == [(["fields.cost_center", "fields.margin_code"],)]


async def test_a_copy_says_what_buyers_said_but_not_for_which_order_of_theirs(api, connection, order_id):
    staff_id = await given.staff(connection, "READ_ORDERS", "ACT_FOR_CUSTOMERS")
    desk = api.as_(await given.staff_token(connection, staff_id))
    document = f"""mutation($input: CloneOrderInput!) {{ cloneOrder(input: $input) {{
      cart {{ poNumber gift tags {SAID} lines {{ {SAID} }} }} errors {{ code }} }} }}"""

    cart = (await desk.staff(document, input={"orderId": order_id}))["cloneOrder"]["cart"]

    assert (cart["poNumber"], cart["gift"], cart["tags"]) == ("", True, [])
    assert [each["text"] for each in (*cart["fields"], *cart["lines"][0]["fields"])] == ["K7", "Ada"]
