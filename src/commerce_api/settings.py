"""The environment, parsed once into a frozen value. Every variable is listed in the README."""

import os
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from commerce_api.domain.card import CardBrand


def _listed(given: Any) -> Any:
    """A list as people write it in the environment: with commas."""
    return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)]
Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


def _url(*schemes: str) -> AfterValidator:
    def check(given: SecretStr) -> SecretStr:
        if not given.get_secret_value().startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return given

    return AfterValidator(check)


def _there(given: Path) -> Path:
    if not given.exists():
        raise ValueError("a file or folder that is there")
    return given


class Settings(BaseSettings):
    """`COMMERCE_…` variables, and `DATABASE_URL`."""

    model_config = SettingsConfigDict(
        env_prefix="COMMERCE_", frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )

    database_url: Annotated[SecretStr, _url("postgresql", "postgres")] | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL to use; without it the program runs its own in the data folder.",
    )
    data_dir: Path = Field(default=Path(".data"), description="Where the program's own PostgreSQL keeps its data.")
    secret: SecretStr = Field(
        default=SecretStr(""),
        description="At least 32 characters; keys the hashes of tokens and addresses. Required with DATABASE_URL, "
        "otherwise made at the first start and kept in the data folder.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="Where customers reach this server, for the links it makes."
    )
    card_brands: Annotated[tuple[CardBrand, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=(CardBrand.VISA, CardBrand.MASTERCARD, CardBrand.AMEX, CardBrand.DISCOVER),
        description="Brands of cards that are taken, with commas.",
    )
    authorize: Literal["inline", "worker"] = Field(
        default="inline",
        description="Who asks the bank after an order was placed: the request itself, or else always a worker.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 for all of the machine's.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes any that is free.")
    workers: int = Field(default=1, ge=1, le=128, description="Server processes.")
    pool_size: int = Field(
        default=10, ge=5, le=200, description="Database connections per process, at most. See `max_connections`."
    )
    tasks_inside: bool = Field(
        default=True, description="Whether `serve` also does the tasks of a `worker`, such as sending mail."
    )
    storefront_url: str | None = Field(
        default=None,
        pattern=r"^https?://.+[^/]$",
        description="Where the shop's pages are, without a slash at the end; links in mails lead there.",
    )
    smtp_url: Annotated[SecretStr, _url("smtp", "smtps")] | None = Field(
        default=None,
        description="Mail server, such as smtp://user:password@mail.example:587 (STARTTLS, without a password only where "
        "offered) or smtps://…; without it mails stay in the database.",
    )
    mail_from: str = Field(
        default="Shop <shop@localhost>", pattern=r"^.*@.*$", description="Sender of the mails, as `Name <address>`."
    )
    mail_attachment_limit: int = Field(
        default=5_000_000,
        ge=0,
        description="Bytes that a document may have which a mail carries; larger ones are behind the mail's link only. 0: none.",
    )
    mailbox: bool = Field(
        default=False, description="Whether /mailbox shows the mails, to this machine only; for demonstrations."
    )
    trusted_proxies: Networks = Field(
        default=(), description="Addresses or networks, with commas, whose X-Forwarded-For and -Proto are believed."
    )
    cors_origins: Texts = Field(
        default=(), description="Origins, with commas, whose pages may call the API from a browser; * means all."
    )
    upload_limit: int = Field(
        default=200_000_000, ge=1, description="Bytes that a file of products may have which staff send in."
    )
    documents: Annotated[Path, AfterValidator(_there)] | None = Field(
        default=None,
        description="File of registered documents as Apollo's or Relay's tools write it, or folder of such files (.json) and of "
        "documents (.graphql); see docs/documents.md.",
    )
    documents_only: Literal["nowhere", "shop", "everywhere"] = Field(
        default="nowhere", description="At which addresses of the API none but registered documents are answered."
    )
    public_max_age: int = Field(
        default=0,
        ge=0,
        le=86_400,
        description="Seconds for which caches may keep answers about the catalog to GET; 0: they ask each time whether theirs still holds.",
    )
    answer_cache: int = Field(
        default=16,
        ge=0,
        le=100_000,
        description="Megabytes of answers about the catalog that each server process keeps ready until something of them changes; 0: none.",
    )
    graphiql: bool = Field(default=True, description="Whether browsers get GraphiQL at the addresses of the API.")
    introspection: bool = Field(default=True, description="Whether clients may ask for the schema.")
    rate_limit: int = Field(
        default=600_000, ge=0, description="Cost that one caller may spend per minute and process; 0 means no limit."
    )
    breached_passwords: Annotated[Path, AfterValidator(_there)] | None = Field(
        default=None,
        description="File or folder of this machine with SHA-1 hashes of stolen passwords, sorted, one a line, as they are "
        "published; such passwords are refused then.",
    )
    staff_second_factor: Literal["required", "optional"] = Field(
        default="required",
        description="Whether all staff need a code of an authenticator app to sign in, or only those who enrolled one.",
    )
    metrics: bool = Field(default=True, description="Whether /metrics answers; keep it from strangers in the proxy.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is logged at least."
    )
    log_format: Literal["auto", "json", "text"] = Field(
        default="auto", description="How it is logged; auto is text on a terminal and JSON lines otherwise."
    )

    @model_validator(mode="after")
    def _secret_is_good(self) -> Self:
        length = len(self.secret.get_secret_value())
        if length == 0 and self.database_url is not None:
            raise ValueError("COMMERCE_SECRET: required with DATABASE_URL; make one with `openssl rand -hex 32`")
        if 0 < length < SHORTEST_SECRET:
            raise ValueError(f"COMMERCE_SECRET: at least {SHORTEST_SECRET} characters; this one has {length}")
        return self

    @model_validator(mode="after")
    def _only_what_there_is(self) -> Self:
        if self.documents_only != "nowhere" and self.documents is None:
            raise ValueError("COMMERCE_DOCUMENTS_ONLY: needs COMMERCE_DOCUMENTS, the documents that are registered")
        return self

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
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsRefused(list(_problems(error))) from None


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return "DATABASE_URL" if name.lower() == "database_url" else f"COMMERCE_{name.upper()}"


def unknown_variables() -> list[str]:
    """Variables with our prefix that mean nothing here: spelled wrongly, most likely."""
    known = {variable(name) for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.startswith("COMMERCE_") and name not in known)


def _problems(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_context=False):
        said = problem["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        yield f"{variable(str(problem['loc'][0]))}: expected {said}" if problem["loc"] else said
