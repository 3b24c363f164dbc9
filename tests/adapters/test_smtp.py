"""Mails leave through a real SMTP server: in the open, by TLS, with a password; refused, and when it is not there."""

import ssl
import time
from datetime import UTC, datetime, timedelta

import aiosmtplib
import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from commerce_api.adapters.mail import MailRejected, Rendered, message
from commerce_api.adapters.smtp import check_smtp, smtp_mailer
from tests.post import post_office

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CONTENT = Rendered(
    subject="Bestätigung: Töpfe für 5 €, „groß“ und vieles mehr, damit die Zeile länger als erlaubt wird",
    html="<p>Grüße — 你好</p>\n" + "<i>x</i>" * 300,
    text="Grüße — 你好\n.\nzwei Punkte\n..\n" + "sehr " * 300,
    template_version="1",
)
SENDER = "Möbel & Mehr <shop@moss.example>"


def mail(recipient="ada@x.example"):
    return message(CONTENT, sender=SENDER, recipient=recipient, key="k1", at=NOON)


@pytest.fixture
async def post():
    async with post_office() as post:
        yield post


async def test_a_mail_arrives_whole_in_both_forms_with_its_headers(post):
    await smtp_mailer(post.url)(mail())

    [(recipients, came, _)] = post.letters
    assert recipients == ["ada@x.example"]
    assert {name: came[name] for name in ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted")} == {
        "From": "Möbel & Mehr <shop@moss.example>",
        "To": "ada@x.example",
        "Subject": CONTENT.subject,
        "Date": "Mon, 02 Mar 2026 12:00:00 +0000",
        "Message-ID": "<k1@moss.example>",
        "Auto-Submitted": "auto-generated",
    }
    assert came.get_content_type() == "multipart/alternative"
    text, html = (came.get_body((kind,)) for kind in ("plain", "html"))
    assert [part.get_content().replace("\r\n", "\n").strip() for part in (text, html)] == [
        CONTENT.text.strip(),
        CONTENT.html,
    ]
    assert {part.get_content_charset() for part in (text, html)} == {"utf-8"}
    assert all(line.isascii() and len(line) < 998 for line in came.as_bytes().splitlines())


@pytest.mark.parametrize("address", ["ada@x.example\r\nBcc: eve@x.example", "ada@x.example, eve@x.example", "ada"])
def test_an_address_brings_neither_headers_nor_other_receivers(address):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the library says of it
        mail(address)


def test_a_subject_brings_no_headers():
    content = Rendered(subject="Hello\r\nBcc: eve@x.example", html="", text="", template_version="1")

    with pytest.raises(ValueError, match="linefeed"):
        message(content, sender=SENDER, recipient="ada@x.example", key="k1", at=NOON)


@pytest.mark.parametrize("where", ["ada@x.example", "DATA"])
async def test_what_is_refused_for_good_is_rejected(post, where):
    post.answers[where] = "550 5.1.1 no such user"

    with pytest.raises(MailRejected, match=r"550 5\.1\.1"):
        await smtp_mailer(post.url)(mail())

    assert post.letters == []


@pytest.mark.parametrize("where", ["ada@x.example", "DATA"])
async def test_what_is_refused_for_now_is_not_rejected(post, where):
    post.answers[where] = "451 4.7.1 greylisted"

    with pytest.raises(aiosmtplib.SMTPException):
        await smtp_mailer(post.url)(mail())

    del post.answers[where]
    await smtp_mailer(post.url)(mail())
    assert len(post.letters) == 1


async def test_a_server_that_is_not_there_is_an_error_to_try_again_after():
    async with post_office() as gone:
        url = gone.url

    with pytest.raises((aiosmtplib.SMTPException, OSError)):
        await smtp_mailer(url)(mail())


def accounts(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"shop", b"p@ss word"), handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
async def test_a_password_is_given_and_a_wrong_one_is_no_rejection_of_the_mail():
    needed = {"auth_required": True, "auth_require_tls": False, "authenticator": accounts}
    async with post_office(**needed) as post:
        address = f"127.0.0.1:{post.port}"
        await smtp_mailer(f"smtp://shop:p%40ss%20word@{address}")(mail())
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await smtp_mailer(f"smtp://shop:wrong@{address}")(mail())
        with pytest.raises(aiosmtplib.SMTPException):
            await smtp_mailer(f"smtp://{address}")(mail())

    assert len(post.letters) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Of `localhost`, signed by itself, in files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.fromtimestamp(time.time(), UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(*pem))
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "certificate.pem", folder / "key.pem"


@pytest.fixture
async def safe_post(certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    async with post_office(tls_context=context) as post:
        yield post


async def test_where_the_server_offers_tls_it_is_used(safe_post, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    await smtp_mailer(f"smtp://localhost:{safe_post.port}")(mail())

    [(_, _, by_tls)] = safe_post.letters
    assert by_tls


async def test_nothing_is_sent_to_a_server_that_cannot_prove_who_it_is(safe_post):
    with pytest.raises((aiosmtplib.SMTPException, ssl.SSLError)):
        await smtp_mailer(f"smtp://localhost:{safe_post.port}")(mail())

    assert safe_post.letters == []


async def test_a_password_leaves_this_machine_by_tls_only(post, monkeypatch):
    monkeypatch.setattr("commerce_api.adapters.smtp._THIS_MACHINE", ())

    with pytest.raises(aiosmtplib.SMTPException, match="STARTTLS"):
        await smtp_mailer(f"smtp://shop:secret@127.0.0.1:{post.port}")(mail())

    assert post.letters == []


async def test_the_check_of_the_doctor_signs_in_and_sends_nothing(post):
    await check_smtp(post.url)

    assert post.letters == []
