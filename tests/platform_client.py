"""The platform as the webhook sees it: builds posts in the three modes and opens replies. Shares no code with fzbot."""

import base64
import hashlib
import itertools
import os
import struct
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from typing import Literal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

Mode = Literal["plain", "compatible", "secure"]
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PREVIOUS_KEY = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"

_ids = itertools.count(1)


@dataclass
class PlatformClient:
    token: str = "testtoken"
    app_id: str = "wx0123456789abcdef"
    aes_key: str = AES_KEY
    mode: Mode = "secure"
    clock: float = field(default=0.0)

    def sign(self, *parts: str) -> str:
        return hashlib.sha1("".join(sorted((self.token, *parts))).encode()).hexdigest()

    def text(self, words: str, openid: str = "o-villager", **more: str) -> str:
        return self.xml(openid, MsgType="text", Content=words, MsgId=str(next(_ids)), **more)

    def event(self, event: str, key: str = "", openid: str = "o-villager") -> str:
        return self.xml(openid, MsgType="event", Event=event, EventKey=key)

    def xml(self, openid: str = "o-villager", **fields: str) -> str:
        created = fields.pop("CreateTime", str(int(self.clock or time.time())))
        inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
        return (
            f"<xml><ToUserName><![CDATA[gh_town]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
            f"<CreateTime>{created}</CreateTime>{inner}</xml>"
        )

    def post(self, xml: str | bytes) -> tuple[dict[str, str], bytes]:
        data = xml if isinstance(xml, bytes) else xml.encode("utf-8", "surrogatepass")
        stamp, nonce = str(int(self.clock or time.time())), os.urandom(5).hex()
        query = {"timestamp": stamp, "nonce": nonce, "signature": self.sign(stamp, nonce), "openid": "o-villager"}
        if self.mode == "plain":
            return query, data
        encrypted = self.encrypt(data)
        query |= {"encrypt_type": "aes", "msg_signature": self.sign(stamp, nonce, encrypted)}
        envelope = f"<ToUserName><![CDATA[gh_town]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        if self.mode == "compatible":
            return query, data.replace(b"</xml>", f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode())
        return query, f"<xml>{envelope}</xml>".encode()

    def open(self, body: bytes) -> dict[str, str]:
        root = ElementTree.fromstring(body)
        fields = {child.tag: child.text or "" for child in root}
        if "Encrypt" not in fields:
            return fields
        expected = self.sign(fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
        assert fields["MsgSignature"] == expected
        return {child.tag: child.text or "" for child in ElementTree.fromstring(self.decrypt(fields["Encrypt"]))}

    def encrypt(self, xml: str | bytes) -> str:
        data = xml if isinstance(xml, bytes) else xml.encode()
        plain = os.urandom(16) + struct.pack(">I", len(data)) + data + self.app_id.encode()
        pad = 32 - len(plain) % 32
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def decrypt(self, text: str) -> str:
        decryptor = self._cipher().decryptor()
        plain = decryptor.update(base64.b64decode(text)) + decryptor.finalize()
        size = struct.unpack(">I", plain[16:20])[0]
        assert plain[20 + size : -plain[-1]].decode() == self.app_id
        return plain[20 : 20 + size].decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
