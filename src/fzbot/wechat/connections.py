"""The connections to the platform: which proxy they take, and whether a call that failed had been sent.

Of the environment's proxies only one for the platform's own scheme (`HTTPS_PROXY`), or else `ALL_PROXY`, is taken, and only
if it speaks HTTP; `NO_PROXY` may name hosts to be reached without. Anything else there is left alone, and said in the log.
"""

import logging
import time
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import httpx

from fzbot.errors import ConfigError, PlatformUnclearError

log = logging.getLogger(__name__)

API_BASE = "https://api.weixin.qq.com"
TIMEOUT = httpx.Timeout(8.0, connect=3.0)
BODY_SECONDS = 10.0
MOST_BYTES = 1 << 20
"""How long an answer may take to come in, and how large it may be."""

# httpx writes the whole address of each call to its log, and ours carry the token.
logging.getLogger("httpx").setLevel(logging.WARNING)


def make_http(base: str = API_BASE) -> httpx.Client:
    """The connections to the platform, shared by all accounts; `ConfigError` for a base that is no address."""
    options = {"timeout": TIMEOUT, "limits": httpx.Limits(max_connections=64)}
    verify = httpx.create_ssl_context()  # SSL_CERT_FILE and SSL_CERT_DIR stay in force
    try:
        return httpx.Client(base_url=base, proxy=proxy_for(base), verify=verify, trust_env=False, **options)  # type: ignore[arg-type]
    except (ValueError, httpx.InvalidURL) as error:
        raise ConfigError("FZBOT_WECHAT_API_BASE 不是网址") from error


def proxy_for(base: str) -> httpx.Proxy | None:
    """The proxy that the environment names for an address; None for a direct connection."""
    address, named = urlsplit(base), getproxies_environment()
    chosen = named.get(address.scheme) or named.get("all")
    if not chosen or proxy_bypass(address.hostname or "", named):
        return None
    try:
        proxy = httpx.Proxy(chosen if "://" in chosen else f"http://{chosen}")
    except (ValueError, httpx.InvalidURL) as error:
        log.warning("the proxy in the environment is no address (%s): the platform is called directly", error)
        return None
    if proxy.url.scheme not in {"http", "https"}:
        log.warning("a %s proxy in the environment is not used: the platform is called directly", proxy.url.scheme)
        return None
    return proxy


class Exchange:
    """One call and its answer. `is_sent` tells, also after an error, whether anything of the call itself went out."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self.is_sent = False

    def run(self, method: str, path: str, **sent: object) -> tuple[int, bytes]:
        """The status and body of the answer; `httpx.HTTPError`, or `PlatformUnclearError` for one without an end."""
        extensions = {"trace": self._note}
        with self._http.stream(method, path, extensions=extensions, **sent) as response:  # type: ignore[arg-type]
            return response.status_code, _body(response)

    def _note(self, event: str, info: dict[str, object]) -> None:
        # A proxy is first asked for a tunnel, by a request of its own that says nothing of the call.
        if event.endswith("send_request_headers.started"):
            self.is_sent = self.is_sent or getattr(info.get("request"), "method", b"") != b"CONNECT"


def _body(response: httpx.Response) -> bytes:
    ends, content = time.monotonic() + BODY_SECONDS, b""
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > MOST_BYTES or time.monotonic() > ends:
            raise PlatformUnclearError("微信平台的回话没完没了")
    return content
