"""How every operation runs; shown with one that makes a tax class."""

import asyncio
from hashlib import sha256
from uuid import UUID

import orjson
import pytest
from sqlalchemy import bindparam, select

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import ANYBODY, Attribution
from commerce_api.domain.cart import LineMissing
from commerce_api.domain.decision import Done, NotFound, Refused, refuse
from commerce_api.domain.value import value
from commerce_api.operations.execute import Once, Recall, execute
from commerce_api.persistence.idempotency import IdempotencyInProgress, IdempotencyKeyReused
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.channels import tax_classes
from commerce_api.persistence.tables.records import idempotency_keys
from tests.conftest import NOON

BY = Attribution(actor=ANYBODY, at=NOON, request_id="r1", ip="127.0.0.1")
_INSERT = insert_into(tax_classes, "id", "code", "name")
_FIND = Statement(select(tax_classes.c.id, tax_classes.c.code).where(tax_classes.c.id == bindparam("id")))
_CODES = Statement(select(tax_classes.c.code).order_by(tax_classes.c.code))


@value
class MakeTaxClass:
    code: str


@value
class Made:
    id: UUID
    code: str


async def make(uow, command):
    made = Made(id=uow.new_id(), code=command.code)
    await uow.connection.execute(_INSERT, id=made.id, code=made.code, name="")
    return made


async def make_and_refuse(uow, command):
    await make(uow, command)
    return refuse(NotFound())


async def load(uow, id):
    row = await uow.connection.fetch_one(_FIND, id=id)
    return Made(id=row["id"], code=row["code"])


async def codes(database):
    async with database.connection() as connection:
        return [row["code"] for row in await connection.fetch(_CODES)]


async def test_what_an_operation_writes_is_there_afterwards(database):
    await execute(database, BY, make, MakeTaxClass(code="a"))

    assert await codes(database) == ["a"]


async def test_a_refusal_takes_back_what_was_written_before_it(database):
    assert await execute(database, BY, make_and_refuse, MakeTaxClass(code="a")) == refuse(NotFound())

    assert await codes(database) == []


async def test_a_command_that_could_not_be_parsed_is_its_own_answer(database):
    refused = refuse(NotFound(path=("id",)))

    assert await execute(database, BY, make, refused) is refused


async def test_a_repeated_request_gets_the_first_answer(database):
    once = Once(key="k", load=load)

    first = await execute(database, BY, make, MakeTaxClass(code="a"), once)
    second = await execute(database, BY, make, MakeTaxClass(code="a"), once)

    assert second == first
    assert await codes(database) == ["a"]


async def make_and_tell(uow, command):
    return Done(result=await make(uow, command), notices=(LineMissing(path=("lines", "0")),))


async def test_a_repeated_request_gets_the_same_notices(database):
    once = Once(key="k", load=load)

    first = await execute(database, BY, make_and_tell, MakeTaxClass(code="a"), once)
    second = await execute(database, BY, make_and_tell, MakeTaxClass(code="a"), once)

    assert second == first
    assert second.notices == (LineMissing(path=("lines", "0")),)


async def test_what_only_the_answer_said_is_recalled(database):
    recall = Recall(keep=lambda made: made.code * 2, again=lambda made, command, said: (made.code, command.code, said))
    once = Once(key="k", load=load, recall=recall)
    await execute(database, BY, make, MakeTaxClass(code="a"), once)

    assert await execute(database, BY, make, MakeTaxClass(code="a"), once) == ("a", "a", "aa")


async def test_a_key_is_not_taken_for_another_input(database):
    once = Once(key="k", load=load)
    await execute(database, BY, make, MakeTaxClass(code="a"), once)

    outcome = await execute(database, BY, make, MakeTaxClass(code="b"), once)

    assert outcome == refuse(IdempotencyKeyReused(path=("idempotencyKey",)))
    assert await codes(database) == ["a"]


async def test_a_key_of_another_caller_is_another_key(database):
    elsewhere = Attribution(actor=ANYBODY, at=NOON, request_id="r2", ip="127.0.0.2")
    once = Once(key="k", load=load)
    await execute(database, BY, make, MakeTaxClass(code="a"), once)

    await execute(database, elsewhere, make, MakeTaxClass(code="b"), once)

    assert await codes(database) == ["a", "b"]


async def test_a_refused_request_may_be_repeated_with_its_key(database):
    once = Once(key="k", load=load)
    await execute(database, BY, make_and_refuse, MakeTaxClass(code="a"), once)

    made = await execute(database, BY, make, MakeTaxClass(code="a"), once)

    assert made.code == "a"


async def test_of_parallel_requests_with_one_key_one_runs_and_the_others_get_its_answer_or_are_told_to_wait(committing):
    once = Once(key="k", load=load)

    answers = await asyncio.gather(*(execute(committing, BY, make, MakeTaxClass(code="a"), once) for _ in range(20)))

    made = {answer for answer in answers if isinstance(answer, Made)}
    waiting = {answer for answer in answers if isinstance(answer, Refused)}
    assert len(made) == 1
    assert waiting <= {refuse(IdempotencyInProgress(path=("idempotencyKey",)))}
    assert await codes(committing) == ["a"]


@pytest.fixture
async def two_classes(committing):
    keys = [new_id(), new_id()]
    async with committing.transaction() as connection:
        for number, key in enumerate(keys):
            await connection.execute(_INSERT, id=key, code=str(number), name="")
    return keys


async def test_the_victim_of_a_deadlock_runs_once_more(committing, two_classes):
    both_hold_one = asyncio.Barrier(2)
    lock = Statement(select(tax_classes).where(tax_classes.c.id == bindparam("id")).with_for_update())
    first_tries = iter((True, True))

    async def lock_both(uow, keys):
        await uow.connection.fetch(lock, id=keys[0])
        if next(first_tries, False):
            await both_hold_one.wait()
        await uow.connection.fetch(lock, id=keys[1])
        return keys[0]

    answers = await asyncio.gather(
        execute(committing, BY, lock_both, two_classes), execute(committing, BY, lock_both, two_classes[::-1])
    )

    assert answers == two_classes


async def test_whoever_is_answered_between_look_and_lock_gets_that_answer(committing):
    """The other lets go of the key before our lock, but after the moment that our look at the answers sees."""
    first, command, keep, runs = (
        Made(id=new_id(), code="first"),
        MakeTaxClass(code="a"),
        insert_into(idempotency_keys),
        [],
    )

    async def make_beside_another(uow, command):
        answer = {"caller": "GUEST:127.0.0.1", "key": "k", "result": {"id": first.id}, "created_at": NOON}
        answer |= {"operation": f"{__name__}.{make_beside_another.__qualname__}"}
        async with committing.transaction() as other:
            await other.execute(_INSERT, id=first.id, code=first.code, name="")
            await other.execute(keep, answer, input_hash=sha256(orjson.dumps(command)).digest())
        runs.append(command)
        return await make(uow, command)

    assert await execute(committing, BY, make_beside_another, command, Once(key="k", load=load)) == first

    assert runs == [command]
    assert await codes(committing) == ["first"]
