"""Raw text is kept only so long; what was counted stays counted."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, or_, select, update

from fzbot.clock import china_day
from fzbot.db import writing
from fzbot.interactions.interaction import THESE, Interaction, these

BATCH = 1000


def erase_old_text(engine: Engine, now: datetime, days: int) -> int:
    """Empty questions and replies older than `days`, batch by batch; what the rollups lack is left for later.

    May be stopped and started again at any time. Returns how many rows were emptied.
    """
    limit = china_day(now - timedelta(days=days))
    old = (
        select(Interaction.id, Interaction.day)
        .where(
            Interaction.day < limit,
            Interaction.counted,
            or_(Interaction.question.is_not(None), Interaction.reply != ""),
        )
        .order_by(Interaction.id)
        .limit(BATCH)
    )
    emptied = (
        update(Interaction).where(THESE).values(question=None, reply="").execution_options(synchronize_session=False)
    )
    total = 0
    while True:
        with writing(engine) as session:
            rows = session.execute(old).all()
            if rows:
                session.execute(emptied, these(rows))
        total += len(rows)
        if len(rows) < BATCH:
            return total
