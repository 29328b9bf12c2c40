from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.notices.town import Town


@pytest.fixture
def town(engine: Engine) -> Iterator[Town]:
    town = Town(engine)
    yield town
    town.pool.shutdown()
