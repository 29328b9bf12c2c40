"""The envelope of a platform post: signature, age and encryption.

Source: 微信公众平台, 接入概述 and 消息加解密说明. wechatpy gives the ciphers and the message classes; the checks here
are ours, because its own compare in variable time and raise raw errors on hostile input.
"""

import base64
import hashlib
import hmac
import re
import struct
import time
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wechatpy.crypto import PrpCrypto

from fzbot.errors import ConfigError, PostRefusedError
from fzbot.people.account import Credentials
from fzbot.wechat import post_xml

MAX_BODY = 64 * 1024
_RANDOM_BYTES, _SIZE_BYTES = 16, 4
"""What stands before the message in a decrypted text."""
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
# Possessive: anybody may post anything here, and it is gone through once.
_ENCRYPT = re.compile(rb"<Encrypt>\s*+(?:<!\[CDATA\[)?+([A-Za-z0-9+/=\s]++)(?:\]\]>)?+\s*+</Encrypt>")


@dataclass(frozen=True)
class Query:
    """The query of a platform call."""

    timestamp: str
    nonce: str
    signature: str = ""
    msg_signature: str = ""

    def check_age(self, now: float, window: float) -> None:
        """Refuse a call whose timestamp is more than `window` seconds off; `window` 0 takes any age."""
        if not (self.timestamp.isascii() and self.timestamp.isdigit() and len(self.timestamp) <= 12):
            raise PostRefusedError("timestamp is missing or not a number")
        if window and abs(now - int(self.timestamp)) > window:
            raise PostRefusedError("timestamp is too old or in the future: check the clock of the server", 403)


def sign(*parts: str) -> str:
    """The platform's signature: SHA-1 over the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def check_signature(expected: str, given: str) -> None:
    """Refuse a signature that differs, in constant time."""
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise PostRefusedError("wrong signature: the token differs, or the post is not the platform's", 403)


class Envelope:
    """Opens posts to one account and seals replies to them.

    Where there is an AES key, plain posts are only taken if `takes_plain`: the query of any post signs a plain body of anybody's.
    """

    def __init__(
        self,
        credentials: Credentials,
        window: float,
        takes_plain: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._credentials = credentials
        self._window = window
        self._takes_plain = takes_plain or not credentials.aes_keys
        self._now = now
        self._ciphers = [_cipher(key) for key in credentials.aes_keys]

    def verify(self, query: Query, echo: str) -> str:
        """What to answer when the platform verifies the address; `PostRefusedError` when it is not the platform."""
        query.check_age(self._now(), self._window)
        if query.msg_signature and self._ciphers:
            check_signature(self._sign(query, echo), query.msg_signature)
            return post_xml.clean(self._decrypt(echo.encode())[0])
        check_signature(self._sign(query), query.signature)
        return echo

    def open(self, query: Query, body: bytes) -> "Opened":
        """The message inside a post; `PostRefusedError` when it is not the platform's or cannot be read."""
        query.check_age(self._now(), self._window)
        if len(body) > MAX_BODY:
            raise PostRefusedError("body is too large", 413)
        # The last one: in compatible mode what a follower wrote stands before it, and may look like one.
        encrypted = _ENCRYPT.findall(body)[-1:]
        if encrypted and self._ciphers:
            post_xml.refuse_document_type(body.decode(errors="ignore"))
            sealed = encrypted[0].strip()
            check_signature(self._sign(query, sealed.decode()), query.msg_signature)
            inner, cipher = self._decrypt(sealed)
            return Opened(post_xml.parse(post_xml.clean(inner)), cipher)
        if not self._takes_plain:
            raise PostRefusedError(
                "no encrypted part, although this account has an AES key: see FZBOT_WECHAT_PLAIN", 403
            )
        check_signature(self._sign(query), query.signature)
        if encrypted and b"<MsgType>" not in body:
            raise PostRefusedError("the post is encrypted, but no AES key is configured: set FZBOT_WECHAT_AES_KEY")
        return Opened(post_xml.parse(post_xml.clean(body)), None)

    def seal(self, xml: str, opened: "Opened", nonce: str) -> str:
        """A reply in the form that the post came in."""
        if opened.cipher is None:
            return xml
        timestamp = str(int(self._now()))
        encrypted = opened.cipher.encrypt(xml, self._credentials.app_id).decode()
        signature = sign(self._credentials.token, timestamp, nonce, encrypted)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )

    def _sign(self, query: Query, *more: str) -> str:
        return sign(self._credentials.token, query.timestamp, query.nonce, *more)

    def _decrypt(self, text: bytes) -> tuple[bytes, PrpCrypto]:
        wrong_app = False
        for cipher in self._ciphers:
            try:
                message, app_id = _opened(cipher, text)
            except (ValueError, Base64Error, IndexError, TypeError, struct.error):
                continue  # the other key, if there is one; hostile bytes fail in many ways
            if app_id == self._credentials.app_id.encode():
                return message, cipher
            wrong_app = True
        if wrong_app:
            raise PostRefusedError("wrong app id: FZBOT_WECHAT_APP_ID is another account's", 403)
        raise PostRefusedError("cannot be decrypted: check FZBOT_WECHAT_AES_KEY", 403)


@dataclass(frozen=True)
class Opened:
    """A parsed message and the cipher it came in (None in plain mode)."""

    message: Any
    cipher: PrpCrypto | None


def _cipher(key: str) -> PrpCrypto:
    if not _AES_KEY.fullmatch(key):
        raise ConfigError("EncodingAESKey 应是 43 个字母和数字，请从公众平台“基本配置”里重新复制")
    return PrpCrypto(base64.b64decode(key + "="))


def _opened(cipher: PrpCrypto, text: bytes) -> tuple[bytes, bytes]:
    """The bytes of the message and the AppID: wechatpy's own reading fails where the message is not sound UTF-8."""
    plain = cipher.cipher.decrypt(base64.b64decode(text))
    content = plain[_RANDOM_BYTES : -plain[-1]]
    (size,) = struct.unpack(">I", content[:_SIZE_BYTES])
    return content[_SIZE_BYTES : _SIZE_BYTES + size], content[_SIZE_BYTES + size :]
