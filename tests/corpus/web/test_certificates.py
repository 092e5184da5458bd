"""A guarded connection goes to an address, but the certificate must still be the host's."""

from __future__ import annotations

import ssl
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.corpus.web.site import BRIEF, Site, new_fetcher, refusal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for news.example, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "news.example")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("news.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "news.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(pem)
    )
    return file


@pytest.fixture
def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


async def test_a_host_with_its_own_certificate_is_trusted(serving: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    async with Site(serving) as site, aclosing(new_fetcher(BRIEF, trusting)) as fetcher:
        site.gives("/", "It rained.")
        page = await fetcher.fetch(site.url("/", host="news.example"))

    assert page.content == b"It rained."


async def test_a_host_with_the_certificate_of_another_is_not(serving: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    async with Site(serving) as site, aclosing(new_fetcher(BRIEF, trusting)) as fetcher:
        error = await refusal(fetcher.fetch(site.url("/", host="other.example")))

    assert (error.reason, site.requests) == ("has a certificate that cannot be trusted", [])


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(serving: ssl.SSLContext) -> None:
    async with Site(serving) as site, aclosing(new_fetcher()) as fetcher:
        error = await refusal(fetcher.fetch(site.url("/", host="news.example")))

    assert (error.reason, site.requests) == ("has a certificate that cannot be trusted", [])
