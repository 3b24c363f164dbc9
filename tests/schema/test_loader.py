"""What is asked for together is read together, once."""

import asyncio

import pytest

from commerce_api.schema.loader import Loader


class Questions:
    """Reads doubles of numbers, none of 13, and fails with 0 among them, or once with whatever it is told to raise."""

    def __init__(self):
        self.read, self.raises = [], None

    async def __call__(self, scope, keys):
        self.read.append((scope, keys))
        await asyncio.sleep(0)
        raised, self.raises = self.raises, None
        if raised:
            raise raised
        return {key: 1 / key and 2 * key for key in keys if key != 13}


@pytest.fixture
def questions():
    return Questions()


@pytest.fixture
async def loader(questions):
    return Loader(questions, "scope")


@pytest.fixture
def ask(questions, loader):
    async def ask(*keys, at_once=False):
        return await loader.ask(keys, at_once=at_once)

    return ask


async def after(turns, work):
    for _ in range(turns):
        await asyncio.sleep(0)
    return await work


@pytest.mark.parametrize("at_once", [False, True])
async def test_answers_come_in_the_order_of_the_keys_and_none_where_there_is_nothing(ask, questions, at_once):
    assert await ask(3, 13, 1, 3, at_once=at_once) == [6, None, 2, 6]
    assert await ask(at_once=at_once) == []
    assert questions.read == [("scope", [3, 13, 1])]


async def test_what_is_asked_in_the_same_turn_or_the_next_is_read_together(ask, questions):
    assert await asyncio.gather(ask(1), after(1, ask(2, 1)), ask(3)) == [[2], [4, 2], [6]]
    assert questions.read == [("scope", [1, 3, 2])]


async def test_what_is_asked_at_once_is_not_waited_with(ask, questions):
    asked = asyncio.create_task(ask(1, at_once=True))
    await asyncio.sleep(0)

    assert questions.read == [("scope", [1])]
    assert await asked == [2]


async def test_nothing_is_read_twice(ask, questions):
    early = asyncio.create_task(ask(1, 2))
    await asyncio.sleep(0)

    assert await ask(2, 3, at_once=True) == [4, 6]
    assert await early == [2, 4]
    assert await ask(3, at_once=True) == [6]
    assert questions.read == [("scope", [3]), ("scope", [1, 2])]


async def test_all_who_wait_are_told_what_went_wrong_and_who_asks_again_is_answered(ask, questions):
    questions.raises = ValueError("fell")
    fell = await asyncio.gather(ask(1, 2), ask(1), return_exceptions=True)

    assert [str(one) for one in fell] == ["fell", "fell"]
    assert await ask(1) == [2]


async def test_who_asks_at_once_is_told_what_went_wrong_and_asks_again(ask, questions):
    questions.raises = ValueError("fell")

    with pytest.raises(ValueError, match="fell"):
        await ask(1, at_once=True)
    assert await ask(1, at_once=True) == [2]


async def test_who_asks_again_after_being_canceled_is_answered(ask, questions):
    asked = asyncio.create_task(ask(1, at_once=True))
    await asyncio.sleep(0)
    asked.cancel()

    assert [type(one) for one in await asyncio.gather(asked, return_exceptions=True)] == [asyncio.CancelledError]
    assert await ask(1, at_once=True) == [2]


async def test_others_are_answered_if_one_is_canceled_who_asked_beside_them(ask):
    one, two = asyncio.create_task(ask(1)), asyncio.create_task(ask(2))
    await asyncio.sleep(0)
    one.cancel()

    assert await two == [4]


async def test_what_is_known_is_not_read_and_what_was_asked_for_is_not_known_better(ask, loader, questions):
    loader.knows(1, "one")
    asked = asyncio.create_task(ask(1, 2))
    await asyncio.sleep(0)
    loader.knows(2, "two")

    assert await asked == ["one", 4]
    assert questions.read == [("scope", [2])]
