from collections.abc import Iterator

import httpx
import pytest

from fzbot.wechat.connections import make_http
from tests.platform.simulated import SimulatedPlatform


@pytest.fixture(scope="session")
def platform_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedPlatform]:
    platform = SimulatedPlatform(tmp_path_factory.mktemp("platform")).start()
    yield platform
    platform.stop()


@pytest.fixture
def simulated(platform_process: SimulatedPlatform) -> SimulatedPlatform:
    """The simulated platform as if just started."""
    platform_process.change(reset=True, kind="service", delay=0, webhook="")
    return platform_process


@pytest.fixture
def http(simulated: SimulatedPlatform) -> Iterator[httpx.Client]:
    with make_http(simulated.url) as client:
        yield client
