"""Give entries that the shipped encoder does not know their embeddings, so that a first start need not learn them.

    python -m bench.new_entries

Learned as a snapshot learns them (`entry_embeddings.train`), the others standing still; kept with eight bits a number.
"""

import numpy as np

from fzbot.answering.ranking import entry_embeddings
from fzbot.answering.ranking.matrix import Rows
from fzbot.answering.ranking.sentence_encoder import WEIGHTS, SentenceEncoder
from fzbot.answering.text.normalise import Normaliser
from fzbot.knowledge import files, lexicon
from fzbot.settings import shipped_knowledge


def main() -> None:
    """Learn them and write the package's file anew."""
    folder = shipped_knowledge()
    base = files.load_sound(folder)
    encoder, normalise = SentenceEncoder.shipped(), Normaliser(lexicon.load(folder / "lexicon"))
    ids = [entry.id for entry in base.entries]
    known, new = entry_embeddings.align(ids, encoder.directions, encoder.size)
    print(f"{len(ids)} entries, {len(new)} of them new")
    texts = [(number, text) for number, entry in enumerate(base.entries) for text in (entry.title, *entry.questions)]
    vectors = encoder.encode([normalise(text).text for _, text in texts])
    classes = np.array([number for number, _ in texts], np.int32)
    rows = entry_embeddings.train(known, new, vectors, classes) if new else known
    with np.load(WEIGHTS, allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    packed = Rows.of(rows)
    arrays |= {"directions": packed.values, "directions.scale": packed.scales[:, None]}
    arrays["entries"] = np.array("\n".join(ids))
    np.savez_compressed(WEIGHTS, **arrays)


if __name__ == "__main__":
    main()
