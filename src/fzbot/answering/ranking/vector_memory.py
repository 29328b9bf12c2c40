"""Vectors of the texts that a snapshot was built from, kept on disk: of a changed knowledge base only what is new is read."""

import hashlib
import os
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from fzbot.answering.ranking.sentence_encoder import NETWORK, WEIGHTS, SentenceEncoder
from fzbot.answering.ranking.vectors import Floats


class VectorMemory:
    """An encoder that remembers. What it gives does not depend on what it remembers: vectors are kept with all their bits."""

    def __init__(self, encoder: SentenceEncoder, folder: Path | None) -> None:
        """Remember in a folder, or without one only to the end of the process."""
        self.directions, self.size = encoder.directions, encoder.size
        self._read = encoder.vector
        self._path = folder / f"vectors-{_version()}.npz" if folder else None
        self._before = _kept(self._path) if self._path and self._path.exists() else {}
        self._now: dict[str, Floats] = {}

    def vector(self, text: str) -> Floats:
        """What one text means; of length one."""
        if text not in self._now:
            found = self._before.get(text)
            self._now[text] = self._read(text) if found is None else found
        return self._now[text]

    def write(self) -> None:
        """Keep what was asked for; what no longer was is forgotten. Other versions of the encoder leave nothing behind."""
        if self._path is None or not self._now or self._now.keys() == self._before.keys():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                np.savez(file, texts=np.array(list(self._now)), vectors=np.stack(list(self._now.values())))
            Path(name).replace(self._path)  # whole or not at all, also when two processes build at once
        finally:
            Path(name).unlink(missing_ok=True)
        for old in self._path.parent.glob("vectors-*.npz"):
            if old != self._path:
                old.unlink(missing_ok=True)


def _kept(path: Path) -> dict[str, Floats]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return {}  # gone or damaged: read anew


@lru_cache(maxsize=1)
def _version() -> str:
    digest = hashlib.sha256()
    for path in (NETWORK, WEIGHTS):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
