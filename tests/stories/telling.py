"""Runs the stories in `docs/`: what they show is sent, and what comes back must be what they show.

A story is a page for people. What is read of it, from top to bottom:

- a fence of `graphql` with the name of who sends it after the word: ```graphql Carla
- after it a fence of `json variables`, if it takes any, and one of `json data` or `json errors` with just that of the answer
- a sentence of its own in italics, which is a stage direction: *It is 2026-03-04T12:00:00Z now.*

In JSON, a text in angle brackets stands for something that differs from run to run: where it is first answered it is learned,
after that it has to be the same, and in variables it is put in. "…" is anything.
"""

import json
import re

_PART = re.compile(
    r"^```graphql (?P<who>.+)\n(?P<document>[\s\S]*?)^```$"
    r"|^```json (?P<kind>variables|data|errors)\n(?P<content>[\s\S]*?)^```$"
    r"|^\*(?P<direction>[^*\n]+)\*$",
    re.MULTILINE,
)
_NAME = re.compile(r"<[\w ]+>")


class Story:
    """`cast` says by name who sends: `await cast["Carla"](document, variables)` gives the whole answer. `directions` are
    pairs of a pattern and what is awaited with its groups.
    """

    def __init__(self, cast, directions=()):
        self._cast = cast
        self._directions = [(re.compile(pattern), do) for pattern, do in directions]
        self.known = {}

    async def tell(self, page):
        steps, asked = 0, None
        for part in _PART.finditer(page):
            match part.lastgroup, part:
                case "document", _:
                    assert asked is None, f"{asked} has no answer"
                    asked = {"who": part["who"].strip(), "document": part["document"], "variables": {}}
                case "content", _ if part["kind"] == "variables":
                    asked["variables"] = self._filled(json.loads(part["content"]))
                case "content", _:
                    await self._ask(asked, part["kind"], json.loads(part["content"]))
                    steps, asked = steps + 1, None
                case _:
                    await self._direct(part["direction"])
        assert asked is None, f"{asked} has no answer"
        return steps

    async def _ask(self, asked, part, expected):
        answer = await self._cast[asked["who"]](asked["document"], asked["variables"])
        assert part == "errors" or "errors" not in answer, answer["errors"]
        shown = self._learned(expected, answer[part])
        got = json.dumps(answer[part], indent=1, ensure_ascii=False)
        assert answer[part] == shown, f"{asked['who']} sent\n{asked['document']}and got\n{got}"

    async def _direct(self, sentence):
        for pattern, do in self._directions:
            if found := pattern.fullmatch(sentence):
                return await do(*found.groups())
        raise AssertionError(f"nobody knows what to do at: {sentence}")

    def _filled(self, part):
        """What is known put where its name stands."""
        match part:
            case dict():
                return {key: self._filled(value) for key, value in part.items()}
            case list():
                return [self._filled(each) for each in part]
            case str() if _NAME.fullmatch(part):
                return self.known[part]
            case _:
                return part

    def _learned(self, expected, answer):
        """What is expected, with the names that are new here learned from the answer."""
        match expected, answer:
            case dict(), dict():
                return {key: self._learned(value, answer.get(key)) for key, value in expected.items()}
            case list(), list() if len(expected) == len(answer):
                return [self._learned(*each) for each in zip(expected, answer, strict=True)]
            case "…", _:
                return answer
            case str(), _ if _NAME.fullmatch(expected):
                return self.known.setdefault(expected, answer)
            case _:
                return expected
