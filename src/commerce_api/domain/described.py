"""Enums that explain themselves."""

from enum import StrEnum
from typing import Self


class DescribedEnum(StrEnum):
    """Members are `NAME = "NAME", "What it means to API users."`; the meaning becomes the description in the schema."""

    _value_: str
    meaning: str

    def __new__(cls, name: str, meaning: str = "") -> Self:
        member = str.__new__(cls, name)
        member._value_ = name
        member.meaning = meaning
        return member
