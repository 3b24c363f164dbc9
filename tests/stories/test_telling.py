import pytest

from tests.stories.telling import Story

PAGE = """
# A page

*It rains.*

```graphql Carla
{ order { id } }
```
```json data
{"order": {"id": "<order>", "at": "…"}}
```

Prose.

```graphql Carla
query ($id: ID!) { order(id: $id) { id } }
```
```json variables
{"id": "<order>"}
```
```json data
{"order": {"id": "<order>"}}
```
"""


class Carla:
    def __init__(self, *answers):
        self.answers, self.sent = list(answers), []

    async def __call__(self, document, variables):
        self.sent.append((document.strip(), variables))
        return {"data": self.answers.pop(0)}


async def test_a_name_learned_from_one_answer_is_sent_with_the_next_question():
    carla, weather = Carla({"order": {"id": "o1", "at": "noon"}}, {"order": {"id": "o1"}}), []

    async def rain(what):
        weather.append(what)

    assert await Story({"Carla": carla}, [(r"It (rains)\.", rain)]).tell(PAGE) == 2
    assert carla.sent == [
        ("{ order { id } }", {}),
        ("query ($id: ID!) { order(id: $id) { id } }", {"id": "o1"}),
    ]
    assert weather == ["rains"]


@pytest.mark.parametrize(
    "second",
    [{"order": {"id": "o2"}}, {"order": None}, {"order": {"id": "o1", "more": 1}}, {}],
)
async def test_an_answer_that_is_not_the_shown_one_fails(second):
    carla = Carla({"order": {"id": "o1", "at": "noon"}}, second)

    with pytest.raises(AssertionError, match="Carla sent"):
        await Story({"Carla": carla}, [("It rains.", _nothing)]).tell(PAGE)


async def _nothing():
    pass


async def test_a_direction_that_nobody_knows_fails():
    with pytest.raises(AssertionError, match="nobody knows"):
        await Story({}).tell("*It snows.*")


async def test_a_question_without_an_answer_fails():
    with pytest.raises(AssertionError, match="has no answer"):
        await Story({}).tell("```graphql Carla\n{ x }\n```\n")


async def test_errors_are_compared_where_the_page_shows_errors():
    refused = {"data": None, "errors": [{"message": "No.", "extensions": {"code": "FORBIDDEN"}}]}

    async def carla(_document, _variables):
        return refused

    page = """
```graphql Carla
{ x }
```
```json errors
[{"message": "No.", "extensions": {"code": "FORBIDDEN"}}]
```
"""
    assert await Story({"Carla": carla}).tell(page) == 1
    with pytest.raises(AssertionError):
        await Story({"Carla": carla}).tell(page.replace("json errors", "json data"))
