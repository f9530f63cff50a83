"""A signature like the last one: what pyHanko put together once, with another digest and our signature of that.

Nothing but the digest and the signature differs from one document to the next while there is no time stamp in it.
Putting the same certificates and names together again takes three quarters of the time of a signature.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_SEQUENCE, _SET, _OCTETS, _CONTEXT_0 = 0x30, 0x31, 0x04, 0xA0
_LONG_FORM, _SHORT_MOST = 0x80, 0x7F


@dataclass(frozen=True)
class Template:
    """The parts of one CMS signature in DER; `before` and `after` are what stands around the signed attributes."""

    content_type: bytes
    data_before: bytes
    before: bytes
    attributes: bytes
    digest: bytes
    after: bytes

    @classmethod
    def of(cls, made: Any, digest: bytes) -> "Template":
        """Take apart what pyHanko made over a document of this digest. Raises ValueError: it is not as we know it."""
        data = made["content"]
        (signer,) = data["signer_infos"]
        attributes = signer["signed_attrs"].untag().dump()
        if attributes.count(digest) != 1 or len(signer["unsigned_attrs"]) or len(data["crls"]):
            raise ValueError("not a plain signature of one signer")
        return cls(
            content_type=made["content_type"].dump(),
            data_before=b"".join(
                data[name].dump() for name in ("version", "digest_algorithms", "encap_content_info", "certificates")
            ),
            before=b"".join(signer[name].dump() for name in ("version", "sid", "digest_algorithm")),
            attributes=attributes,
            digest=digest,
            after=signer["signature_algorithm"].dump(),
        )

    def fill(self, digest: bytes, sign: Callable[[bytes], bytes]) -> bytes:
        """The CMS signature of a document of this digest, of as many bytes as the first one's."""
        if len(digest) != len(self.digest):
            raise ValueError("another kind of digest")
        attributes = self.attributes.replace(self.digest, digest)
        signature = sign(attributes)
        # in the message the attributes carry another tag than in what is signed (RFC 5652, 5.4)
        tagged = bytes([_CONTEXT_0]) + attributes[1:]
        signer = _wrap(_SEQUENCE, self.before, tagged, self.after, _wrap(_OCTETS, signature))
        data = _wrap(_SEQUENCE, self.data_before, _wrap(_SET, signer))
        return _wrap(_SEQUENCE, self.content_type, _wrap(_CONTEXT_0, data))


def _wrap(tag: int, *parts: bytes) -> bytes:
    """Tag, length and content in DER."""
    content = b"".join(parts)
    size = len(content)
    if size <= _SHORT_MOST:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG_FORM | len(length)]) + length + content
