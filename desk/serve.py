"""Serves the desk with uvicorn: `python -m desk.serve`. Streams end before the server waits for connections."""

from __future__ import annotations

import asyncio
import socket

import uvicorn

from desk import environment
from desk.asgi import application


class Server(uvicorn.Server):
    """uvicorn, which on stopping first sends the event streams away."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then stop as uvicorn does."""
        application.hub.end_all()
        await super().shutdown(sockets)


def main() -> None:
    """Serve on HOST and PORT until TERM or INT."""
    config = uvicorn.Config(
        application,
        host=environment.text("HOST", "127.0.0.1"),
        port=environment.number("PORT", 8000),
        log_config=None,
        access_log=False,
        lifespan="on",
        ws="none",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=8,
        timeout_keep_alive=20,
        backlog=2048,
        h11_max_incomplete_event_size=65536,
    )
    asyncio.run(Server(config).serve(), loop_factory=config.get_loop_factory())


if __name__ == "__main__":
    main()
