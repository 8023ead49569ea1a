"""What `make train` does otherwise than `rasa train`: the same examples and the same archive, and still worth it."""

from __future__ import annotations

from pathlib import Path

from rasa.engine.storage.local_model_storage import TarSafe
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import rasa_train
from bot.train import ROOT, inputs

# Where a gzip header says how hard was tried.
_EFFORT = 8
_FASTEST = 4


def examples() -> list[Message]:
    return [Message.build(text, intent) for text, intent in (("a", " x "), ("a", "x"), ("b", "x"), ("a", "y"))]


def test_each_example_is_kept_once_as_rasa_keeps_it() -> None:
    ours, rasas = rasa_train.once_each(examples()), TrainingData.sanitize_examples(examples())
    assert [(one.get(TEXT), one.get(INTENT)) for one in ours] == [("a", "x"), ("b", "x"), ("a", "y")]
    assert [one.data for one in ours] == [one.data for one in rasas]


def test_rasa_still_hashes_and_copies_every_example_at_every_merge() -> None:
    """Where this fails, the stand-ins of bot/rasa_train.py can go."""
    data = TrainingData(examples())
    assert data.training_examples[0]._cached_fingerprint is not None
    merged = data.merge(TrainingData())
    assert all(one is not other for one, other in zip(merged.training_examples, data.training_examples, strict=True))
    first = data.training_examples[0]
    first.fingerprint()
    first.set(INTENT, first.get(INTENT))
    assert first._cached_fingerprint is None


def test_a_lightly_packed_archive_is_read_by_rasa(tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("words " * 1000, encoding="utf-8")
    with rasa_train.QuicklyPacked.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "weights", arcname="weights")
    assert (tmp_path / "model.tar.gz").read_bytes()[_EFFORT] == _FASTEST
    with TarSafe.open(tmp_path / "model.tar.gz", "r:gz") as archive:
        archive.extractall(tmp_path / "out")
    assert (tmp_path / "out" / "weights").read_text(encoding="utf-8") == "words " * 1000


def test_what_people_say_is_trained_on_and_what_safety_answers_is_not() -> None:
    learned = {str(path.relative_to(ROOT)) for path in inputs()}
    assert {"data/nlu/safety.yml", "data/knowledge/terms.yml", "bot/nlu/linear.py", "config.yml"} <= learned
    assert not learned & {"data/safety/texts.yml", "data/safety/phrases.yml", "bot/safety/rules.py"}
