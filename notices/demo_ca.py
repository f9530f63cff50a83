"""A certificate authority and a city certificate for the demo and the tests. Trusted by nobody else."""

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

_SLACK = dt.timedelta(minutes=5)
_CA_DAYS, _CITY_DAYS = 3650, 1825


def make_demo_ca(*, key_path: Path, ca_path: Path, password: str, city_name: str, now: dt.datetime) -> bool:
    """Write the PKCS#12 file and the CA's certificate unless one is there already; whether they were written.

    P-256 keys. The CA may only sign certificates, the city's key only documents. The CA's own key is
    forgotten: a new certificate takes a new CA.
    """
    if key_path.exists() or ca_path.exists():
        return False
    ca_key, ca = _make_ca(now)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _make_city_certificate(key, ca_key, ca, city_name, now)
    encryption = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    for path in (key_path, ca_path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca_path.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    content = pkcs12.serialize_key_and_certificates(b"city", key, certificate, [ca], encryption)
    key_path.touch(mode=0o600)
    key_path.write_bytes(content)
    return True


def _name(common_name: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _make_ca(now: dt.datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Frontyard Demo CA", "Frontyard Demo")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now + dt.timedelta(days=_CA_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _make_city_certificate(
    key: ec.EllipticCurvePrivateKey,
    ca_key: ec.EllipticCurvePrivateKey,
    ca: x509.Certificate,
    city_name: str,
    now: dt.datetime,
) -> x509.Certificate:
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(_name(city_name, city_name))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now + dt.timedelta(days=_CITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(authority, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
