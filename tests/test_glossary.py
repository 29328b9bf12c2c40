"""The glossary names every public class of the domain packages, once, and none that is gone."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = [
    "knowledge",
    "answering",
    "conversation",
    "interactions",
    "notices",
    "curation",
    "handovers",
    "activities",
    "statutes",
    "people",
]


def classes(package: str) -> set[str]:
    return {
        node.name
        for path in (ROOT / "src" / "fzbot" / package).rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }


def test_the_glossary_names_every_class_and_nothing_else() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for package in PACKAGES:
        section = re.search(rf"^## {package}:.*?(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
        assert section, package
        named = set(re.findall(r"^\| (\w+) \| [\u4e00-\u9fff]", section[0], re.MULTILINE)) - {"English"}  # the head
        assert named == classes(package), package
