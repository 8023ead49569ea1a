"""The desk behind nginx with deploy/nginx.conf: TLS, live streams, and nothing inner in public."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.desk.served import Process, make_desk, running, wait_until
from tests.serving import ROOT, free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


def _own_configuration(folder: Path, desk: int, plain: int, tls: int) -> Path:
    """The shipped file with this test's ports, name and certificate, inside a minimal nginx."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "cert.pem"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    site = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for shipped, own in {
        "server 127.0.0.1:8000": f"server 127.0.0.1:{desk}",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{tls} ssl http2;",
        "listen [::]:443 ssl http2;": "",
        "/etc/ssl/desk.example.jp/fullchain.pem": str(folder / "cert.pem"),
        "/etc/ssl/desk.example.jp/privkey.pem": str(folder / "key.pem"),
        "server_name desk.example.jp;": "server_name localhost;",
        "        allow 127.0.0.1;\n        allow ::1;\n": "",
    }.items():
        assert shipped in site, shipped
        site = site.replace(shipped, own)
    main = folder / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {folder / kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main.write_text(
        f"daemon off;\nmaster_process off;\npid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{site}\n}}\n",
        encoding="utf-8",
    )
    return main


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, engine: Process) -> Iterator[tuple[str, str]]:
    """The plain and the secure address of a desk behind nginx."""
    folder = tmp_path_factory.mktemp("nginx")
    plain, tls = free_port(), free_port()
    desk = make_desk(
        folder, engine.url, PUBLIC_URL=f"https://localhost:{tls}", TRUSTED_PROXIES="127.0.0.1", METRICS_TOKEN=""
    )
    configuration = _own_configuration(folder, desk.port, plain, tls)
    with running(desk):
        server = subprocess.Popen(
            [str(NGINX), "-c", str(configuration), "-p", str(folder)], env={**os.environ}, stderr=subprocess.DEVNULL
        )
        try:
            with httpx.Client(verify=False, trust_env=False) as client:  # noqa: S501 - our own certificate

                def up() -> bool:
                    try:
                        return client.get(f"https://127.0.0.1:{tls}/healthz").status_code == 200
                    except httpx.TransportError:
                        return False

                wait_until(up, what="nginx")
            yield f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}"
        finally:
            server.terminate()
            server.wait(20)


def test_a_conversation_runs_live_through_the_proxy(site: tuple[str, str]) -> None:
    with httpx.Client(base_url=site[1], verify=False, trust_env=False, timeout=20) as client:  # noqa: S501
        opened = client.post("/api/chat/sessions", json={"consent": True, "consent_version": "1"}).json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        with client.stream("GET", "/api/chat/events?after=0", headers=headers) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = stream.iter_lines()
            # What comes before the first answer is read; then a line is sent and has to come at once, unbuffered.
            while "greeting" not in next(lines):
                pass
            started = time.monotonic()
            body = {"id": "11111111-2222-4333-8444-555555555555", "text": "とどきますか"}
            assert client.post("/api/chat/messages", json=body, headers=headers).status_code == 202
            while "とどきますか" not in next(lines):
                pass
            assert time.monotonic() - started < 5


def test_plain_http_is_sent_to_tls_and_figures_stay_inside(site: tuple[str, str]) -> None:
    with httpx.Client(verify=False, trust_env=False) as client:  # noqa: S501
        moved = client.get(f"{site[0]}/desk/")
        assert moved.status_code == 301
        assert moved.headers["location"].startswith("https://")
        assert client.get(f"{site[1]}/metrics").status_code in {403, 404}
        page = client.get(f"{site[1]}/desk/login/")
        assert page.status_code == 200
        assert "Secure" in page.headers["set-cookie"]
        assert "max-age" in page.headers["strict-transport-security"]
