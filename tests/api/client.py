"""A GraphQL client over HTTP, without the network."""

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.permissions import Permission


class Api:
    def __init__(self, http, actors, headers=None):
        self._http, self._actors, self._headers = http, actors, headers or {}

    def with_headers(self, **headers):
        """The same client with more headers: `x_channel="us"` is sent as `x-channel: us`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Api(self._http, self._actors, {**self._headers, **named})

    def as_(self, token):
        """The same client, signed in."""
        return self.with_headers(authorization=f"Bearer {token}")

    def acting(self, actor):
        """The same client, signed in as somebody who needs no rows in the database."""
        token = str(new_id())
        self._actors[token] = actor
        return self.as_(token)

    def allowed(self, *permissions):
        """The same client, signed in as a member of staff with these permissions and those that come with the account."""
        granted = {Permission.BROWSE_CATALOG, Permission.STAFF_DESK, *permissions}
        return self.acting(Actor(kind=ActorKind.STAFF, id=new_id(), permissions=frozenset(granted)))

    async def shop(self, document, **variables):
        return await self._data("/graphql", document, variables)

    async def staff(self, document, **variables):
        return await self._data("/staff/graphql", document, variables)

    async def _data(self, address, document, variables):
        answer = await self.answer(address, document, variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def answer(self, address, document, variables=None):
        """The whole answer, errors and all."""
        response = await self._http.post(
            address,
            json={"query": document, "variables": variables or {}},
            headers={"accept": "application/graphql-response+json", **self._headers},
        )
        return response.json()

    async def error_codes(self, address, document, variables=None):
        """The codes of an answer's top-level errors."""
        answer = await self.answer(address, document, variables)
        return [error["extensions"]["code"] for error in answer.get("errors", [])]
