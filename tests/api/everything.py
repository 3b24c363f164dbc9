"""Every mutation of both contracts, done once and for good by somebody who may: what generic proofs walk along."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pyotp

from commerce_api.domain.permissions import GRANTABLE
from commerce_api.graphql import SHOP, STAFF
from commerce_api.schema.node import global_id, key_of
from tests import given
from tests.api.mails import latest_text
from tests.api.running import HANDED_OUT, run, with_key

PASSWORD = "Quincunx-marker-password"
SECOND_PASSWORD = "Zymurgy-marker-password"
EMAIL = "zora.quillfeather@marker.example"
ADDRESS = {
    "firstName": "Zoramark",
    "lastName": "Quillfeather",
    "company": "Markerworks",
    "line1": "Markergasse 77",
    "line2": "Hinterhof-Marker",
    "city": "Markerburg",
    "postalCode": "10119",
    "country": "DE",
    "phone": "+493099887766",
}
PERSONAL = {
    *("zora.quillfeather", "marker.example", "Zoramark", "Quillfeather", "Markerworks", "Markergasse", "Hinterhof"),
    "Zora said on the phone",
    *("Markerburg", "99887766", "marker-password", "Ring twice, Zora", "For Zora", "Zora's list", "Inspector Markman"),
    "Mark my motto",
}
"""What people said of themselves in the course of it, in parts that stand nowhere else."""

CARD = {"number": "4242424242424242", "expiryMonth": 12, "expiryYear": 2030, "cvv": "123", "holder": "Z QUILLFEATHER"}
DECLINED = CARD | {"number": "4000000000009995"}


@dataclass
class Step:
    """One mutation as it succeeded, and how many events it left."""

    name: str
    address: str
    api: object
    input: dict | None
    events: int


class Everything:
    """`steps` holds what was done; `secrets` what was handed out on the way; `ids` one object of each kind."""

    def __init__(self, api, http, connection, services, work, clock):
        self.guest, self._http, self._connection = api, http, connection
        self._services, self._work, self._clock = services, work, clock
        self.steps, self.secrets = [], set()

    async def happen(self):
        self.channel_id = await given.channel(self._connection, cancel_minutes=43_200)
        await given.cancel_reasons(self._connection)
        self.location = await given.location(self._connection, self.channel_id)
        self.began = self._clock()
        await self.staff_come_in()
        await self.staff_manage_staff()
        await self.staff_manage_access()
        await self.staff_set_up()
        await self.staff_fill_the_catalog()
        await self.staff_put_up_for_sale()
        await self.a_customer_comes_in()
        await self.a_customer_changes_the_profile()
        await self.a_customer_uses_a_second_factor()
        await self.a_guest_fills_a_cart()
        await self.a_customer_fills_carts()
        await self.staff_help_a_customer()
        await self.an_order_is_placed()
        await self.the_desk_holds_it_up()
        await self.quotes_are_written()
        await self.all_goes_away()
        await self.the_desk_writes_a_customer_down()
        await self.an_order_is_canceled()
        await self.the_desk_treats_a_customer()
        self.ended = self._clock()
        return self

    async def do(self, api, name, /, **input):
        """Run a mutation that has to succeed; its payload with all ids and tokens."""
        in_shop = name in SHOP.mutation_type.fields and api is not getattr(self, "desk", None)
        address = "/graphql" if in_shop else "/staff/graphql"
        schema = SHOP if address == "/graphql" else STAFF
        last = await self._last_event()
        keyed = with_key(schema, name, input, f"key-{len(self.steps)}")
        payload = await run(api, address, schema, name, keyed)
        assert payload["errors"] == [], (name, payload["errors"])
        await self._repeated(api, address, schema, name, keyed)
        await self._work()
        self._note_secrets(payload)
        self.steps.append(Step(name, address, api, input, await self._last_event() - last))
        return payload

    async def _repeated(self, api, address, schema, name, input):
        """With a key, the same again does nothing and is no error (K5)."""
        if "idempotencyKey" in input:
            last = await self._last_event()
            again = await run(api, address, schema, name, input)
            assert (again["errors"], await self._last_event()) == ([], last), name

    async def _last_event(self):
        return await self._connection.fetchval("SELECT coalesce(max(position), 0) FROM events")

    def _note_secrets(self, given_out):
        match given_out:
            case dict():
                for name, inner in given_out.items():
                    self.secrets |= {*_texts(inner)} if name in HANDED_OUT else set()
                    self._note_secrets(inner)
            case list():
                for inner in given_out:
                    self._note_secrets(inner)

    async def mailed(self, kind):
        """The token or code of the last mail of a kind."""
        text = await latest_text(self._services, kind)
        [secret] = set(re.findall(r"mail_[\w-]{43}|\b\d{4} \d{4}\b", text))
        self.secrets.add(secret)
        return secret

    async def card(self, card=CARD):
        token = (await self._http.post("/vault/cards", json=card)).json()["token"]
        self.secrets.add(token)
        return token

    async def staff_come_in(self):
        self.roles = {"all": await given.role(self._connection, "everything", *GRANTABLE)}
        who = {"email": "markman@marker.example", "name": "Inspector Markman"}
        staff_id = await given.staff(self._connection, *GRANTABLE, **who)
        self.desk = self.guest.as_(await given.staff_token(self._connection, staff_id))

    async def _enrolled(self, email, password):
        """A session of staff who begin to use a second factor, and their authenticator app."""
        asked = await self.do(self.guest, "signInStaff", email=email, password=password)
        challenge = asked["challenge"]["token"]
        app = pyotp.TOTP((await self.do(self.guest, "startStaffSecondFactor", challenge=challenge))["secret"])
        confirmed = await self.do(
            self.guest, "confirmStaffSecondFactor", challenge=challenge, code=app.at(self._clock())
        )
        return confirmed["session"], app

    async def _signed_in(self, app, email, password):
        self._clock.advance(timedelta(seconds=30))
        asked = await self.do(self.guest, "signInStaff", email=email, password=password)
        code = app.at(self._clock())
        answered = await self.do(
            self.guest, "answerStaffSecondFactor", challenge=asked["challenge"]["token"], code=code
        )
        return answered["session"]

    async def staff_manage_staff(self):
        made = await self.do(self.desk, "createRole", code="MARKERS", name="Markers", permissions=["READ_STOCK"])
        role = made["role"]
        await self.do(self.desk, "updateRole", id=role["id"], name="Marking", permissions=["READ_STOCK", "READ_CARTS"])
        grants = [{"roleId": role["id"]}]
        email = "second.markman@marker.example"
        made = await self.do(
            self.desk, "createStaff", email=email, name="Second Inspector Markman", password=PASSWORD, roles=grants
        )
        staff_id = made["staff"]["id"]
        channels = [global_id("chn", self.channel_id)]
        grants = [*grants, {"roleId": global_id("rol", self.roles["all"]), "channelIds": channels}]
        await self.do(self.desk, "setStaffRoles", id=staff_id, roles=grants)
        session, app = await self._enrolled(email, PASSWORD)
        await self.do(self.guest.as_(session["accessToken"]), "signOutStaff")
        session = await self._signed_in(app, email, PASSWORD)
        session = (await self.do(self.guest, "refreshStaffSession", refreshToken=session["refreshToken"]))["session"]
        signed_in = self.guest.as_(session["accessToken"])
        await self.do(signed_in, "changeStaffPassword", currentPassword=PASSWORD, newPassword=SECOND_PASSWORD)
        await self.do(signed_in, "signOutStaffEverywhere")
        await self.do(self.desk, "resetStaffSecondFactor", id=staff_id)
        session, _ = await self._enrolled(email, SECOND_PASSWORD)
        signed_in = self.guest.as_(session["accessToken"])
        await self.do(signed_in, "renewStaffRecoveryCodes", currentPassword=SECOND_PASSWORD)
        await self.do(signed_in, "turnOffStaffSecondFactor", currentPassword=SECOND_PASSWORD)
        limit = {"permission": "OVERRIDE_PRICES", "percent": "10", "floor": "COST"}
        await self.do(self.desk, "setStaffLimits", id=staff_id, limits=[limit])
        await self.do(self.desk, "setStaffStatus", id=staff_id, status="DISABLED")

    async def staff_manage_access(self):
        free = await self.do(self.desk, "createRole", code="FREE", name="Free", permissions=["READ_STOCK"])
        await self.do(self.desk, "deleteRole", id=free["role"]["id"])
        key = await self.do(self.desk, "createApiKey", name="Tills", permissions=["READ_STOCK"])
        await self.do(self.desk, "rotateApiKey", id=key["apiKey"]["id"])
        await self.do(self.desk, "revokeApiKey", id=key["apiKey"]["id"])

    async def staff_set_up(self):
        do, desk = self.do, self.desk
        zone = await do(desk, "saveZone", code="de", name="Germany", areas=[{"country": "DE", "postalPrefix": "1"}])
        self.zone = zone["zone"]["id"]
        self.tax_class = (await do(desk, "saveTaxClass", code="standard", name="Standard"))["taxClass"]["id"]
        about = {"taxClassId": self.tax_class, "name": "USt"}
        rate = await do(desk, "saveTaxRate", zoneId=self.zone, rate="0.19", **about)
        self.tax_rate = rate["taxRate"]["id"]
        rates = [{"zoneId": self.zone, "currency": code, "amount": "4.90"} for code in ("EUR", "USD")]
        about = {"channelId": global_id("chn", self.channel_id), "taxClassId": self.tax_class}
        method = await do(
            desk, "saveShippingMethod", code="post", name="Post", description="By bike", rates=rates, **about
        )
        self.method = method["shippingMethod"]["id"]
        names = [{"language": "en", "text": "Goodwill"}]
        why = await do(desk, "saveOverrideReason", code="GOODWILL", names=names, kinds=["DEDUCTION"])
        await do(desk, "deleteOverrideReason", id=why["overrideReason"]["id"])
        why = await do(desk, "saveCancelReason", code="RAIN", names=names)
        await do(desk, "deleteCancelReason", id=why["cancelReason"]["id"])
        names = [{"language": "en", "text": "Cost center"}]
        field = {"owner": "ORDER", "kind": "TEXT", "names": names, "shoppers": "SET"}
        await do(desk, "saveCustomField", code="cost_center", **field)
        await do(desk, "saveCustomField", code="motto", **field | {"owner": "CUSTOMER", "purposes": names})
        spare = await do(desk, "saveCustomField", code="spare", **field)
        await do(desk, "deleteCustomField", id=spare["customField"]["id"])
        place = await do(desk, "saveStockLocation", code="attic", name="Attic")
        await do(
            desk,
            "saveChannel",
            code="us",
            name="America",
            currencies=["USD"],
            languages=["en"],
            countries=["US"],
            timeZone="America/New_York",
            orderPrefix="U",
            pricesIncludeTax=False,
            termsVersion="1",
            locationIds=[place["stockLocation"]["id"]],
        )

    async def staff_fill_the_catalog(self):
        do, desk, channel = self.do, self.desk, global_id("chn", self.channel_id)
        attribute = {"code": "material", "name": "Material", "kind": "TEXT", "facet": True}
        described = {"translations": [{"language": "de", "name": "Deutsch", "descriptionHtml": "<b>gut</b>"}]}
        kind = await do(desk, "saveProductType", code="pots", name="Pots", attributes=[attribute | described])
        category = (await do(desk, "createCategory", name="Kitchen", **described))["category"]["id"]
        self.category = category
        await do(desk, "updateCategory", id=category, name="Kitchens")
        self.collection = (await do(desk, "createCollection", name="Gifts", **described))["collection"]["id"]
        picture = (await do(desk, "registerMedia", url="https://pictures.test/kettle.png"))["media"]["id"]
        basics = {"productTypeId": kind["productType"]["id"], "taxClassId": self.tax_class}
        cup = await do(desk, "createProduct", title="Cup", variants=[{"sku": "CUP"}], **basics)
        self.cup = cup["product"]["id"]
        product = {
            "title": "Kettle",
            "vendor": "Smith",
            "tags": ["tea"],
            "optionNames": ["Size"],
            "attributes": [{"code": "material", "value": {"text": "Copper"}}],
            "categoryIds": [category],
            "media": [{"mediaId": picture, "alt": "A kettle"}],
            "relations": [{"kind": "SUBSTITUTE", "productId": self.cup}],
            "translations": [{"language": "de", "title": "Kessel", "optionNames": ["Größe"]}],
            "variants": [
                {"sku": "K-1", "optionValues": ["S"], "barcode": "4006381333931"},
                {"sku": "K-2", "optionValues": ["L"]},
            ],
        }
        made = await do(desk, "createProduct", **basics, **product)
        self.product = made["product"]["id"]
        await do(desk, "updateProduct", productId=self.product, title="Copper Kettle", seoTitle="Kettle")
        self.small, self.large = (variant["id"] for variant in made["product"]["variants"])
        values = {"language": "de", "optionValues": ["Groß"]}
        grown = {"id": self.large, "sku": "K-2", "optionValues": ["L"], "weight": 900, "translations": [values]}
        await do(desk, "saveVariants", productId=self.product, variants=[grown])
        published = {"channelId": channel, "publishedFrom": "2026-01-01T00:00:00Z"}
        await do(desk, "publishProduct", productId=self.product, **published)
        await do(desk, "publishProduct", productId=self.cup, **published)
        await do(desk, "updateCollection", id=self.collection, productIds=[self.product])

    async def staff_put_up_for_sale(self):
        do, desk, channel = self.do, self.desk, global_id("chn", self.channel_id)
        for code in ("EUR", "USD"):
            made = await do(
                desk, "createPriceList", code=f"list-{code.lower()}", name="Prices", channelId=channel, currency=code
            )
            self.price_list = made["priceList"]["id"]
            prices = [{"sku": sku, "tiers": [{"amount": "19.90"}]} for sku in ("K-1", "K-2", "CUP")]
            await do(desk, "setPrices", priceListId=self.price_list, currency=code, prices=prices)
        await do(desk, "updatePriceList", id=self.price_list, name="Our prices")
        where = {"locationId": global_id("loc", self.location), "count": {"onHand": 100}}
        for variant in (self.small, self.large):
            await do(desk, "adjustStock", reason="COUNT", adjustments=[{"variantId": variant, **where}])
        file = await self._http.post(
            "/staff/files?name=products.csv", content=b"Handle,Title\nmug,Mug\n", headers=desk._headers
        )
        await do(desk, "importProducts", fileId=file.json()["fileId"])
        await do(desk, "exportProducts")

    async def a_customer_comes_in(self):
        do, guest = self.do, self.guest
        person = {"email": EMAIL, "firstName": "Zoramark", "lastName": "Quillfeather", "phone": "030 99887766"}
        terms = {"acceptedTermsVersion": "2026-01", "marketingConsents": ["EMAIL_MARKETING"]}
        await do(guest, "registerCustomer", password=PASSWORD, address=ADDRESS, **person, **terms)
        await do(guest, "resendVerification", email=EMAIL)
        await do(guest, "verifyEmail", token=await self.mailed("VERIFY_EMAIL"), password=PASSWORD)
        session = (await do(guest, "signIn", email=EMAIL, password=PASSWORD))["session"]
        session = (await do(guest, "refreshSession", refreshToken=session["refreshToken"]))["session"]
        await do(guest.as_(session["accessToken"]), "signOut")
        await do(guest, "requestPasswordReset", email=EMAIL)
        token = await self.mailed("RESET_PASSWORD")
        await do(guest, "resetPassword", token=token, newPassword=SECOND_PASSWORD)
        self.customer = await self._customer(SECOND_PASSWORD)

    async def a_customer_changes_the_profile(self):
        do, customer = self.do, self.customer
        await do(customer, "changePassword", currentPassword=SECOND_PASSWORD, newPassword=PASSWORD)
        motto = [{"code": "motto", "value": {"text": "Mark my motto"}}]
        named = {"firstName": "Zoramark Maria", "lastName": "Quillfeather", "phone": "+493099887766"}
        await do(customer, "updateProfile", **named, fields=motto)
        address = (await do(customer, "createAddress", address=ADDRESS))["address"]["id"]
        await do(customer, "updateAddress", id=address, address=ADDRESS | {"line1": "Markergasse 78"})
        await do(customer, "setDefaultAddress", id=address, shipping=True, billing=True)
        await do(customer, "deleteAddress", id=address)
        await do(customer, "setConsent", kind="EMAIL_MARKETING", granted=False)
        await do(customer, "acceptTerms", version="2026-01")
        await do(customer, "setAssistance", allowed=True, withCards=True)
        kept = await do(customer, "keepPaymentMethod", cardToken=await self.card())
        method = kept["paymentMethods"][0]["id"]
        await do(customer, "setDefaultPaymentMethod", paymentMethodId=method)
        await do(customer, "deletePaymentMethod", paymentMethodId=method)

    async def a_customer_uses_a_second_factor(self):
        do, proof = self.do, {"currentPassword": PASSWORD}
        await self._turn_on()
        spare = (await do(self.customer, "renewRecoveryCodes", **proof))["recoveryCodes"][0]
        challenge = (await do(self.guest, "signIn", email=EMAIL, password=PASSWORD))["challenge"]["token"]
        session = (await do(self.guest, "answerSecondFactor", challenge=challenge, code=spare))["session"]
        self.customer = self.guest.as_(session["accessToken"])
        await do(self.customer, "turnOffSecondFactor", **proof)

    async def _turn_on(self):
        secret = (await self.do(self.customer, "startSecondFactor", currentPassword=PASSWORD))["secret"]
        await self.do(self.customer, "confirmSecondFactor", code=pyotp.TOTP(secret).at(self._clock()))

    async def _customer(self, password):
        session = (await self.do(self.guest, "signIn", email=EMAIL, password=password))["session"]
        return self.guest.as_(session["accessToken"])

    async def _cart(self, api, *lines):
        made = await self.do(api, "createCart", lines=list(lines), **({} if lines else {"email": EMAIL}))
        token = made["token"]
        return made["cart"], api.with_headers(x_cart_token=token) if token else api

    async def a_guest_fills_a_cart(self):
        do = self.do
        engraved = {"attributes": [{"key": "engraving", "value": "For Zora"}]}
        cart, guest = await self._cart(self.guest, {"variantId": self.small, "quantity": 1} | engraved)
        of = {"cartId": cart["id"]}
        lines = [{"sku": "K-2", "quantity": 2} | engraved, {"sku": "CUP", "quantity": 1}]
        cart = (await do(guest, "addCartLines", lines=lines, **of))["cart"]
        small, large, cup = (line["id"] for line in cart["lines"])
        await do(guest, "updateCartLines", lines=[{"lineId": large, "change": {"quantity": 3}}], **of)
        await do(guest, "removeCartLines", lineIds=[cup], **of)
        await do(guest, "setCartBuyer", email=EMAIL, phone="+493099887766", **of)
        ways = {"address": ADDRESS, "instructions": "Ring twice, Zora", "shippingMethodId": self.method}
        groups = [
            ways | {"lines": [{"lineId": small, "quantity": 1}]},
            {"address": ADDRESS, "lines": [{"lineId": large, "quantity": 3}]},
        ]
        cart = (await do(guest, "setCartShipGroups", groups=groups, **of))["cart"]
        second = cart["shipGroups"][1]["id"]
        where = {"shipping": ADDRESS, "billing": ADDRESS, "instructions": "Ring twice, Zora"}
        await do(guest, "setCartAddresses", shipGroupId=second, **where, **of)
        await do(guest, "setCartShippingMethod", shipGroupId=second, shippingMethodId=self.method, **of)
        await self._wishes(guest, small, large, second, **of)
        await do(guest, "setCartAttributes", attributes=[{"key": "gift", "value": "For Zora"}], **of)
        await do(guest, "setCartCurrency", currency="USD", **of)
        dearer = [{"sku": "K-1", "tiers": [{"amount": "24.90"}]}]
        await do(self.desk, "setPrices", priceListId=self.price_list, currency="USD", prices=dearer)
        await do(guest, "acknowledgeCartChanges", **of)
        await do(guest, "clearCart", **of)
        await do(guest, "deleteCart", **of)

    async def _wishes(self, guest, small, large, second, **of):
        day = (self._clock() + timedelta(days=9)).date().isoformat()
        await self.do(guest, "setCartAvailabilityChoice", choice="AS_AVAILABLE", lineIds=[large], **of)
        await self.do(guest, "setCartTieGroups", groups=[{"lineIds": [small, large]}], **of)
        wanted = {"instructions": "Wrap it, Zora", "giftMessage": "For Zora", "requestedShipDate": day}
        await self.do(guest, "setCartLineRequests", lines=[{"lineId": small, "requests": wanted}], **of)
        asked = {"instructions": "Ring twice, Zora", "requestedShipDate": day}
        await self.do(guest, "setCartShipGroupRequests", shipGroupId=second, **asked, **of)
        await self.do(guest, "setCartNote", note="For Zora", **of)

    async def a_customer_fills_carts(self):
        do, customer = self.do, self.customer
        line = {"variantId": self.small, "quantity": 1}
        cart, _ = await self._cart(customer, line)
        await do(customer, "applyToCart", cartId=cart["id"], actions=[{"setNote": {"note": "For Zora"}}])
        await do(customer, "saveCart", cartId=cart["id"], name="Zora's list")
        await do(customer, "activateCart", cartId=cart["id"])
        await do(customer, "addCartLinesBySku", cartId=cart["id"], text="CUP 1")
        await self._sell_before_it_is_there("CUP")
        await do(customer, "splitCartBackorders", cartId=cart["id"])
        _, guest = await self._cart(self.guest, line)
        both = customer.with_headers(x_cart_token=guest._headers["x-cart-token"])
        await do(both, "mergeCarts", strategy="SUM")

    async def _sell_before_it_is_there(self, sku):
        late = "UPDATE variants SET stock_policy = 'BACKORDER' WHERE sku = $1"
        await self._connection.execute(late, sku)

    async def staff_help_a_customer(self):
        customer_id = (await self.customer.shop("{ me { id } }"))["me"]["id"]
        why = {"source": "PHONE", "reason": "For Zora"}
        started = await self.do(self.desk, "startAssistedSession", customerId=customer_id, **why)
        await self.do(self.desk, "endAssistedSession", id=started["session"]["id"])
        cart, guest = await self._cart(self.guest, {"variantId": self.small, "quantity": 1})
        for name in ("lockCart", "takeOverCart", "unlockCart"):
            await self.do(self.desk, name, cartId=cart["id"])
        shared = await self.do(guest, "shareCart", cartId=cart["id"])
        await self.do(self.guest, "openSharedCart", token=shared["token"])
        await self.do(self.desk, "bindCart", cartId=cart["id"], customerId=customer_id, strategy="SUM")

    async def an_order_is_placed(self):
        do = self.do
        cart, guest = await self._cart(self.guest, {"variantId": self.large, "quantity": 2})
        of = {"cartId": cart["id"]}
        await do(guest, "setCartBuyer", email=EMAIL, **of)
        await do(guest, "setCartAddresses", shipping=ADDRESS, billing=ADDRESS, **of)
        await do(guest, "setCartShippingMethod", shippingMethodId=self.method, **of)
        declined = {"cardToken": await self.card(DECLINED)}
        await do(guest, "setPaymentInstructions", instructions=[declined], **of)
        seen = (await do(guest, "startCheckout", **of))["summary"]["summaryToken"]
        agreed = {"summaryToken": seen, "acceptedTermsVersion": "2026-01", "idempotencyKey": "place-1"}
        order = (await do(guest, "placeOrder", **of, **agreed))["order"]
        paying = {"paymentToken": await self.mailed("PAYMENT_REJECTED")}
        again = [{"cardToken": await self.card()}]
        await do(guest, "updatePaymentInstructions", instructions=again, idempotencyKey="pay-1", **paying)
        await do(guest, "resubmitOrder", idempotencyKey="pay-2", orderId=order["id"])
        await do(guest, "sendOrderAccessCode", number=order["number"], email=EMAIL)
        code = await self.mailed("ORDER_ACCESS_CODE")
        await do(self.customer, "claimOrder", number=order["number"], code=code)
        self.order = order
        find = {"email": {"text": EMAIL}, "placed": {"from": "2026-01-01T00:00:00Z"}}
        search = (await do(self.desk, "saveOrderSearch", name="Zora's list", find=find, shared=True))["orderSearch"]
        await do(self.desk, "deleteOrderSearch", id=search["id"])
        await self.an_order_is_edited(order["id"])

    async def an_order_is_edited(self, order_id):
        do, desk, note = self.do, self.desk, {"setNote": {"note": "For Zora"}}
        edit = {"editId": (await do(desk, "beginOrderEdit", orderId=order_id))["edit"]["id"]}
        await do(desk, "applyToOrderEdit", actions=[note], **edit)
        await do(desk, "takeOverOrderEdit", **edit)
        await do(desk, "commitOrderEdit", reason="PHONE", **edit)
        edit = {"editId": (await do(desk, "beginOrderEdit", orderId=order_id))["edit"]["id"]}
        dearer = {"addLines": {"lines": [{"variantId": self.large, "quantity": 1}]}}
        await do(desk, "applyToOrderEdit", actions=[dearer], **edit)
        await do(desk, "commitOrderEdit", settle="LEAVE_DUE", **edit)
        await do(self.customer, "payOrderBalance", orderId=order_id, idempotencyKey="pay-3")
        edit = {"editId": (await do(desk, "beginOrderEdit", orderId=order_id))["edit"]["id"]}
        await do(desk, "discardOrderEdit", **edit)
        document = "query($id: ID!) { order(id: $id) { lines { id } } }"
        [line] = (await desk.staff(document, id=order_id))["order"]["lines"]
        units = [{"lineId": line["id"], "quantity": 1}]
        await do(desk, "splitOrder", orderId=order_id, lines=units, reason="PHONE", note="For Zora")

    async def the_desk_holds_it_up(self):
        do, desk, of = self.do, self.desk, {"orderId": self.order["id"]}
        for code in ("PAUSE", "DISPUTE", "UNUSED"):
            texts = [{"language": "en", "text": code.title()}]
            about = {"code": code, "category": "OTHER", "names": texts, "shopperTexts": texts}
            reason = (await do(desk, "saveBlockReason", **about))["blockReason"]
        await do(desk, "deleteBlockReason", id=reason["id"])
        said = "Zora said on the phone that she waits"
        first = (await do(desk, "blockOrder", reasonCode="PAUSE", comment=said, **of))["block"]["id"]
        more = (await do(desk, "blockOrder", reasonCode="DISPUTE", comment=said, **of))["block"]["id"]
        await do(desk, "assignBlock", blockId=first, dueAt="2027-01-01T00:00:00Z")
        await do(desk, "resolveBlock", blockId=first, comment=said)
        await do(desk, "resolveBlocks", blockIds=[more], comment=said)
        await given.block(
            self._connection, key_of(self.order["id"], "ord"), reason="REVIEW", kind="AUTOMATIC", ref="order"
        )
        await do(desk, "reviewOrder", decision="KEEP", note=said, **of)
        await do(desk, "setOrderAttributes", tags=["late"], **of)
        comment = (await do(desk, "addOrderComment", body=said, emailCustomer=True, **of))["comment"]["id"]
        await do(desk, "reviseOrderComment", commentId=comment, body=f"{said}, twice")
        await do(desk, "redactOrderComment", commentId=comment)

    async def quotes_are_written(self):
        do, desk, customer = self.do, self.desk, self.customer
        cart, _ = await self._cart(customer, {"variantId": self.large, "quantity": 1})
        asked = (await do(customer, "requestQuote", cartId=cart["id"], comment="For Zora"))["quote"]["id"]
        one = {"quoteId": asked}
        await do(desk, "reviewQuote", comment="For Zora", **one)
        await do(desk, "applyToQuote", actions=[{"setNote": {"note": "For Zora"}}], **one)
        await do(desk, "offerQuoteChoices", choices=[], **one)
        await do(desk, "blockQuote", reasonCode="PAUSE", comment="Zora said on the phone that she waits", **one)
        until = {"validUntil": (self._clock() + timedelta(days=1)).isoformat()}
        await do(desk, "sendQuote", terms="For Zora", comment="For Zora", **until, **one)
        self.secrets.add(await self.mailed("QUOTE_SENT"))
        await do(customer, "counterQuote", comment="For Zora", **one)
        await do(desk, "reviewQuote", **one)
        await do(desk, "sendQuote", **until, **one)
        await do(customer, "commentOnQuote", comment="For Zora", **one)
        await do(customer, "acceptQuote", version=2, comment="For Zora", **one)
        details = {
            "addresses": {"shipping": ADDRESS, "billing": ADDRESS},
            "shippingMethod": {"shippingMethodId": self.method},
            "payment": {"instructions": [{"cardToken": await self.card()}]},
            "terms": {"version": "2026-01"},
        }
        await do(customer, "convertQuote", version=2, idempotencyKey="convert-1", **details, **one)
        await self.more_quotes_are_written(cart["id"], asked, until)

    async def quotes_are_approved(self, until):
        do = self.do
        limits = {"AUTHOR_QUOTES": {"percent": "1"}}
        who = await given.staff(self._connection, *GRANTABLE, email="author@marker.example", limits=limits)
        author = self.guest.as_(await given.staff_token(self._connection, who))
        made = await do(author, "createQuote", lines=[{"variantId": self.large, "quantity": 1}])
        one = {"quoteId": made["quote"]["id"]}
        reason = await self._connection.fetchval("SELECT code FROM override_reasons LIMIT 1")
        if reason is None:
            reason = "GOODWILL"
            await given.override_reason(self._connection, reason)
        await do(author, "applyToQuote", actions=[{"deduct": {"off": {"percent": "9"}, "reason": reason}}], **one)
        await do(author, "sendQuote", **until, **one)
        await do(self.desk, "rejectQuoteApproval", comment="For Zora", **one)
        await do(author, "sendQuote", **until, **one)
        shown = await author.staff("query($id: ID!) { quote(id: $id) { approval { contentHash } } }", id=one["quoteId"])
        asked = shown["quote"]["approval"]["contentHash"]
        await do(self.desk, "approveQuote", contentHash=asked, comment="For Zora", **one)

    async def more_quotes_are_written(self, cart_id, quote_id, until):
        do, desk = self.do, self.desk
        made = await do(desk, "createQuote", email=EMAIL, lines=[{"variantId": self.large, "quantity": 1}])
        other = {"quoteId": made["quote"]["id"]}
        await do(desk, "sendQuote", **until, **other)
        token = {"quoteToken": await self.mailed("QUOTE_SENT")}
        await do(self.guest, "declineQuote", reason="For Zora", **token)
        await do(desk, "reissueQuote", **until, **other)
        again = {"quoteToken": await self.mailed("QUOTE_SENT")}
        await do(desk, "createQuoteFromCart", cartId=cart_id, comment="For Zora")
        await do(desk, "cloneOrder", orderId=self.order["id"], into="QUOTE")
        copy = (await do(desk, "createQuoteFromQuote", quoteId=quote_id))["quote"]["id"]
        await do(desk, "withdrawQuote", quoteId=copy, comment="For Zora")
        await self.quotes_are_approved(until)
        self._clock.advance(timedelta(days=1))
        await do(self.guest, "createCartFromQuote", reprice=True, **again)
        self.customer = await self._customer(PASSWORD)

    async def all_goes_away(self):
        do, desk, channel = self.do, self.desk, global_id("chn", self.channel_id)
        await do(desk, "unpublishProduct", productId=self.product, channelId=channel)
        await do(desk, "deleteVariant", productId=self.product, variantId=self.small)
        await do(desk, "archiveProduct", productId=self.product)
        await do(desk, "deleteCategory", id=self.category)
        await do(desk, "deleteCollection", id=self.collection)
        await do(desk, "deleteTaxRate", id=self.tax_rate)
        await do(desk, "deleteShippingMethod", id=self.method)
        await do(desk, "deleteZone", id=self.zone)
        unused = (await do(desk, "saveTaxClass", code="unused", name="Unused"))["taxClass"]["id"]
        await do(desk, "deleteTaxClass", id=unused)
        unused = (await do(desk, "saveProductType", code="unused", name="Unused"))["productType"]["id"]
        await do(desk, "deleteProductType", id=unused)
        about = {"channelId": channel, "currency": "EUR", "validFrom": "2027-01-01T00:00:00Z"}
        made = await do(desk, "createPriceList", code="next-year", name="Next year", **about)
        await do(desk, "deletePriceList", id=made["priceList"]["id"])

    async def the_desk_writes_a_customer_down(self):
        do, desk = self.do, self.desk
        who = {"email": "theo@marker.example", "firstName": "Zoramark", "lastName": "Quillfeather"}
        asked = {"question": "Inspector Markman asks?", "answer": "Markerworks"}
        more = {"logon": "theomark", "password": PASSWORD, "addresses": [{"address": ADDRESS}], "challenge": asked}
        made = await do(desk, "createCustomer", **who, **more, acknowledge=["DUPLICATE_SUSPECTED"])
        theo = made["customer"]["id"]
        begun = await do(self.guest, "signIn", email="theomark", password=PASSWORD)
        await do(self.guest, "choosePassword", token=begun["passwordToChoose"]["token"], newPassword=SECOND_PASSWORD)
        await do(desk, "verifyCustomerChallenge", id=theo, answer="markerworks")
        await do(desk, "unlockCustomerChallenge", id=theo)
        await do(desk, "updateCustomer", id=theo, account={"number": "K-1", "name": "Markerworks"}, lastName="Q.")
        await do(desk, "sendCustomerInvitation", id=theo)

    async def an_order_is_canceled(self):
        self.customer = await self._customer(PASSWORD)
        await self._money_comes_in()
        await self.do(self.customer, "setShippingPolicy", orderId=self.order["id"], shippingPolicy="AS_AVAILABLE")
        await self.do(self.customer, "cancelOrder", orderId=self.order["id"], reasonCode="OTHER")
        await self.do(self.customer, "cloneOrder", orderId=self.order["id"])

    async def _money_comes_in(self):
        """For the wrong order, and goes back from a wrong one, so that both are taken back."""
        of, at = (
            {"orderId": self.order["id"], "amount": {"amount": "1.00", "currencyCode": "EUR"}},
            "2026-03-02T11:00:00Z",
        )
        await self.do(self.desk, "recordPayment", **of, reference="statement 7", receivedAt=at)
        await self.do(self.desk, "recordRefund", **of, reference="statement 8", refundedAt=at)
        recorded = "SELECT id FROM payment_transactions WHERE provider_reference = $1"
        for statement in ("statement 8", "statement 7"):
            entry = global_id("txn", await self._connection.fetchval(recorded, statement))
            await self.do(self.desk, "reverseRecordedPayment", transactionId=entry, reason="Another order's.")

    async def the_desk_treats_a_customer(self):
        do, desk = self.do, self.desk
        customer_id = (await self.customer.shop("{ me { id } }"))["me"]["id"]
        await self._turn_on()
        await do(desk, "resetCustomerSecondFactor", id=customer_id)
        self.customer = await self._customer(PASSWORD)
        await do(desk, "sendPasswordReset", id=customer_id)
        await do(self.customer, "signOutEverywhere")
        limit = {"amount": "100", "currencyCode": "EUR"}
        await do(desk, "setCustomerTerms", id=customer_id, terms={"days": 10, "creditLimits": [limit]})
        await do(desk, "openCustomer", id=customer_id, reason="Markman asked about her order.")
        await do(desk, "setCustomerStatus", id=customer_id, status="DISABLED", statusReason="Markman asked for it.")
        await do(desk, "setCustomerStatus", id=customer_id, status="ENABLED")
        self.customer = await self._customer(PASSWORD)


def _texts(handed_out):
    return [handed_out] if isinstance(handed_out, str) else handed_out or []
