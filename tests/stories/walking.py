"""Runs the tabs of GraphiQL one after the other, as `page.js` does in a browser."""

import json
import re
from datetime import timedelta

from commerce_api.adapters.ids import new_id
from tests.conftest import NOON

MEANT = re.compile(r"\{\{(card:|days:|new|)(.*)\}\}")


class Walk:
    def __init__(self, api, http, address):
        self.api, self.http, self.address, self.answers = api, http, address, []

    async def run(self, tab):
        """The codes of the errors that are answered."""
        answer = await self.api.answer(
            self.address, tab["query"], await self.filled(json.loads(tab["variables"] or "{}"))
        )
        self.answers.append(answer.get("data"))
        for name, value in parts(answer):
            if name == "accessToken":
                self.api = self.api.as_(value)
            if name == "token":
                self.api = self.api.with_headers(x_cart_token=value)
        codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
        return codes + [
            error["code"] for name, value in parts(answer.get("data")) if name == "errors" for error in value
        ]

    async def filled(self, value):
        match value:
            case dict():
                return {name: await self.filled(content) for name, content in value.items()}
            case list():
                return [await self.filled(content) for content in value]
            case str() if found := MEANT.fullmatch(value):
                return await self.meant(*found.groups())
            case _:
                return value

    async def meant(self, kind, rest):
        match kind:
            case "card:":
                card = {"number": rest, "expiryMonth": 12, "expiryYear": 2030, "cvv": "123"}
                return (await self.http.post("/vault/cards", json=card)).json()["token"]
            case "days:":
                return (NOON + timedelta(days=int(rest))).isoformat()
            case "new":
                return str(new_id())
            case _:
                found = [below(data, rest.split(".")) for data in self.answers]
                assert any(found), f"nothing has answered {rest}"
                return [each for each in found if each][-1]


def parts(value):
    """All names with what stands under them, however deep."""
    match value:
        case dict():
            for name, content in value.items():
                yield name, content
                yield from parts(content)
        case list():
            for content in value:
                yield from parts(content)


def below(value, path):
    for step in path:
        match value:
            case dict():
                value = value.get(step)
            case list() if int(step) < len(value):
                value = value[int(step)]
            case _:
                return None
    return value
