"""A certificate authority with its list of revoked certificates, and a time stamp authority: local, for tests."""

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

DAY = dt.timedelta(days=1)


class Authority:
    """Answers over HTTP: POST /tsa (RFC 3161), GET /crl. `asked` counts; `is_down` refuses time stamps."""

    def __init__(self, folder):
        self.folder = folder
        self.asked = {"tsa": 0, "crl": 0}
        self.is_down = False
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.now = dt.datetime.now(dt.UTC)
        self._ca_key = ec.generate_private_key(ec.SECP256R1())
        self.ca = self._make_ca()
        self.crl = self._make_crl()
        self._stamper = self._make_stamper()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def write_ca(self):
        path = self.folder / "authority.pem"
        path.write_bytes(self.ca.public_bytes(serialization.Encoding.PEM))
        return path

    def write_key(self, key=None, *, days=1000):
        """A signer's key and certificate in a PKCS#12 file; the certificate names the list of revoked ones."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        certificate = self.issue(key.public_key(), "緑野市", days=days)
        path = self.folder / "signer.p12"
        content = pkcs12.serialize_key_and_certificates(
            b"city", key, certificate, [self.ca], serialization.NoEncryption()
        )
        path.write_bytes(content)
        return path

    def issue(self, public_key, name, *, days=1000, is_tsa=False):
        builder = (
            self._builder(name, self.ca.subject, public_key, days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(certificates=False), critical=True)
            .add_extension(
                x509.CRLDistributionPoints(
                    [
                        x509.DistributionPoint(
                            full_name=[x509.UniformResourceIdentifier(f"{self.url}/crl")],
                            relative_name=None,
                            reasons=None,
                            crl_issuer=None,
                        )
                    ]
                ),
                critical=False,
            )
        )
        if is_tsa:
            stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(stamping, critical=True)
        return builder.sign(self._ca_key, hashes.SHA256())

    def _builder(self, name, issuer, public_key, days):
        own = x509.SubjectKeyIdentifier.from_public_key(public_key)
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._ca_key.public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(issuer)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now - DAY)
            .not_valid_after(self.now + days * DAY)
            .add_extension(own, critical=False)
            .add_extension(above, critical=False)
        )

    def _make_ca(self):
        return (
            self._builder("Test CA", _name("Test CA"), self._ca_key.public_key(), 3650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(certificates=True), critical=True)
            .sign(self._ca_key, hashes.SHA256())
        )

    def _make_crl(self):
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._ca_key.public_key())
        return (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.ca.subject)
            .last_update(self.now - DAY)
            .next_update(self.now + 30 * DAY)
            .add_extension(above, critical=False)
            .add_extension(x509.CRLNumber(1), critical=False)
            .sign(self._ca_key, hashes.SHA256())
            .public_bytes(serialization.Encoding.DER)
        )

    def _make_stamper(self):
        key = rsa.generate_private_key(65537, 2048)
        certificate = self.issue(key.public_key(), "Test TSA", is_tsa=True)
        form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return DummyTimeStamper(
            asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
            keys.PrivateKeyInfo.load(key.private_bytes(*form)),
        )

    def _handler(authority):  # noqa: N805 - the handler inside has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                authority.asked["crl"] += 1
                self._answer("application/pkix-crl", authority.crl)

            def do_POST(self):
                authority.asked["tsa"] += 1
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                if authority.is_down:
                    self._answer("text/html", b"down", status=503)
                    return
                answer = authority._stamper.request_tsa_response(tsp.TimeStampReq.load(asked))
                self._answer("application/timestamp-reply", answer.dump())

            def _answer(self, kind, body, status=200):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                pass

        return Handler


def _name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, certificates):
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
