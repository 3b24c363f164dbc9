"""Channels, taxes, shipping and stock locations, as staff set them up."""

import strawberry


@strawberry.type
class SettingsQueries:
    pass


@strawberry.type
class SettingsMutations:
    pass
