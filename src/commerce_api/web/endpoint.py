"""One GraphQL address: reads the request, finds out who asks, runs the document, writes the answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, parse, validate
from graphql.execution import execute
from starlette.requests import Request
from starlette.responses import Response

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import Attribution
from commerce_api.persistence.scope import Scope
from commerce_api.schema.context import Context


@dataclass(frozen=True)
class Endpoint:
    """`authenticate` gives the actor of a request or raises a RequestError."""

    schema: GraphQLSchema
    authenticate: Callable[[Any, Request], Awaitable[Any]]

    async def __call__(self, request: Request) -> Response:
        body = orjson.loads(await request.body())
        try:
            context = await self._context(request)
            document = parse(body["query"], max_tokens=2000)
        except GraphQLError as error:
            return self._response(ExecutionResult(None, [error]))
        if errors := validate(self.schema, document):
            return self._response(ExecutionResult(None, errors))
        result = execute(
            self.schema,
            document,
            context_value=context,
            variable_values=body.get("variables"),
            operation_name=body.get("operationName"),
        )
        if isinstance(result, Awaitable):
            result = await result
        return self._response(result)

    async def _context(self, request: Request) -> Context:
        app = request.app.state.app
        at = app.now()
        channel = await app.channels.find(request.headers.get("x-channel"), at)
        actor = await self.authenticate(app, request)
        scope = Scope(
            database=app.database,
            actor=actor,
            channel=channel,
            currency=channel.currencies[0],
            language=channel.languages[0],
            at=at,
        )
        by = Attribution(
            actor=actor,
            at=at,
            request_id=str(new_id()),
            channel_id=channel.id,
            ip=request.client and request.client.host,
        )
        return Context(scope, by, app)

    def _response(self, result: ExecutionResult) -> Response:
        return Response(orjson.dumps(result.formatted), media_type="application/graphql-response+json")
