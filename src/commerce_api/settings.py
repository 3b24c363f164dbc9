"""The environment, parsed once into a frozen value. Every variable is listed in the README."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar

from commerce_api.domain.card import CardBrand

T = TypeVar("T")
Reader: TypeAlias = Callable[[Any], T]
"""From text of the environment, or what somebody took for the value, to the value. What a ValueError says was expected."""


class Secret:
    """Text that shows nowhere by mistake."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def get_secret_value(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"


def _secret(given: Any) -> Secret:
    return given if isinstance(given, Secret) else Secret(str(given))


def _url(*schemes: str) -> Reader[Secret]:
    beginnings = [f"{scheme}://" for scheme in schemes]

    def read(given: Any) -> Secret:
        url = _secret(given)
        if not url.get_secret_value().startswith(tuple(beginnings)):
            raise ValueError(f"a URL that begins with {' or '.join(beginnings)}")
        return url

    return read


def _number(least: int, most: int | None = None) -> Reader[int]:
    expected = f"a whole number of at least {least}" if most is None else f"a whole number from {least} to {most}"

    def read(given: Any) -> int:
        number = int(given) if re.fullmatch(r"-?[0-9]{1,18}", str(given)) else None
        if number is None or number < least or (most is not None and number > most):
            raise ValueError(expected)
        return number

    return read


_BOOLEANS: Final = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def _yes_or_no(given: Any) -> bool:
    if (known := _BOOLEANS.get(str(given).lower())) is None:
        raise ValueError("true or false")
    return known


def _one_of(*choices: T) -> Reader[T]:
    *others, last = [f"'{choice}'" for choice in choices]

    def read(given: Any) -> T:
        if given not in choices:
            raise ValueError(f"{', '.join(others)} or {last}")
        return choices[choices.index(given)]

    return read


def _text(pattern: str, expected: str) -> Reader[str]:
    def read(given: Any) -> str:
        if not re.fullmatch(pattern, str(given)):
            raise ValueError(expected)
        return str(given)

    return read


def _listed(read: Reader[T]) -> Reader[tuple[T, ...]]:
    """A list as people write it in the environment: with commas."""

    def read_all(given: Any) -> tuple[T, ...]:
        parts = given.split(",") if isinstance(given, str) else given
        return tuple(read(part.strip() if isinstance(part, str) else part) for part in parts if part != "")

    return read_all


def _network(given: Any) -> IPv4Network | IPv6Network:
    try:
        return ip_network(given)
    except ValueError:
        raise ValueError(f"addresses or networks with commas, and {given} is neither") from None


def _there(given: Any) -> Path:
    path = Path(given)
    if not path.exists():
        raise ValueError("a file or folder that is there")
    return path


def _setting(read: Reader[Any], default: Any, description: str) -> Any:
    return field(default=default, metadata={"read": read, "description": description})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`COMMERCE_…` variables, and `DATABASE_URL`. Raises SettingsRefused with all that is wrong with them."""

    database_url: Secret | None = _setting(
        _url("postgresql", "postgres"),
        None,
        "PostgreSQL to use; without it the program runs its own in the data folder.",
    )
    data_dir: Path = _setting(Path, Path(".data"), "Where the program's own PostgreSQL keeps its data.")
    secret: Secret = _setting(
        _secret,
        Secret(""),
        "At least 32 characters; keys the hashes of tokens and addresses. Required with DATABASE_URL, otherwise "
        "made at the first start and kept in the data folder.",
    )
    public_url: str = _setting(
        str, "http://127.0.0.1:8000", "Where customers reach this server, for the links it makes."
    )
    card_brands: tuple[CardBrand, ...] = _setting(
        _listed(_one_of(*CardBrand)),
        (CardBrand.VISA, CardBrand.MASTERCARD, CardBrand.AMEX, CardBrand.DISCOVER),
        "Brands of cards that are taken, with commas.",
    )
    authorize: Literal["inline", "worker"] = _setting(
        _one_of("inline", "worker"),
        "inline",
        "Who asks the bank after an order was placed: the request itself, or else always a worker.",
    )
    host: str = _setting(str, "127.0.0.1", "Address to listen on; 0.0.0.0 for all of the machine's.")
    port: int = _setting(_number(0, 65_535), 8000, "Port to listen on; 0 takes any that is free.")
    workers: int = _setting(_number(1, 128), 1, "Server processes.")
    pool_size: int = _setting(_number(5, 200), 8, "Database connections per process, at most. See `max_connections`.")
    tasks_inside: bool = _setting(
        _yes_or_no, True, "Whether `serve` also does the tasks of a `worker`, such as sending mail."
    )
    storefront_url: str | None = _setting(
        _text(r"https?://.+[^/]", "a URL without a slash at its end"),
        None,
        "Where the shop's pages are, without a slash at the end; links in mails lead there.",
    )
    smtp_url: Secret | None = _setting(
        _url("smtp", "smtps"),
        None,
        "Mail server, such as smtp://user:password@mail.example:587 (STARTTLS, without a password only where "
        "offered) or smtps://…; without it mails stay in the database.",
    )
    mail_from: str = _setting(
        _text(r".*@.*", "a mail address, as `Name <address>`"),
        "Shop <shop@localhost>",
        "Sender of the mails, as `Name <address>`.",
    )
    mail_attachment_limit: int = _setting(
        _number(0),
        5_000_000,
        "Bytes that a document may have which a mail carries; larger ones are behind the mail's link only. 0: none.",
    )
    mailbox: bool = _setting(
        _yes_or_no, False, "Whether /mailbox shows the mails, to this machine only; for demonstrations."
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = _setting(
        _listed(_network), (), "Addresses or networks, with commas, whose X-Forwarded-For and -Proto are believed."
    )
    cors_origins: tuple[str, ...] = _setting(
        _listed(str), (), "Origins, with commas, whose pages may call the API from a browser; * means all."
    )
    upload_limit: int = _setting(_number(1), 200_000_000, "Bytes that a file of products may have which staff send in.")
    documents: Path | None = _setting(
        _there,
        None,
        "File of registered documents as Apollo's or Relay's tools write it, or folder of such files (.json) and "
        "of documents (.graphql); see docs/documents.md.",
    )
    documents_only: Literal["nowhere", "shop", "everywhere"] = _setting(
        _one_of("nowhere", "shop", "everywhere"),
        "nowhere",
        "At which addresses of the API none but registered documents are answered.",
    )
    public_max_age: int = _setting(
        _number(0, 86_400),
        0,
        "Seconds for which caches may keep answers about the catalog to GET; 0: they ask each time whether theirs "
        "still holds.",
    )
    cache: int = _setting(
        _number(0, 100_000),
        8,
        "Megabytes of answers about the catalog, and of what new carts are made of, that each server process keeps ready "
        "until something of them changes; 0: none.",
    )
    graphiql: bool = _setting(_yes_or_no, True, "Whether browsers get GraphiQL at the addresses of the API.")
    introspection: bool = _setting(_yes_or_no, True, "Whether clients may ask for the schema.")
    rate_limit: int = _setting(
        _number(0), 600_000, "Cost that one caller may spend per minute and process; 0 means no limit."
    )
    breached_passwords: Path | None = _setting(
        _there,
        None,
        "File or folder of this machine with SHA-1 hashes of stolen passwords, sorted, one a line, as they are "
        "published; such passwords are refused then.",
    )
    staff_second_factor: Literal["required", "optional"] = _setting(
        _one_of("required", "optional"),
        "required",
        "Whether all staff need a code of an authenticator app to sign in, or only those who enrolled one.",
    )
    metrics: bool = _setting(_yes_or_no, True, "Whether /metrics answers; keep it from strangers in the proxy.")
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        _one_of("debug", "info", "warning", "error"), "info", "What is logged at least."
    )
    log_format: Literal["auto", "json", "text"] = _setting(
        _one_of("auto", "json", "text"),
        "auto",
        "How it is logged; auto is text on a terminal and JSON lines otherwise.",
    )

    def __post_init__(self) -> None:
        problems = list(self._misread()) or list(self._unfit())
        if problems:
            raise SettingsRefused(problems)

    def _misread(self) -> Iterator[str]:
        """Read each; say what could not be."""
        for each in fields(self):
            given = getattr(self, each.name)
            try:
                value = None if given is None else each.metadata["read"](given)
            except ValueError as wrong:
                yield f"{variable(each.name)}: expected {wrong}"
            else:
                object.__setattr__(self, each.name, value)

    def _unfit(self) -> Iterator[str]:
        """What does not go together."""
        length = len(self.secret.get_secret_value())
        if length == 0 and self.database_url is not None:
            yield "COMMERCE_SECRET: required with DATABASE_URL; make one with `openssl rand -hex 32`"
        if 0 < length < SHORTEST_SECRET:
            yield f"COMMERCE_SECRET: at least {SHORTEST_SECRET} characters; this one has {length}"
        if self.documents_only != "nowhere" and self.documents is None:
            yield "COMMERCE_DOCUMENTS_ONLY: needs COMMERCE_DOCUMENTS, the documents that are registered"

    @property
    def dsn(self) -> str:
        """The database to use, once it is known; see `cli.environment`."""
        if self.database_url is None:
            raise LookupError("no database is running yet")
        return self.database_url.get_secret_value()


SHORTEST_SECRET = 32


class SettingsRefused(Exception):  # noqa: N818 - a refusal, as elsewhere
    """`problems` says of every wrong variable what was expected."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(**given: Any) -> Settings:
    """The settings from the environment; what is `given` (and not None) goes before it."""
    known = ((each.name, variable(each.name)) for each in fields(Settings))
    found: dict[str, Any] = {name: os.environ[variable_] for name, variable_ in known if variable_ in os.environ}
    return Settings(**found | {name: value for name, value in given.items() if value is not None})


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return "DATABASE_URL" if name == "database_url" else f"COMMERCE_{name.upper()}"


def unknown_variables() -> list[str]:
    """Variables with our prefix that mean nothing here: spelled wrongly, most likely."""
    known = {variable(each.name) for each in fields(Settings)}
    return sorted(name for name in os.environ if name.startswith("COMMERCE_") and name not in known)
