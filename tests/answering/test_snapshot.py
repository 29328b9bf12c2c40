"""Snapshots decide alike every time, are cached by content, and look things up at a bounded cost."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from fzbot.answering.decision import DecisionKind
from fzbot.answering.explain import explain
from fzbot.answering.ranking import index, matrix
from fzbot.answering.ranking.vectors import Sparse, Vocabulary
from fzbot.answering.snapshot import Snapshot
from fzbot.answering.snapshot_cache import fingerprint
from fzbot.answering.text.tokenise import NOTHING
from fzbot.errors import KnowledgeError


def test_the_same_question_gets_the_same_decision_from_a_snapshot_built_anew(small: Path, tmp_path: Path) -> None:
    first, again = Snapshot.of_folder(small, tmp_path / "a"), Snapshot.of_folder(small, tmp_path / "b")
    for text in ("彩礼怎么退", "欠钱不还", "地让人占了", "谢谢啊", "今天吃什么", ""):
        assert first.decide(text) == again.decide(text)


def test_a_cached_snapshot_decides_as_the_built_one(small: Path, tmp_path: Path) -> None:
    built = Snapshot.of_folder(small, tmp_path)
    assert len(list(tmp_path.glob("snapshot-*.pickle"))) == 1
    assert Snapshot.of_folder(small, tmp_path).decide("彩礼怎么退") == built.decide("彩礼怎么退")


def test_a_torn_cache_is_built_anew(small: Path, tmp_path: Path) -> None:
    kept = tmp_path / f"snapshot-{fingerprint(small)}.pickle"
    kept.write_bytes(b"torn")
    assert Snapshot.of_folder(small, tmp_path).entries
    assert kept.stat().st_size > 1000


def test_a_change_of_the_knowledge_changes_the_fingerprint(small: Path, tmp_path: Path) -> None:
    changed = tmp_path / "knowledge"
    shutil.copytree(small, changed)
    Snapshot.of_folder(changed, tmp_path / "cache")
    before = fingerprint(changed)
    with (changed / "lexicon" / "synonyms.txt").open("a", encoding="utf-8") as file:
        file.write("甲 乙\n")
    assert fingerprint(changed) != before
    Snapshot.of_folder(changed, tmp_path / "cache")
    assert {path.name for path in (tmp_path / "cache").glob("snapshot-*")} == {
        f"snapshot-{one}.pickle" for one in (before, fingerprint(changed))
    }


def test_a_faulty_base_is_refused(small: Path, tmp_path: Path) -> None:
    faulty = tmp_path / "knowledge"
    shutil.copytree(small, faulty)
    (faulty / "entries" / "chat" / "more.yaml").write_text("entries: [{id: x}]", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"more\.yaml"):
        Snapshot.of_folder(faulty, tmp_path / "cache")


@pytest.mark.parametrize("text", ["", " ", "？？？", "😀", "a", "1234567890" * 50, "长" * 5000])
def test_odd_input_gets_a_decision(snapshot: Snapshot, text: str) -> None:
    decision = snapshot.decide(text)
    assert decision.kind in {DecisionKind.UNKNOWN, DecisionKind.SUGGEST, DecisionKind.CHAT}


def test_probabilities_with_none_of_them_sum_to_one(snapshot: Snapshot) -> None:
    ranking = snapshot.rank(snapshot.normalise("老板不给工钱"))
    assert sum(found.probability for found in ranking.candidates) + ranking.none == pytest.approx(1)
    chances = [found.probability for found in ranking.candidates]
    assert chances == sorted(chances, reverse=True)


def test_every_entry_answers_its_own_title(snapshot: Snapshot) -> None:
    missed = []
    for entry in snapshot.entries.values():
        candidates = snapshot.decide(entry.title).candidates
        if entry.id not in [candidate.entry.id for candidate in candidates[:2]]:
            missed.append(entry.id)
    assert missed == []


def test_an_explanation_names_the_alarm(snapshot: Snapshot) -> None:
    assert "channel.crisis" in explain(snapshot, "我不想活了").text


def test_a_matrix_multiplies_like_a_dense_one() -> None:
    chance = np.random.default_rng(0)
    dense = chance.random((6, 4)).astype(np.float16).astype(np.float32) * (chance.random((6, 4)) < 0.5)
    rows, columns = np.nonzero(dense)
    sparse = matrix.from_triples(rows.astype(np.int32), columns.astype(np.int32), dense[rows, columns], (6, 4))
    vector = Sparse(np.array([0, 2, 5], np.int32), np.array([1.0, 0.5, 2.0], np.float32))
    assert sparse.times(vector) == pytest.approx(vector.values @ dense[vector.ids], abs=1e-5)
    assert sparse.times(Sparse(np.zeros(0, np.int32), np.zeros(0, np.float32))).tolist() == [0, 0, 0, 0]


def test_a_matrix_with_full_rows_multiplies_like_a_dense_one_to_eight_bits() -> None:
    chance = np.random.default_rng(0)
    dense = chance.random((40, 64)).astype(np.float32)
    dense[10:] *= chance.random((30, 64)) < 1 / (2 * matrix.FULL)
    rows, columns = np.nonzero(dense)
    both = matrix.mixed(rows.astype(np.int32), columns.astype(np.int32), dense[rows, columns], (40, 64))
    assert len(both.whole.values) >= 10
    assert len(both.rest.weights) > 0
    for ids in ([0, 3, 20, 39], [1, 2], [30, 31], []):
        vector = Sparse(np.array(ids, np.int32), np.linspace(0.5, 2, len(ids), dtype=np.float32))
        assert both.times(vector) == pytest.approx(vector.values @ dense[vector.ids], abs=0.02)


def test_postings_are_bounded_and_the_nearest_come_first() -> None:
    documents = [NOTHING._replace(words={"共": 1.0, f"词{n % 7}": 1.0, f"独{n}": 1.0}) for n in range(500)]
    vocabulary = Vocabulary(documents)
    built = index.build([vocabulary.vector(document) for document in documents], len(vocabulary))
    assert np.diff(built.postings.starts).max() == index.POSTINGS
    nearest, closeness = built.nearest(vocabulary.vector(documents[123]), 5)
    assert nearest[0] == 123
    assert closeness.tolist() == sorted(closeness.tolist(), reverse=True)
