"""Structured logs: one JSON object per line, or text for a person at a terminal; without secrets or personal data.

What must not be in a log is taken out of every entry, whoever wrote it: by the name of a field, and by what texts look like.
"""

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor

REDACTED: Final = "[redacted]"

_SECRET_NAMES = re.compile(
    r"password|secret|token|authorization|cookie|api_?key|dsn|database_url|smtp_url|card|cvc|cvv|iban"
    r"|e_?mail|recipient|phone|first_?name|last_?name|address|^ip$",
    re.IGNORECASE,
)
_SECRET_TEXTS: Final = (
    (re.compile(r"(?<=://)[^\s/@]+@"), f"{REDACTED}@"),  # passwords in URLs
    (re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*"), REDACTED),  # mail addresses
    (re.compile(r"(?i)\b(bearer|basic) [\w.~+/=-]+"), rf"\1 {REDACTED}"),
    (re.compile(r"\b(?:\d[ -]?){12,18}\d\b"), REDACTED),  # card numbers
    (re.compile(r"[A-Za-z0-9_-]{43,}"), REDACTED),  # tokens of 256 bits, with or without their kind in front
)


def redacted(value: Any) -> Any:
    """The same without what is nobody's business, however deep it lies."""
    match value:
        case str():
            return _clean(value)
        case Mapping():
            return {
                name: REDACTED if isinstance(name, str) and _SECRET_NAMES.search(name) else redacted(inner)
                for name, inner in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [redacted(inner) for inner in value]
        case int() | float() | None:
            return value
        case _:
            return _clean(str(value))


def _clean(text: str) -> str:
    for pattern, instead in _SECRET_TEXTS:
        text = pattern.sub(instead, text)
    return text


def _redact(_: Any, __: str, entry: EventDict) -> EventDict:
    cleaned: EventDict = redacted(entry)
    return cleaned


def configure(level: str, *, text: bool, stream: TextIO = sys.stderr) -> None:
    """Send structlog's and the standard library's entries alike through the same processors."""
    shared = list(_processors())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendered(text=text)],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in ("uvicorn", "alembic", "asyncio"):  # their steps are told by ours
        logging.getLogger(name).setLevel(logging.WARNING)


def _processors() -> Iterator[Processor]:
    yield structlog.contextvars.merge_contextvars  # the request id among them
    yield structlog.stdlib.add_log_level
    yield structlog.stdlib.ExtraAdder()
    yield structlog.processors.TimeStamper(fmt="iso", utc=True)


def _rendered(*, text: bool) -> Iterator[Processor]:
    yield structlog.processors.format_exc_info
    yield _redact
    if text:
        yield structlog.dev.ConsoleRenderer(colors=True)
    else:
        yield structlog.processors.JSONRenderer(serializer=lambda entry, **_: orjson.dumps(entry, default=str).decode())
