"""`node` and `nodes` answer for everything that has an id, to whoever may see it and to nobody else (decision 4)."""

import pytest

from commerce_api.domain.permissions import GRANTABLE, Permission
from commerce_api.graphql import SHOP, STAFF
from commerce_api.persistence.tables import finding, records
from commerce_api.schema.node import global_id
from tests import given
from tests.buying import BERLIN, Shop

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"

PUBLIC = {"Category", "Channel", "Collection", "CustomField", "Image", "Product", "ProductVariant"}
DESK = {"BlockReason", "CancelReasonSetting", "OverrideReason", "ShippingMethodSetting", "TaxClass", "TaxRate", "Zone"}
"""What all staff see."""

NEEDED = {
    "ApiKey": {Permission.MANAGE_API_KEYS},
    "AssistedSession": {Permission.READ_CUSTOMERS},
    "AttributeDefinition": {Permission.MANAGE_CATALOG},
    "Block": {Permission.READ_ORDERS},
    "Cart": {Permission.READ_CARTS},
    "CartLine": {Permission.READ_CARTS},
    "CartShipGroup": {Permission.READ_CARTS},
    "Customer": {Permission.FIND_CUSTOMERS},
    "CustomerAddress": {Permission.FIND_CUSTOMERS},
    "Job": {Permission.MANAGE_CATALOG},
    "Order": {Permission.READ_ORDERS},
    "OrderEdit": {Permission.READ_ORDERS},
    "OrderComment": {Permission.READ_ORDERS},
    "OrderLine": {Permission.READ_ORDERS},
    "OrderSearch": {Permission.READ_ORDERS},
    "OrderShipGroup": {Permission.READ_ORDERS},
    "Payment": {Permission.READ_ORDERS},
    "PaymentMethod": {Permission.READ_PAYMENTS},
    "PaymentTransaction": {Permission.READ_ORDERS, Permission.READ_PAYMENTS},
    "PriceList": {Permission.MANAGE_PRICES},
    "ProductType": {Permission.MANAGE_CATALOG},
    "Quote": {Permission.READ_QUOTES},
    "Role": {Permission.READ_STAFF},
    "StaffMember": {Permission.READ_STAFF},
    "StockLocation": {Permission.READ_STOCK},
}
"""What staff need, all of it, to see one."""

ALSO = {
    Permission.READ_CARTS: {Permission.ACT_FOR_CUSTOMERS},
    Permission.READ_QUOTES: {Permission.APPROVE_QUOTES, Permission.AUTHOR_QUOTES},
}
"""Others that do as well."""


def types_of(schema):
    return {type_.name for type_ in schema.get_implementations(schema.type_map["Node"]).objects}


class World:
    """Something of each type. `ids` by type; `owner` is who the carts, the order, the account and the card belong to."""

    def __init__(self, ids, owner):
        self.ids, self.owner = ids, owner

    @classmethod
    async def made(cls, api, database, raw, clock):
        shop = await Shop.open(database)
        ids = await _catalog(raw) | await _desk(raw)
        ada = await given.customer(raw, channel_id=shop.channel_id)
        card = {"card_token": await shop.card(), "created_at": given.EARLIER}
        ids["PaymentMethod"] = "pmt", await given.insert(raw, given.cards.payment_methods, customer_id=ada, **card)
        ids["CustomerAddress"] = (
            "adr",
            await given.insert(raw, given.identity.addresses, customer_id=ada, address=BERLIN),
        )
        ids["Quote"] = "quo", await given.bare_quote(raw, shop.channel_id, "Q100001-0", customer_id=ada)
        variant_id = ids["ProductVariant"][1]
        bought = await shop.cart((variant_id, 1))
        owner = api.as_(await given.customer_token(raw, ada)).with_headers(x_cart_token=bought[1])
        order = await shop.place(clock, bought)
        ids["Block"] = "blk", await given.block(raw, order.id)
        ids["OrderEdit"] = "oed", await _edit(raw, order, ids["StaffMember"][1])
        ids["OrderComment"] = "cmt", await given.comment(raw, order.id)
        await shop.cart((variant_id, 1), customer_id=ada)
        ids["AssistedSession"] = "asn", await given.assisted_session(raw, shop.channel_id, customer_id=ada)
        found = await _found(raw)
        return cls({name: global_id(*each) for name, each in (ids | found).items()}, owner)

    async def seen_by(self, client, contract="staff"):
        """Names of the types whose object is answered."""
        found = (await getattr(client, contract)(NODES, ids=list(self.ids.values())))["nodes"]
        for (name, id_), node in zip(self.ids.items(), found, strict=True):
            assert node in (None, {"__typename": name, "id": id_})
        return {node["__typename"] for node in found if node}


async def _catalog(raw):
    category, collection = await given.a_category(raw, "Kitchen"), await given.a_collection(raw, "Gifts")
    kettle = await given.a_product(raw, "Kettle", categories=[category], collections=[collection])
    type_id = await raw.fetchval("SELECT product_type_id FROM products")
    attribute = {"product_type_id": type_id, "code": "material", "name": "Material", "kind": "TEXT"}
    image = await given.insert(raw, given.catalog.media, url="https://pictures.test/kettle.png")
    await given.insert(raw, given.catalog.product_media, product_id=kettle.id, media_id=image, position=0)
    return {
        "AttributeDefinition": ("att", await given.insert(raw, given.catalog.attributes, **attribute)),
        "Category": ("cat", category),
        "Collection": ("col", collection),
        "Image": ("med", image),
        "Product": ("prd", kettle.id),
        "ProductType": ("pty", type_id),
        "ProductVariant": ("var", kettle.variant.id),
    }


async def _desk(raw):
    staff_id = await given.staff(raw, "READ_STOCK")
    key = {"name": "Tills", "prefix": "key_x", "secret_hash": b"x", "permissions": [], "created_by": staff_id}
    job = {"kind": "EXPORT_PRODUCTS", "state": "QUEUED", "input": {}, "actor": {"kind": "SYSTEM"}}
    search = {"owner_id": staff_id, "name": "Mine", "shared": True, "find": {}, "sort": "NEWEST"}
    search |= {"updated_at": given.EARLIER}
    return {
        "OrderSearch": ("osr", await given.insert(raw, finding.order_searches, **search)),
        "ApiKey": ("key", await given.insert(raw, given.identity.api_keys, created_at=given.EARLIER, **key)),
        "Job": ("job", await given.insert(raw, records.jobs, created_at=given.EARLIER, **job)),
        "CancelReasonSetting": ("crn", await given.cancel_reason(raw)),
        "CustomField": ("cfd", await given.custom_field(raw)),
        "OverrideReason": ("ovr", await given.override_reason(raw)),
        "StaffMember": ("stf", staff_id),
    }


async def _edit(raw, order, staff_id):
    draft = {
        "purpose": "ORDER_EDIT",
        "channel_id": order.channel_id,
        "state": "ACTIVE",
        "currency": "EUR",
        "language": "en",
    }
    dates = {"created_at": given.EARLIER, "updated_at": given.EARLIER, "expires_at": given.EARLIER}
    agreement = {"price_policy": "KEEP", "recalculate_shipping": False}
    draft_id = await given.insert(raw, given.buying.carts, agreement=agreement, **draft, **dates)
    edit = {"order_id": order.id, "draft_id": draft_id, "state": "COMMITTED", "base_version": 1}
    people = {"begun_by": staff_id, "owner_id": staff_id}
    times = {"since": given.EARLIER, "expires_at": given.EARLIER}
    return await given.insert(raw, given.desk.order_edits, **edit, **people, **times)


async def _found(raw):
    """What came into being on the way."""
    tables = {
        "BlockReason": ("brn", "block_reasons"),
        "Cart": ("crt", "carts WHERE state = 'ACTIVE' AND purpose = 'CART'"),
        "CartLine": (
            "cln",
            "cart_lines WHERE cart_id = (SELECT id FROM carts WHERE state = 'ACTIVE' AND purpose = 'CART')",
        ),
        "CartShipGroup": (
            "csg",
            "cart_ship_groups WHERE cart_id = (SELECT id FROM carts WHERE state = 'ACTIVE' AND purpose = 'CART')",
        ),
        "Channel": ("chn", "channels"),
        "Customer": ("cus", "customers"),
        "Order": ("ord", "orders"),
        "OrderLine": ("oln", "order_lines"),
        "OrderShipGroup": ("osg", "order_ship_groups"),
        "Payment": ("pay", "payments"),
        "PaymentTransaction": ("txn", "payment_transactions"),
        "PriceList": ("prl", "price_lists"),
        "Role": ("rol", "roles"),
        "ShippingMethodSetting": ("shm", "shipping_methods"),
        "StockLocation": ("loc", "stock_locations"),
        "TaxClass": ("txc", "tax_classes"),
        "TaxRate": ("txr", "tax_rates"),
        "Zone": ("zon", "zones"),
    }
    return {name: (prefix, await raw.fetchval(f"SELECT id FROM {of}")) for name, (prefix, of) in tables.items()}


@pytest.fixture
async def world(api, database, connection, clock):
    return await World.made(api, database, connection, clock)


async def test_staff_who_may_all_see_something_of_every_type(world, api):
    everything = api.allowed(*GRANTABLE)

    assert world.ids.keys() == types_of(STAFF) == PUBLIC | DESK | NEEDED.keys()
    assert await world.seen_by(everything) == types_of(STAFF)
    alone = [(await everything.staff(NODE, id=id_))["node"] for id_ in world.ids.values()]
    assert [node["__typename"] for node in alone] == list(world.ids)


async def test_each_type_takes_what_it_takes(world, api):
    for needed in {frozenset(needed) for needed in NEEDED.values()}:
        admitted = {name for name, these in NEEDED.items() if these <= needed}

        assert await world.seen_by(api.allowed(*needed)) == PUBLIC | DESK | admitted
    for permission, another in ((permission, one) for permission, others in ALSO.items() for one in others):
        assert await world.seen_by(api.allowed(another)) == await world.seen_by(api.allowed(permission))
    for permission in set().union(*NEEDED.values()):
        kept = {name for name, these in NEEDED.items() if permission not in these}

        assert (
            await world.seen_by(api.allowed(*GRANTABLE - {permission, *ALSO.get(permission, ())}))
            == PUBLIC | DESK | kept
        )


async def test_in_the_shop_one_sees_what_is_public_and_ones_own(world, api, connection):
    eve = await given.customer(
        connection, "eve@example.com", channel_id=await connection.fetchval("SELECT id FROM channels")
    )
    stranger = api.as_(await given.customer_token(connection, eve))
    own = types_of(SHOP) - {"PaymentTransaction", "OrderEdit"}  # the edit here is one of the staff's

    assert await world.seen_by(world.owner, "shop") == own
    assert await world.seen_by(stranger, "shop") == await world.seen_by(api, "shop") == PUBLIC


async def test_ids_of_nothing_are_answered_with_null(world, api):
    everything = api.allowed(*GRANTABLE)
    prefixes = {id_.rpartition("_")[0] for id_ in world.ids.values()}
    absent = [global_id(prefix, given.new_id()) for prefix in prefixes]
    mixed = [
        f"{prefix}_{id_.rpartition('_')[2]}" for prefix, id_ in zip(sorted(prefixes), world.ids.values(), strict=True)
    ]
    mixed = [id_ for id_ in mixed if id_ not in world.ids.values()]

    for ids in (absent, mixed, ["", "x", "prd_x", "none_01jcqz0000e0080000000000ad"]):
        assert (await everything.staff(NODES, ids=ids))["nodes"] == [None] * len(ids)
        assert (await world.owner.shop(NODES, ids=ids))["nodes"] == [None] * len(ids)
