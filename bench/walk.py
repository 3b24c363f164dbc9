"""Walks through the requests of a workload as the load's script does, and hands over what was answered."""

import re
from typing import Any

import httpx
import orjson

from bench.load import Step

HEADERS = {"content-type": "application/json", "accept": "application/json"}


async def walked(steps: list[Step], client: httpx.AsyncClient, turn: int) -> list[Any]:
    """The data of each answer; in place of what the server made up by itself stands `{{name}}`."""
    known = {"walk": f"walk-{turn}"}
    said = []
    for step in steps:
        body = _filled(step.bodies[turn % len(step.bodies)].decode(), known)
        headers = HEADERS | {name: _filled(text, known) for name, text in step.headers.items()}
        response = await client.post(step.path, content=body, headers=headers)
        known |= _taken(step, body, response)
        said.append(data_of(orjson.loads(_hidden(response.text, known))))
    return said


def data_of(answer: Any) -> Any:
    """What an answer holds, one of GraphQL or the vault's; an error in it is a fault of the benchmark."""
    if "errors" in answer:
        raise SystemExit(f"An answer has errors: {answer['errors']}")
    return answer.get("data", answer)


def _taken(step: Step, body: str, response: httpx.Response) -> dict[str, str]:
    found = {name: re.search(pattern, response.text) for name, pattern in step.take.items()}
    if not response.is_success or not all(found.values()):
        raise SystemExit(f"{step.path} was asked {body} and answered {response.status_code}: {response.text}")
    return {name: match[1] for name, match in found.items() if match}


def _filled(text: str, known: dict[str, str]) -> str:
    for name, found in known.items():
        text = text.replace("{{" + name + "}}", found)
    return text


def _hidden(text: str, known: dict[str, str]) -> str:
    for name, found in known.items():
        text = text.replace(found, "{{" + name + "}}")
    return text
