"""A real Chroma server on loopback, and a proxy before it that asks for a token and breaks when a test says so."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Literal, Self

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

if TYPE_CHECKING:
    from pathlib import Path

# What the script `chroma` runs, without the three seconds in which it imports the rest of Chroma first.
COMMAND = "import sys, chromadb_rust_bindings; chromadb_rust_bindings.cli(['chroma', *sys.argv[1:]])"


class ChromaServer:
    """`chroma run` over a folder, on a port that stays the same when it is killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the server."""
        self.kill()

    def start(self) -> None:
        """Start the server and come back when it answers."""
        place = ["--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", COMMAND, "run", *place], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        Retrying(retry=retry_if_exception_type(httpx.TransportError), wait=wait_fixed(0.05), stop=stop_after_delay(60))(
            httpx.get, f"{self.url}/api/v2/heartbeat", trust_env=False
        )

    def kill(self) -> None:
        """End the server as `kill -9` does."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


Fault = Literal["refuse", "lose the answer"] | int | bytes
"""A request is not taken, its answer gets lost, or it is answered by a page of the proxy's own or by other JSON."""


class Proxy:
    """Hands requests on to a server, with a fault for each as long as there are faults; remembers what it was asked."""

    def __init__(self, server: str, *, token: str | None = None, path: str = "") -> None:
        self.path = path
        self.faults: deque[Fault] = deque()
        self.asked: list[str] = []
        """Methods and the last parts of paths, in order."""
        self._client = httpx.Client(base_url=server, headers={"Content-Type": "application/json"}, trust_env=False)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, self._client, token))
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._http.server_port}{self.path}"

    def __enter__(self) -> Self:
        """Start the proxy."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the proxy."""
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
        self._client.close()


def _handler(proxy: Proxy, client: httpx.Client, token: str | None) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _hand_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            proxy.asked.append(f"{self.command} {self.path.rpartition('/')[2]}")
            fault = proxy.faults.popleft() if proxy.faults else None
            if fault == "refuse":
                return
            if token and self.headers.get("Authorization") != f"Bearer {token}":
                fault = 401
            if not self.path.startswith(f"{proxy.path}/api/"):
                fault = 404
            if isinstance(fault, int):
                self._say(fault, b"<html>the proxy's own page</html>", "text/html")
                return
            if isinstance(fault, bytes):
                self._say(200, fault, "application/json")
                return
            answer = client.request(self.command, self.path.removeprefix(proxy.path), content=body)
            if fault is None:
                self._say(answer.status_code, answer.content, answer.headers.get("Content-Type", ""))

        do_GET = do_POST = do_DELETE = _hand_on  # noqa: N815 - the names are the standard library's

        def _say(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
