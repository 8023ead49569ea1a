"""Runs database work of the event loop in a few threads, each with its one connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import close_old_connections

P = ParamSpec("P")
R = TypeVar("R")

_pool = ThreadPoolExecutor(max_workers=settings.WORK_THREADS, thread_name_prefix="desk-work")


async def run(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a synchronous function that uses the database without blocking the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_pool, partial(_call, partial(function, *args, **kwargs)))


def _call(function: Callable[[], R]) -> R:
    close_old_connections()
    try:
        return function()
    finally:
        # PostgreSQL: back into the pool. SQLite: the thread keeps its connection unless it broke.
        close_old_connections()
