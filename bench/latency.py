"""Match time, memory and build time with 1,000, 10,000 and 100,000 questions, beside two full scans.

    python -m bench.latency [--sizes 1000 10000 100000]

The knowledge base is grown as staff grow it: new wordings of the same needs, made by putting other people, sums, times,
endings and synonyms into the entries' questions and by joining two of them; none is a copy. fzbot's cache of
decisions is bypassed, every query is decided anew, alarms included.
"""

import argparse
import dataclasses
import multiprocessing
import random
import resource
import time
from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz import fuzz, process

from bench.questions import DEV, read
from fzbot.answering.snapshot import Content, Snapshot
from fzbot.knowledge import files, lexicon
from fzbot.knowledge.entry import Entry
from fzbot.knowledge.topics import Topics
from fzbot.settings import shipped_knowledge

LEADS = ["我邻居", "我二叔家", "村上有人", "去年", "我妈说", "上个月", "家里老人", "朋友", "前几年", "我在外打工，"]
TAILS = ["该找谁", "咋办呢", "要花多少钱", "有啥说法", "能不能管", "怎么处理才好", "想问清楚", "多久能办好"]
BM25_K, BM25_B = 1.2, 0.75


def main() -> None:
    """Each size in a process of its own, so that memory is its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", nargs="+", type=int, default=[1000, 10_000, 100_000])
    sizes = parser.parse_args().sizes
    heads = ("questions", "who", "p50 ms", "p99 ms", "ratio p50", "build s", "memory MB")
    print("".join(f"{head:>14}" for head in heads))
    context = multiprocessing.get_context("spawn")
    for size in sizes:
        with context.Pool(1) as pool:
            rows = pool.apply(measure, (size,))
        first = rows[0][1]
        for name, p50, p99, build, memory in rows:
            print(f"{size:>14}{name:>14}{p50:14.3f}{p99:14.3f}{p50 / first:14.1f}{build:14.1f}{memory:14.0f}")


def measure(size: int) -> list[tuple[str, float, float, float, float]]:
    """Rows of (who, p50, p99, build seconds, resident MB) at one size."""
    folder = shipped_knowledge()
    base = files.load(folder)
    entries = grown(base.entries, size, lexicon.load(folder / "lexicon").synonyms)
    content = Content(
        dataclasses.replace(base, entries=entries),
        lexicon.load(folder / "lexicon"),
        files.read_model(folder / "topics.yaml", Topics),
    )
    started = time.perf_counter()
    snapshot = Snapshot(content)
    built = time.perf_counter() - started
    queries = [question.text for question in read(DEV)] if DEV.exists() else list(base.entries[0].questions)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = [("fzbot", *timed(snapshot.decide.__wrapped__, queries), built, memory)]
    texts = [snapshot.normalise(text).text for entry in entries for text in entry.questions]
    few = queries[:60]
    rows.append(("extractOne", *timed(lambda text: process.extractOne(text, texts, scorer=fuzz.WRatio), few), 0.0, 0.0))
    scan, built = bm25(snapshot, texts)
    rows.append(("BM25 scan", *timed(scan, few), built, 0.0))
    return rows


def timed(work: Callable[[str], object], queries: Sequence[str]) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds, after warming up."""
    for query in queries[:20]:
        work(query)
    taken = []
    for query in queries:
        started = time.perf_counter()
        work(query)
        taken.append((time.perf_counter() - started) * 1000)
    p50, p99 = np.percentile(taken, [50, 99])
    return float(p50), float(p99)


def grown(entries: Sequence[Entry], size: int, synonyms: Sequence[tuple[str, ...]]) -> tuple[Entry, ...]:
    """The entries with about `size` questions in all."""
    chance = random.Random(1)
    each = max(1, size // len(entries))
    variants = {word: group for group in synonyms for word in group if len(word) > 1}
    return tuple(
        entry.model_copy(update={"questions": tuple(_grow(entry.questions, each, chance, variants))})
        for entry in entries
    )


def _grow(
    questions: Sequence[str], count: int, chance: random.Random, variants: dict[str, tuple[str, ...]]
) -> list[str]:
    found = dict.fromkeys(questions[:count])
    while len(found) < count:
        text = chance.choice(questions)
        for word in [word for word in variants if word in text][:3]:
            text = text.replace(word, chance.choice(variants[word]), 1)
        if chance.random() < 0.4:
            text = f"{text}，{chance.choice(questions)}"
        if chance.random() < 0.7:
            text = chance.choice(LEADS) + text
        if chance.random() < 0.7:
            text = f"{text}{chance.randint(1, 90)}{chance.choice(['天', '年', '万'])}，{chance.choice(TAILS)}"
        found[text] = None
    return list(found)


def bm25(snapshot: Snapshot, texts: Sequence[str]) -> tuple[Callable[[str], object], float]:
    """A full BM25 scan over jieba words in plain Python, document by document."""
    started = time.perf_counter()
    documents = [snapshot.tokeniser.words(text) for text in texts]
    counts = [{word: words.count(word) for word in words} for words in documents]
    lengths = [len(words) for words in documents]
    average = sum(lengths) / len(lengths)
    frequency: dict[str, int] = {}
    for document in counts:
        for word in document:
            frequency[word] = frequency.get(word, 0) + 1
    built = time.perf_counter() - started

    def scan(text: str) -> float:
        words = [
            (word, np.log(1 + len(texts) / frequency[word]))
            for word in snapshot.tokeniser.words(text)
            if word in frequency
        ]
        best = 0.0
        for document, length in zip(counts, lengths, strict=True):
            norm = BM25_K * (1 - BM25_B + BM25_B * length / average)
            score = sum(
                idf * document[word] * (BM25_K + 1) / (document[word] + norm) for word, idf in words if word in document
            )
            best = max(best, score)
        return best

    return scan, built


if __name__ == "__main__":
    main()
