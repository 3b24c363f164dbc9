"""The environment, parsed once into a frozen value. Every variable is listed in the README."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from commerce_api.domain.card import CardBrand


class Settings(BaseSettings):
    """`COMMERCE_…` variables, and `DATABASE_URL`."""

    model_config = SettingsConfigDict(env_prefix="COMMERCE_", frozen=True, extra="ignore")

    database_url: str | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL to use; without it the program runs its own in the data folder.",
    )
    data_dir: Path = Field(default=Path(".data"), description="Where the program's own PostgreSQL keeps its data.")
    pool_size: int = Field(default=10, ge=1, le=200, description="Database connections per process, at most.")
    secret: SecretStr = Field(
        default=SecretStr(""), description="At least 32 characters; keys the hashes of tokens and addresses."
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="Where customers reach this server, for the links it makes."
    )
    card_brands: tuple[CardBrand, ...] = Field(
        default=(CardBrand.VISA, CardBrand.MASTERCARD, CardBrand.AMEX, CardBrand.DISCOVER),
        description='Brands of cards that are taken, as a JSON list such as `["VISA", "MASTERCARD"]`.',
    )
