"""The simulated platform over HTTP: `/cgi-bin/…` as the platform has it, `/simulated/…` to look in and to change what it does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route

from fzbot.simulation.control_api import ControlApi
from fzbot.simulation.platform import Simulation

CARRIERS = 8
"""How many receipts are under way at once."""


def application(simulation: Simulation) -> Starlette:
    """The simulated platform as a web application."""
    controls = ControlApi(simulation)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(simulation.webhook_sender.carry()) for _ in range(CARRIERS)]
        yield
        for task in tasks:
            task.cancel()

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/cgi-bin/{path:path}", simulation.answer, methods=["GET", "POST"]),
            Route("/simulated/state", controls.state, methods=["GET"]),
            Route("/simulated/fans", controls.fans, methods=["GET", "POST"]),
            Route("/simulated/change", controls.change, methods=["POST"]),
            Route("/simulated/message", controls.message, methods=["POST"]),
            Route("/", controls.page, methods=["GET"]),
        ],
    )
