"""One process of the engine: loads the model, opens the store, listens."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import sys
from pathlib import Path

import structlog
import uvicorn
import uvloop
from rasa.shared.exceptions import RasaException

from bot import doors, rasa_costs
from bot.action_endpoint import InProcessActions
from bot.agent import EngineAgent, TurnError
from bot.routes import Application
from bot.settings import Settings
from bot.siblings import WorkerSiblings
from bot.tracker_store import SqlTrackerStore, StoreError

logger = logging.getLogger(__name__)


def load(settings: Settings) -> EngineAgent:
    """The agent with model, actions and store.

    Raises:
        SystemExit: one of them is missing or broken; the sentence says which.
    """
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING), cache_logger_on_first_use=True
    )
    rasa_costs.quicken_rasa()
    if not settings.model.is_file():
        sys.exit(f"engine: there is no model at {settings.model}; `make train` makes one")
    try:
        store = SqlTrackerStore(url=settings.tracker_url)
    except StoreError as error:
        sys.exit(f"engine: the database of TRACKER_URL cannot be used: {error}")
    try:
        actions = InProcessActions(settings.actions)
        agent = EngineAgent(store, actions)
        agent.load_model(settings.model)
    except (RasaException, TurnError, ImportError) as error:
        logger.exception("start failed")
        sys.exit(f"engine: the model or the actions cannot be used: {error}")
    try:
        actions.preload()
    except ValueError as error:  # a data file that somebody edited
        sys.exit(f"engine: {error}")
    return agent


def listening_socket(settings: Settings, port: int, shared: bool = False) -> socket.socket:
    """A socket that listens; `shared`: with the other workers, the system deals out the connections.

    Raises:
        SystemExit: the address is taken.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((settings.host, port))
    except OSError as error:
        sys.exit(f"engine: cannot listen on {settings.host}:{port}: {error.strerror}")
    listener.listen(2048)
    listener.setblocking(False)
    return listener


async def serve(settings: Settings, number: int | None = None, folder: Path | None = None) -> int:
    """Serves until TERM or INT; returns the exit code. `number` and `folder`: one of several workers."""
    agent = load(settings)
    siblings = WorkerSiblings(folder, number, settings.workers) if folder is not None and number is not None else None
    application = Application(agent, settings.token, siblings)
    inner = await siblings.listen(application) if siblings is not None else None
    config = uvicorn.Config(
        application,
        http="httptools",
        ws="none",
        loop="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)
    listeners = [listening_socket(settings, settings.port, shared=siblings is not None)]
    if number is not None and siblings is not None:
        listeners.append(listening_socket(settings, doors.ports(settings.port, settings.workers)[number]))
    settle_memory()
    who = "" if number is None else f" (worker {number})"
    logger.info("listening on http://%s:%d%s", settings.host, settings.port, who)
    await server.serve(sockets=listeners)
    if inner is not None:
        inner.close()
    agent.tracker_store.close()
    return 0


def settle_memory() -> None:
    """What was loaded stays: the garbage collector need not look at it again at every full collection."""
    gc.collect()
    gc.freeze()


def run(settings: Settings, number: int | None = None, folder: Path | None = None) -> int:
    """Serves in this process until TERM or INT; returns the exit code."""
    uvloop.install()
    return asyncio.run(serve(settings, number, folder))
