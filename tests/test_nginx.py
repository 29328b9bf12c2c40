"""`deploy/nginx.conf` in a real nginx: what it logs, hands on, refuses and hides. Skipped where no nginx is installed."""

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fzbot import clock
from fzbot.console.app import LARGEST_UPLOAD
from fzbot.web.body_limit import FORM, MEGABYTE
from tests.servers import free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CONFIG = Path(__file__).parents[1] / "deploy" / "nginx.conf"
SECRETS = {"signature": "5ec7e7516", "openid": "oSECRETopenid", "timestamp": "1764547200"}
FRAME = """
user root; daemon off; pid {folder}/pid; error_log {folder}/main.log warn;
events {{ worker_connections 64; }}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; access_log off;
  include {folder}/fzbot.conf;
}}
"""

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not on this machine")


@dataclass
class Front:
    """nginx over an upstream that remembers what it got and says how much that was."""

    folder: Path
    port: int
    plain_port: int
    upstream: ThreadingHTTPServer
    seen: list[dict[str, str]]

    def ask(self, method: str, path: str, **more: object) -> httpx.Response:
        with httpx.Client(verify=False, trust_env=False, http2=False) as http:  # noqa: S501 - a certificate of its own
            return http.request(method, f"https://127.0.0.1:{self.port}{path}", **more)  # type: ignore[arg-type]

    def says_it_sends(self, path: str, size: int) -> int:
        """The status for a body that is announced and does not come."""
        connection = HTTPSConnection("127.0.0.1", self.port, context=ssl._create_unverified_context(), timeout=5)  # noqa: S323
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        status = connection.getresponse().status
        connection.close()
        return status

    def is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def logged(self) -> str:
        return "".join(path.read_text(encoding="utf-8") for path in self.folder.glob("*.log"))


def upstream(seen: list[dict[str, str]]) -> ThreadingHTTPServer:
    class Remember(BaseHTTPRequestHandler):
        def answer(self) -> None:
            seen.append(dict(self.headers))
            size = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            content = f"{self.path} {size}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Request-Id", "number-of-the-request")
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Remember)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fz.example.gov.cn")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(clock.now()).not_valid_after(clock.now() + timedelta(days=1))
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    certificate = made.sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def adapted(folder: Path, port: int, plain_port: int, upstream_port: int) -> str:
    """The configuration as shipped, with ports and folders of a test."""
    config = CONFIG.read_text(encoding="utf-8")
    for shipped, here in (
        ("listen 80;", f"listen 127.0.0.1:{plain_port};"),
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("server fzbot:8000;", f"server 127.0.0.1:{upstream_port};"),
        ("/etc/nginx/certificates/", f"{folder}/"),
        ("/var/log/nginx/", f"{folder}/"),
    ):
        assert shipped in config
        config = config.replace(shipped, here)
    return config


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    seen: list[dict[str, str]] = []
    made = Front(tmp_path, free_port(), free_port(), upstream(seen), seen)
    make_certificate(tmp_path)
    shipped = adapted(tmp_path, made.port, made.plain_port, made.upstream.server_port)
    (tmp_path / "fzbot.conf").write_text(shipped, encoding="utf-8")
    (tmp_path / "nginx.conf").write_text(FRAME.format(folder=tmp_path), encoding="utf-8")
    command = [str(NGINX), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "main.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until(made.is_listening)
        yield made
    finally:
        process.terminate()
        process.wait(timeout=10)
        made.upstream.shutdown()
        made.upstream.server_close()


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_neither_openid_nor_signature_nor_referrer_is_logged(front: Front) -> None:
    referrer = {"Referer": "https://fz.example.gov.cn/console/messages?name=wangxiaoming"}
    assert front.ask("POST", "/wechat/town", params=SECRETS, headers=referrer, content=b"x").status_code == 200
    assert front.ask("GET", "/kiosk", params={"v": "oSECRETscene"}, headers=referrer).status_code == 200
    assert front.ask("POST", "/wechat", params=SECRETS, content=b"x" * (FORM + 1)).status_code == 413
    with httpx.Client(trust_env=False) as http:
        assert http.get(f"http://127.0.0.1:{front.plain_port}/wechat", params=SECRETS).status_code == 301
    until(lambda: "301" in front.logged)
    assert '"POST /wechat/town HTTP/1.1" 200' in front.logged
    assert "request=number-of-the-request" in front.logged
    assert not re.search("SECRET|5ec7e7516|1764547200|wangxiaoming|console/messages", front.logged)


def test_what_fails_is_seen_without_them_too(front: Front) -> None:
    """nginx writes the whole request into its error log when fzbot does not answer, unless it is told not to."""
    front.upstream.shutdown()
    front.upstream.server_close()
    for path in ("/wechat", "/kiosk"):
        assert front.ask("POST", path, params=SECRETS, headers={"Referer": "https://x/?SECRET"}).status_code == 502
    until(lambda: '"POST /kiosk HTTP/1.1" 502' in front.logged)
    assert not re.search("SECRET|5ec7e7516|1764547200", front.logged)


def test_the_address_is_passed_on_and_cannot_be_forged(front: Front) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
    front.ask("GET", "/console/sign-in", headers=forged)
    assert [front.seen[0][name] for name in ("X-Forwarded-For", "X-Forwarded-Proto")] == ["127.0.0.1", "https"]


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/openapi.json", "/api/v1/openapi.json", "/api/v1/docs"])
@pytest.mark.parametrize("way", ["{}", "{}/", "/{}", "{}?x=1", "/a/..{}"])
def test_what_is_for_the_own_network_is_not_shown(front: Front, path: str, way: str) -> None:
    assert front.ask("GET", way.format(path)).status_code == 403
    assert front.seen == []


@pytest.mark.parametrize(
    "path", ["/", "/a/x", "/api/v1/stats", "/console/", "/privacy", "/healthz", "/assets/site.css"]
)
def test_what_is_for_everybody_is(front: Front, path: str) -> None:
    assert front.ask("GET", path).text == f"{path} 0"


@pytest.mark.parametrize("path", ["/wechat", "/kiosk/messages", "/console/sign-in"])
def test_bodies_have_the_applications_limits(front: Front, path: str) -> None:
    assert front.ask("POST", path, content=b"x" * FORM).text.endswith(f" {FORM}")
    assert front.ask("POST", path, content=b"x" * (FORM + 1)).status_code == 413


def test_photos_have_the_applications_limit(front: Front) -> None:
    assert front.ask("POST", "/console/ledger", content=b"x" * MEGABYTE).text.endswith(f" {MEGABYTE}")
    assert front.says_it_sends("/console/ledger", LARGEST_UPLOAD + 1) == 413
