"""`fzbot worker`: sends notices, as a process of its own."""

import signal

from fzbot import bootstrap, outgoing
from fzbot.commands import waiting
from fzbot.people.sealing import Sealer
from fzbot.runtime import heartbeats, logs
from fzbot.settings import Settings


def work(settings: Settings) -> None:
    """Send what is due until stopped by SIGTERM or SIGINT; the wave under way is finished first."""
    logs.configure()
    waiting.prepare_database(settings)
    engine = bootstrap.open_engine(settings)
    out = outgoing.open_outgoing(settings, engine, Sealer(settings.secret()))
    heartbeats.RUNNING.keep_in(settings.data_dir / heartbeats.FOLDER)
    worker = out.worker()
    worker.start()
    print("fzbot worker 已启动，Ctrl+C 停止", flush=True)  # noqa: T201 - said to the person who started it
    for number in (signal.SIGTERM, signal.SIGINT):  # started in the background by a shell, SIGINT would be ignored
        signal.signal(number, signal.default_int_handler)
    try:
        worker.wait()
    except KeyboardInterrupt:
        worker.close()
    finally:
        out.close()
        engine.dispose()
