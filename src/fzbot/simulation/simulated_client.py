"""The platform's side of the conversation, for the simulator: builds, encrypts and signs posts, opens replies.

Written against the platform's documents, apart from the webhook's own code, so that the two check each other.
"""

import base64
import hashlib
import secrets
import struct
import time
from dataclasses import dataclass
from xml.sax.saxutils import escape

import xmltodict
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


@dataclass(frozen=True)
class SimulatedWeChatClient:
    """Plays the platform for one account in secure mode."""

    token: str
    app_id: str
    aes_key: str

    def post(self, openid: str, fields: dict[str, str]) -> tuple[dict[str, str], bytes]:
        """The query and body of a post that carries `fields` from `openid`."""
        now = str(int(time.time()))
        everything = {"ToUserName": "gh_simulator", "FromUserName": openid, "CreateTime": now} | fields
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in everything.items())
        encrypted = self._encrypt(f"<xml>{inner}</xml>".encode())
        nonce = secrets.token_hex(8)
        query = {
            "timestamp": now,
            "nonce": nonce,
            "encrypt_type": "aes",
            "signature": self._sign(now, nonce),
            "msg_signature": self._sign(now, nonce, encrypted),
        }
        return query, f"<xml><ToUserName>gh_simulator</ToUserName><Encrypt>{encrypted}</Encrypt></xml>".encode()

    def open(self, body: bytes) -> str:
        """The text of a reply; empty when there is none. `ValueError` when the signature is wrong."""
        if body in {b"", b"success"}:
            return ""
        outer = xmltodict.parse(body)["xml"]
        if outer["MsgSignature"] != self._sign(outer["TimeStamp"], outer["Nonce"], outer["Encrypt"]):
            raise ValueError("the reply's signature is wrong")
        return str(xmltodict.parse(self._decrypt(outer["Encrypt"]))["xml"]["Content"])

    def _sign(self, *parts: str) -> str:
        joined = "".join(sorted([self.token, *parts]))
        return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    def _encrypt(self, xml: bytes) -> str:
        plain = secrets.token_bytes(16) + struct.pack(">I", len(xml)) + xml + self.app_id.encode()
        padding = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()

    def _decrypt(self, text: str) -> bytes:
        decryptor = self._cipher().decryptor()
        plain = decryptor.update(base64.b64decode(text)) + decryptor.finalize()
        (size,) = struct.unpack(">I", plain[16:20])
        return plain[20 : 20 + size]
