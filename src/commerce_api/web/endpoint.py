"""One GraphQL address: reads the request, finds out who asks, holds the document against limits and permissions, runs it."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from graphql import ExecutionResult, GraphQLError
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from commerce_api.domain.value import value
from commerce_api.operations.search_counts import count_again
from commerce_api.persistence.readers.channels import CHANNEL_TABLES
from commerce_api.schema.context import Context
from commerce_api.schema.errors import RequestError
from commerce_api.schema.order_reads import tell_reads
from commerce_api.web import caching, graphiql, headers, limits
from commerce_api.web.accept import GRAPHQL, HTML, JSON, chosen
from commerce_api.web.answers import Answers, Given
from commerce_api.web.asked import METHODS, Asked, asked_in, content_of
from commerce_api.web.body import BadRequest
from commerce_api.web.caller import Introduced, context_of, network_of
from commerce_api.web.documents import Document, Documents, NotHereError, Operation
from commerce_api.web.guard import Rejected, authorize, within_limits
from commerce_api.web.kept_answers import Kept, Key, key_of
from commerce_api.web.rate import Budget, RateLimits

_NO_MEDIA = BadRequest(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL} or {JSON}.")


@value
class _Work:
    """An operation of somebody who may run it, and what is left to him."""

    context: Context
    operation: Operation
    cost: int
    budget: Budget | None


class Endpoint:
    """An ASGI application for one contract. `app` is what the process holds: database, channels, clock, settings."""

    def __init__(self, app: Any, documents: Documents, rates: RateLimits, *, staff: bool) -> None:
        self._app, self._documents, self._rates, self._staff = app, documents, rates, staff
        self._cost = limits.STAFF_COST if staff else limits.SHOP_COST
        self._introspecting = asyncio.Semaphore(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Introduced(scope, receive)
        try:
            response = await self._response(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _response(self, request: Introduced) -> Response | Given:
        if self._app.settings.graphiql and _wants_page(request):
            page = graphiql.page(request.url.path, staff=self._staff, demo=self._app.settings.mailbox)
            page.headers.update({"Vary": headers.VARY, "Cache-Control": "no-store"})
            return page
        media = chosen(request.headers.get("accept"), (GRAPHQL, JSON))
        answers = Answers(media or JSON, request.id)
        try:
            return await self._answer(request, answers) if media else answers.bad_request(_NO_MEDIA)
        except BadRequest as bad:
            return answers.bad_request(bad)
        except NotHereError as not_here:
            return self._not_here(request, answers, not_here)
        except Rejected as rejected:
            return answers.rejected(rejected)
        except RequestError as error:
            return answers.rejected(Rejected(error))
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 - the edge: whatever it is, the client gets an answer and we a log entry
            return answers.fault(error)

    def _not_here(self, request: Introduced, answers: Answers, not_here: NotHereError) -> Given:
        """As plain JSON, which is 200, to all who take that: not all of Apollo's clients read answers with another status."""
        plain = chosen(request.headers.get("accept"), (JSON,))
        return (Answers(plain, request.id) if plain else answers).rejected(not_here)

    async def _answer(self, request: Introduced, answers: Answers) -> Given:
        content = await content_of(request)
        at = self._app.now()
        key = key_of(content, request.scope["headers"], request.method, self._staff)
        kept: Kept | None = self._app.cache.find(key, at) if key else None
        if kept is None:
            return await self._new(request, asked_in(request, content), answers, key, at)
        address = network_of(request.address)
        self._charge(address, 0, at)
        request.scope["state"]["operation"] = kept.operation
        await count_again(self._app.searches, self._app.database, kept.searches, at)
        return caching.given(request, kept, self._charge(address, kept.cost, at))

    async def _new(self, request: Introduced, asked: Asked, answers: Answers, key: Key | None, at: datetime) -> Given:
        """An answer that has to be made; it is kept if all who do not say who they are would get it."""
        began = self._app.cache.begin(at)
        work = await self._prepared(request, asked, at)
        context = work.context
        may_be_kept = began is not None or request.method == "GET"
        public = may_be_kept and caching.names_nobody(request) and work.operation.is_public(asked.variables)
        reads = context.note_reading() if public else None
        result = await self._run(work.operation, asked.variables, context)
        if result.data is not None:
            await tell_reads(context)
        extensions = {"cost": {"requested": work.cost, "limit": self._cost}}
        language = {"Content-Language": context.scope.language}
        if reads is None or result.errors:
            return answers.of(result, extensions, language | (work.budget.headers() if work.budget else {}))
        answer = answers.public(result.data, extensions, language)
        tag, lines = caching.headers_of(request, answer, self._app.settings.public_max_age, reads)
        kept = Kept(
            headers=lines,
            body=bytes(memoryview(answer.body)),  # without the room that orjson left behind it
            cost=work.cost,
            operation=work.operation.name,
            tag=tag,
            searches=context.searches,
        )
        things = reads.things()
        if key and began and things is not None:
            depends = CHANNEL_TABLES.union(things)
            self._app.cache.keep(key, kept, began, depends, kind="answer", size=kept.size(key))
        return caching.given(request, kept, work.budget)

    async def _prepared(self, request: Introduced, asked: Asked, at: datetime) -> "_Work":
        """What is to be run, once nothing stands against it."""
        context, caller = await self._introduced(request, at)
        operation = self._operation(request, asked, caller, at)
        cost = within_limits(operation.total(asked.variables), cost=self._cost).cost
        authorize(operation.needs(asked.variables), context.actor)
        return _Work(context=context, operation=operation, cost=cost, budget=self._charge(caller, cost, at))

    async def _introduced(self, request: Introduced, at: datetime) -> tuple[Context, str]:
        """Who asks, and whom to count it against."""
        address = network_of(request.address)
        self._charge(address, 0, at)
        try:
            context = await context_of(self._app, request, staff=self._staff, at=at)
        except RequestError as error:
            self._charge(address, limits.UNKNOWN_CALLER_COST, at)
            raise Rejected(error, in_any_media=True) from None
        return context, address if context.actor.id is None else f"{context.actor.kind}:{context.actor.id}"

    def _operation(self, request: Introduced, asked: Asked, caller: str, at: datetime) -> Operation:
        operation = self._document(asked, caller, at).operation(asked.operation_name)
        request.scope["state"]["operation"] = operation.name  # for web.metrics
        if request.method == "GET" and not operation.is_query:
            raise BadRequest(405, "METHOD_NOT_ALLOWED", f"GET is for queries; of {METHODS} use POST.", allow="POST")
        limits.check_variables(asked.variables)
        return operation

    def _document(self, asked: Asked, caller: str, at: datetime) -> Document:
        here = self._documents.find(asked)
        if here is not None:
            return here
        self._charge(caller, limits.NEW_DOCUMENT_COST * len(asked.query or asked.document_id or ""), at)
        return self._documents.read(asked.query)

    def _charge(self, caller: str, cost: int, at: datetime) -> Budget | None:
        budget = self._rates.spend(caller, cost, at)
        if budget is not None and budget.left < 0:
            error = RequestError("RATE_LIMITED", f"Too much in too short a time. Come back in {budget.wait} seconds.")
            raise Rejected(error, headers={**budget.headers(), "Retry-After": str(budget.wait)})
        return budget

    async def _run(self, operation: Operation, variables: dict[str, Any], context: Context) -> ExecutionResult:
        if operation.is_introspection:
            async with self._introspecting:
                return await asyncio.to_thread(operation.introspected, variables)
        result = operation.compiled.run(variables, context)
        return await (_within_time(result) if operation.is_query else result)


def _wants_page(request: Introduced) -> bool:
    """Whether this is a browser that shows the address, rather than a client with a query."""
    asks = request.method == "GET" and request.query_params.keys().isdisjoint(("query", "documentId", "extensions"))
    return asks and chosen(request.headers.get("accept"), (HTML, GRAPHQL, JSON)) == HTML


async def _within_time(result: Awaitable[ExecutionResult]) -> ExecutionResult:
    """A query is let go after a while; a mutation never, for its client must learn what became of it."""
    try:
        async with asyncio.timeout(limits.QUERY_SECONDS):
            return await result
    except TimeoutError:
        error: GraphQLError = RequestError("TIMEOUT", f"The query took more than {limits.QUERY_SECONDS} seconds.")
        return ExecutionResult(None, [error])
