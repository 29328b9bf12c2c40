"""The `fzbot` command."""

from pathlib import Path
from typing import Annotated

import typer

from fzbot import clock
from fzbot.knowledge import checks, files, statutes

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
knowledge = typer.Typer(no_args_is_help=True)
app.add_typer(knowledge, name="knowledge")


@app.callback()
def main() -> None: ...


@knowledge.command("check")
def knowledge_check(
    folder: Path = Path("knowledge"),
    statutes_dir: Annotated[Path | None, typer.Option("--statutes")] = None,
    only: Path | None = None,
) -> None:
    base = files.load(folder)
    texts = statutes.read_statutes(statutes_dir) if statutes_dir else {}
    faults = checks.check(base, clock.today(), texts)
    if only:
        faults = [f for f in faults if f.file.resolve().is_relative_to(only.resolve())]
    for fault in faults:
        typer.echo(str(fault))
    typer.echo(f"{len(base.entries)} entries, {len(faults)} faults")
    raise typer.Exit(any(f.severity is files.Severity.ERROR for f in faults))
