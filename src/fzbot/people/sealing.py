"""Keyed hashes and encryption for what identifies a person or opens an account.

Its keys are derived from `FZBOT_SECRET_KEY` with HKDF (RFC 5869), so that those for hashes, for encryption and for the audit chain are
not the same. Individuals are counted by hash; the encrypted form is opened only to reach them.
"""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fzbot.errors import ConfigError

NONCE_BYTES = 12


class Sealer:
    """Hashes and encrypts with keys derived from one secret."""

    def __init__(self, secret: str) -> None:
        """Derive the keys; `ConfigError` when the secret is too short to protect anyone."""
        if len(secret) < 16:
            raise ConfigError("FZBOT_SECRET_KEY 太短，至少要 16 个字符的随机文字")
        self._hash_key = _derive(secret, b"fzbot hash")
        self.audit_key = _derive(secret, b"fzbot audit")
        self._cipher = AESGCM(_derive(secret, b"fzbot seal"))

    def hash(self, text: str) -> str:
        """A keyed hash of 32 hexadecimal digits: equal for equal texts, and no way back."""
        return hmac.new(self._hash_key, text.encode(), hashlib.sha256).hexdigest()[:32]

    @property
    def fingerprint(self) -> str:
        """What tells this key from others, and tells nothing of it."""
        return self.hash("fzbot key fingerprint")

    def seal(self, text: str) -> str:
        """The text encrypted with AES-GCM, printable."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), None)).decode()

    def unseal(self, sealed: str) -> str:
        """What was sealed; `ConfigError` when the secret has changed since."""
        raw = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()
        except InvalidTag as error:
            raise ConfigError("存着的密文解不开：FZBOT_SECRET_KEY 换过了，请换回原来的") from error


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
