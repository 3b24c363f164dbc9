"""A real mail server in the test's own process, on a loopback port."""

import asyncio
from contextlib import asynccontextmanager
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP


class Post:
    """Takes mails, or answers what it was told to; `letters` are those it took, with the address each was for."""

    def __init__(self):
        self.letters, self.signed_in, self.answers = [], [], {}
        self.came, self.may_take = asyncio.Condition(), asyncio.Event()
        self.has_begun = asyncio.Event()
        self.may_take.set()
        self.port = 0

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: ARG002, N802 - as the library calls it
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802 - as the library calls it
        self.has_begun.set()
        await self.may_take.wait()
        if answer := self.answers.get("DATA"):
            return answer
        async with self.came:
            mail = message_from_bytes(envelope.content, policy=policy.default)
            self.letters.append((envelope.rcpt_tos, mail, session.ssl is not None))
            self.came.notify_all()
        return "250 OK"

    async def until(self, count):
        """Wait until so many mails have come."""
        async with self.came:
            await self.came.wait_for(lambda: len(self.letters) >= count)
        return self.letters


@asynccontextmanager
async def post_office(*, port=0, **options):
    """Listens until the end of the block; `options` are those of aiosmtpd's SMTP."""
    post, protocols = Post(), []

    def protocol():
        protocols.append(SMTP(post, hostname="mail.test", **options))
        return protocols[-1]

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", port)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()
        for each in protocols:
            if each.transport:
                each.transport.abort()
        await server.wait_closed()
