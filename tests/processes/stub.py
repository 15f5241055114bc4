"""An application that stands in for gateway.app in the tests of the processes: a line echo server, real sockets.

A client gets the worker's number and process id as a greeting, and each line back; `hold` is answered after a while, so
that a test can have something in flight; `block` stops the event loop. The contact
`slow` takes its time to come in force.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time

from gateway import metrics
from gateway.config import Settings
from gateway.errors import StartError


class App:
    def __init__(self, settings: Settings, worker: int, sockets: dict[str, socket.socket]) -> None:
        self.settings, self.worker, self.sockets = settings, worker, sockets
        self.servers: dict[str, tuple[socket.socket, asyncio.Server]] = {}
        self.writers: dict[asyncio.StreamWriter, bool] = {}

    async def start(self) -> None:
        if self.settings.gateway.contact == "refuse":
            raise StartError("the stub was told to refuse")
        if self.settings.gateway.contact == "crash":
            raise RuntimeError("the stub was told to crash")
        await self._serve()

    async def _serve(self) -> None:
        for name, (sock, server) in list(self.servers.items()):
            if self.sockets.get(name) is not sock:
                server.close()
                del self.servers[name]
        for name, sock in self.sockets.items():
            if name not in self.servers:
                self.servers[name] = (sock, await asyncio.start_server(self._client(name), sock=sock))

    def _client(self, name: str):
        counts = metrics.ListenerMetrics(name)

        async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            counts.connected()
            self.writers[writer] = False
            writer.write(f"{self.worker} {os.getpid()} {self.settings.gateway.contact}\n".encode())
            try:
                while line := await reader.readline():
                    self.writers[writer] = True
                    if line.startswith(b"hold"):
                        await asyncio.sleep(float(line.split()[1]))
                    if line.startswith(b"block"):
                        time.sleep(float(line.split()[1]))
                    counts.message("accept", len(line), 0.001, 0.001, 0.0, 0.002)
                    writer.write(line)
                    self.writers[writer] = False
            except (ConnectionError, asyncio.CancelledError):
                pass
            finally:
                counts.disconnected()
                self.writers.pop(writer, None)
                writer.close()

        return client

    async def reload(self, settings: Settings) -> None:
        if settings.gateway.contact == "refuse":
            raise StartError("the stub was told to refuse")
        if settings.gateway.contact == "crash":
            raise RuntimeError("the stub was told to crash")
        if settings.gateway.contact == "slow":
            await asyncio.sleep(4)
        self.settings = settings
        await self._serve()

    async def drain(self, timeout: float) -> None:
        for _, server in self.servers.values():
            server.close()
        end = time.monotonic() + timeout
        for writer, busy in list(self.writers.items()):
            if not busy:
                writer.write(b"421 closing\n")
                writer.close()
        while any(self.writers.values()) and time.monotonic() < end:
            await asyncio.sleep(0.01)

    async def ready(self) -> dict[str, str]:
        contact = self.settings.gateway.contact
        return {"upstream": "no upstream answers" if contact == "unready" else "", "journal": ""}
