"""Two replicas of the app behind nginx on this machine, with the very configuration that deploy/ has for it."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.driver import ROOT, Server, serve

NAME = "localhost"
REPLICAS = ("one", "two")


@dataclass(frozen=True)
class Site:
    """Where the proxy listens, and the replicas behind it by name."""

    http: str
    https: str
    certificate: Path
    replicas: dict[str, Server]
    log: Path

    def trusting(self) -> ssl.SSLContext:
        """What a client needs to trust the site's own certificate, and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))


def nginx_path() -> str:
    """Where nginx is. Raises RuntimeError with what to install."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise RuntimeError(
            "nginx is not installed, and the tests of deploy/ need it: run `sudo apt-get install nginx-light` "
            "(or `./vink test` as root, which installs it) and start the tests again."
        )
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configured(folder: Path, http: int, https: int, replicas: dict[str, Server]) -> Path:
    """deploy/nginx/nginx.conf with this machine's names, ports and folders put in. Each must stand in it."""
    text = (ROOT / "deploy" / "nginx" / "nginx.conf").read_text(encoding="utf-8")
    here = {
        "vink.example.dk": NAME,
        "listen 8080": f"listen 127.0.0.1:{http}",
        "listen 8443": f"listen 127.0.0.1:{https}",
        "replica-1:8501": replicas["one"].url.removeprefix("http://"),
        "replica-2:8501": replicas["two"].url.removeprefix("http://"),
        "/etc/nginx/tls/": f"{folder}/",
        "/etc/nginx/pages": f'"{ROOT}/deploy/nginx/pages"',  # a path may hold a space
        "/tmp/": f"{folder}/",
        "/run/nginx.pid": f"{folder}/nginx.pid",
        "/dev/stdout": f"{folder}/access.log",
        "worker_processes auto": "worker_processes 1",
        "worker_rlimit_nofile 8192;": "",
    }
    assert [theirs for theirs in here if theirs not in text] == []
    file = folder / "nginx.conf"
    anywhere = "|".join(map(re.escape, here))
    file.write_text(re.sub(anywhere, lambda found: here[found[0]], text), encoding="utf-8")
    return file


def certify(folder: Path) -> Path:
    """A certificate for this machine that nobody else knows of."""
    certificate = folder / "tls.crt"
    command = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN={NAME}"
    files = ["-keyout", str(folder / "tls.key"), "-out", str(certificate)]
    names = ["-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1"]
    subprocess.run([*command.split(), *files, *names], check=True, capture_output=True)
    return certificate


@contextmanager
def proxied(releases: Path, folder: Path) -> Iterator[Site]:
    """nginx and two replicas over a folder of releases, until the end of `with`. Ends only what it started."""
    binary = nginx_path()
    with ExitStack() as stack:
        secret = {"STREAMLIT_SERVER_COOKIE_SECRET": "the same for both"}
        served = {
            name: serve(releases, folder / f"{name}.log", env={"VINK_REPLICA": name} | secret) for name in REPLICAS
        }
        with ThreadPoolExecutor() as pool:
            running: list[Server] = list(pool.map(stack.enter_context, served.values()))
        replicas = dict(zip(served, running, strict=True))
        certificate = certify(folder)
        http, https = free_port(), free_port()
        file = configured(folder, http, https, replicas)
        command = [binary, "-p", str(folder), "-c", str(file)]
        orders = "daemon off;" + (" user root;" if os.getuid() == 0 else "")
        with (folder / "nginx.log").open("wb") as out:
            process = subprocess.Popen(
                [*command, "-g", orders], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )
        try:
            _wait(f"http://127.0.0.1:{http}/alive", process, folder / "nginx.log")
            yield Site(f"http://{NAME}:{http}", f"https://{NAME}:{https}", certificate, replicas, folder / "access.log")
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"nginx ended at once:\n{log.read_text('utf-8')}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"nginx did not answer:\n{log.read_text('utf-8')}")
