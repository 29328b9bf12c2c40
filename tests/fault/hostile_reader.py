"""Reads a file as an upload, many times at once: `python -m tests.fault.hostile_reader photo|sheet FILE TIMES`.

Writes, as JSON: what was said to each, by how many bytes the peak of memory grew, seconds of a processor, and the longest time for
which a thread beside them could not run.
"""

import json
import resource
import sys
import threading
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from fzbot.activities import photos, spreadsheet
from fzbot.activities.columns import KNOWN, LedgerContext, activity_fields
from fzbot.errors import LedgerError
from tests.activities.hostile import png
from tests.activities.ledger_keeper import NOW, XLSX_HEADS, xlsx

TICK = 0.002
FIELDS = activity_fields(LedgerContext({"红庄村": 1}, NOW, ("学法",)))


def read_photo(content: bytes) -> None:
    photos.redrawn(BytesIO(content))


def read_sheet(content: bytes) -> None:
    spreadsheet.read(content, FIELDS, KNOWN)


READERS: dict[str, tuple[Callable[[bytes], None], bytes]] = {
    "photo": (read_photo, png(50, 50)),
    "sheet": (read_sheet, xlsx(("2026-01-05", "学法"), heads=XLSX_HEADS)),
}
"""Each with a harmless file, read first so that what is loaded once does not count."""


class Bystander(threading.Thread):
    """Another request: wants to run every few milliseconds."""

    longest = 0.0
    is_over = False

    def run(self) -> None:
        last = time.perf_counter()
        while not self.is_over:
            time.sleep(TICK)
            now = time.perf_counter()
            self.longest = max(self.longest, now - last - TICK)
            last = now


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(kind: str, file: str, times: int) -> None:
    read, harmless = READERS[kind]
    read(harmless)
    content, said = Path(file).read_bytes(), []

    def send() -> None:
        try:
            read(content)
        except LedgerError as error:
            said.append(str(error))
        else:
            said.append("")

    bystander, before, began = Bystander(), peak(), time.process_time()
    bystander.start()
    senders = [threading.Thread(target=send) for _ in range(times)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    seconds = time.process_time() - began
    bystander.is_over = True
    bystander.join()
    sys.stdout.write(json.dumps({"said": said, "grown": peak() - before, "seconds": seconds, "gap": bystander.longest}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
