"""Staff who edit placed orders, over HTTP."""

from commerce_api.schema.node import global_id

EDIT = """
id state ownerName mine revision baseVersion pricePolicy recalculateShipping expiresAt
preview {
  totalBefore { amount } totalAfter { amount } settlement { kind amount { amount } } missing { requirement }
  changes { label }
  order { versionNumber lines { name quantity unitPrice { amount } total { amount } } shipGroups { address { city } methodName } }
}
"""
ERRORS = "errors { code path message ... on EditLockedError { owner since } } warnings { code path }"
ORDER = """
query ($id: ID!) { order(id: $id) {
  state versionNumber revision phone balance { amount } totals { shippingTotal { amount } taxTotal { amount } total { amount } }
  lines { id name quantity allocated backordered unitPrice { amount } } edit { id ownerName since }
} }
"""


class EditDesk:
    """A member of staff with the order that is worked on."""

    def __init__(self, api, order_id):
        self.api, self.order_id = api, global_id("ord", order_id)
        self.edit = None

    async def do(self, name, input_type, **input):
        document = f"mutation ($input: {input_type}!) {{ {name}(input: $input) {{ edit {{ {EDIT} }} {ERRORS} }} }}"
        payload = (await self.api.staff(document, input=input))[name]
        self.edit = payload["edit"] or self.edit
        return payload

    async def begin(self, **input):
        return await self.do("beginOrderEdit", "BeginOrderEditInput", orderId=self.order_id, **input)

    async def more(self, quantity, place=0):
        """So many units of a line."""
        line_id = (await self.order())["lines"][place]["id"]
        return await self.apply({"updateLines": {"lines": [{"lineId": line_id, "change": {"quantity": quantity}}]}})

    async def apply(self, *actions, **input):
        which = {"editId": self.edit["id"], "actions": list(actions)}
        return await self.do("applyToOrderEdit", "ApplyToOrderEditInput", **which, **input)

    async def commit(self, settle="LEAVE_DUE", **input):
        which = {"editId": self.edit["id"], "settle": settle}
        return await self.do("commitOrderEdit", "CommitOrderEditInput", **which, **input)

    async def discard(self):
        return await self.do("discardOrderEdit", "OrderEditInput", editId=self.edit["id"])

    async def take_over(self, edit):
        return await self.do("takeOverOrderEdit", "OrderEditInput", editId=edit["id"])

    async def order(self):
        return (await self.api.staff(ORDER, id=self.order_id))["order"]


def codes(payload):
    return [error["code"] for error in payload["errors"]]
