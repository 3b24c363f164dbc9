from commerce_api.adapters.passwords import Passwords


class CountedPasswords(Passwords):
    """Counts how often argon2 really ran: what two answers have to have in common to take equally long."""

    computed = 0

    async def _away(self, work):
        self.computed += 1
        return await super()._away(work)
