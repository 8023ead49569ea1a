"""How texts are compared here: their runs of letters, the mean vector of their words, and their vectors as sentences.

`make train` keeps the sentence vectors in models/knowledge; a text written since is encoded when first needed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from sudachipy import Tokenizer

from actions.knowledge import search
from actions.knowledge.model import FOLDER
from actions.knowledge.search import spell
from bot import kernel
from bot.kernel import Shares
from bot.nlu import linear, sentences, tokenizer, vectors
from bot.nlu import normalise as normaliser
from bot.nlu.linear import Example, Floats
from bot.nlu.normalise import normalise
from bot.nlu.sentences import SIZE, VERSION, shared
from bot.nlu.tokenizer import Words, fingerprint

# Beside the model of the language understanding.
KEPT: Final = FOLDER.parents[1] / "models" / "knowledge"
# How much letters, words and meaning count, and single things beside pairs of them. Chosen by leaving out one of four
# hands after the other (docs/nlu.md).
SHARES: Final = Shares((0.52,), 0.63, 0.58, single=0.3)
_LONGEST_GRAM: Final = 4
# Characters; of a longer story the end asks.
LONGEST: Final = 120
# Parts of speech that say nothing of the matter.
_EMPTY: Final = frozenset({"助詞", "助動詞", "補助記号", "空白"})
_VECTORS: Final = "vectors.npz"
_STAMP: Final = "inputs"


def look(text: str, sentence: Floats) -> Example:
    """A text as it is compared."""
    text = text[-LONGEST:]
    known = vectors.serving()
    words = [
        known.vector(word.normalized_form())
        for word in _tokenizer(tokenizer.serving()).tokenize(normalise(text).text)
        if word.part_of_speech()[0] not in _EMPTY
    ]
    mean = vectors.mean_of_known(np.stack(words)) if words else np.zeros(known.size, np.float32)
    return Example([list(_grams(text).elements())], np.concatenate([mean, sentence]))


@lru_cache(maxsize=1)
def _tokenizer(words: Words) -> Tokenizer:
    return words.tokenizer()


def vector(text: str) -> Floats:
    """What a typed text means, as a sentence."""
    return shared().one(spelt(text))


def spelt(text: str) -> str:
    """What is typed as the intent classifier spells it, which may have asked for the same vector."""
    return normalise(text[-LONGEST:]).text


def _grams(text: str) -> Counter[str]:
    """Runs of one to four letters in the folded spelling; marks and blanks say nothing."""
    plain = "".join(char for char in spell(text) if char.isalnum() or char == "ー")
    return Counter(plain[at : at + size] for size in range(1, _LONGEST_GRAM + 1) for at in range(len(plain) - size + 1))


def kept_vectors(texts: Sequence[str], folder: Path = KEPT) -> tuple[dict[str, Floats], int]:
    """The sentence vectors of some texts, and how many of them had to be worked out now."""
    known: dict[str, Floats] = {}
    path = folder / _VECTORS
    if path.exists():
        with np.load(path) as arrays:
            if "version" in arrays and arrays["version"] == VERSION:
                kept = bytes(arrays["texts"]).decode().split("\n")
                known = dict(zip(kept, arrays["vectors"].astype(np.float32), strict=True))
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    if missing:
        known |= zip(missing, shared().encode(missing), strict=True)
    # Rows of their own: a view of one would hold the vectors of all questions in memory.
    return {text: known[text].copy() for text in texts}, len(missing)


def keep(encoded: Mapping[str, Floats], folder: Path = KEPT) -> None:
    """Writes what `kept_vectors` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    text = np.frombuffer("\n".join(encoded).encode(), np.uint8)
    rows = np.stack(list(encoded.values())) if encoded else np.zeros((0, SIZE), np.float32)
    np.savez(folder / _VECTORS, texts=text, vectors=rows.astype(np.float16), version=VERSION)


def inputs(*files: Path) -> str:
    """One hash over the files that something is learned from, and over how it is learned."""
    modules = (kernel, linear, normaliser, search, sentences, vectors, sys.modules[__name__])
    return tokenizer.serving().added + fingerprint(
        *files, *(Path(module.__file__) for module in modules if module.__file__)
    )


def is_stamped(folder: Path, learned_from: str) -> bool:
    """Whether what a folder keeps was learned from just that (`inputs`)."""
    return (folder / _STAMP).exists() and (folder / _STAMP).read_text(encoding="utf-8") == learned_from


def stamp(folder: Path, learned_from: str) -> None:
    """Notes what a folder keeps was learned from."""
    (folder / _STAMP).write_text(learned_from, encoding="utf-8")
