"""The touch screens of a village: registered by staff, told by a word that only the device holds, of which a hash is stored.

One word for all screens of a village: a new one shuts the old one out, as when a screen is lost or its link got about.
"""

import hashlib
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from fzbot.people.village import Village


def register(village: Village) -> str:
    """The word for the village's touch screens, to hand over once; one from before is good no longer."""
    word = secrets.token_urlsafe(16)
    village.kiosk_hash = digest(word)
    return word


def close(village: Village) -> None:
    """Register no touch screen of the village's any more."""
    village.kiosk_hash = None


def find(session: Session, word: str) -> Village | None:
    """The village whose touch screen shows the word."""
    return session.scalar(select(Village).where(Village.kiosk_hash == digest(word))) if word else None


def digest(word: str) -> str:
    """What is stored of a word."""
    return hashlib.sha256(word.encode()).hexdigest()
