"""The engine's environment: TensorFlow is absent, loudly, and nothing else is."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import pytest
from packaging.requirements import Requirement

# Left out of the resolution on purpose (requirements/engine-exclude.in).
ALLOWED_TO_MISS = {"tensorflow", "tensorflow-text", "tensorflow-hub", "tensorflow-io-gcs-filesystem"}


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("first", ["import rasa.core.agent; import spacy", "import spacy; import rasa.core.agent"])
def test_rasa_and_spacy_import_in_both_orders(first: str) -> None:
    done = python(f"{first}; print(len(spacy.load('ja_ginza')('経理の仕事')))")
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) >= 2


@pytest.mark.parametrize(
    "use", ["tf.constant(1)", "tf.keras.layers.Dense(3)", "__import__('keras').Model()", "tf.io.gfile.exists('x')"]
)
def test_using_tensorflow_is_a_loud_error(use: str) -> None:
    done = python(f"import tensorflow as tf; {use}")
    assert done.returncode != 0
    assert "TensorFlowAbsentError" in done.stderr
    assert "install tensorflow" in done.stderr


def test_thinc_finds_no_device() -> None:
    assert python("import tensorflow as tf; assert tf.config.get_visible_devices('GPU') == []").returncode == 0


def test_everything_else_that_is_required_is_installed() -> None:
    """What `pip check` says, against the allow-list: exactly the excluded packages are missing."""
    missing: set[str] = set()
    wrong: list[str] = []
    for distribution in metadata.distributions():
        for text in distribution.requires or []:
            requirement = Requirement(text)
            if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
                continue
            try:
                version = metadata.version(requirement.name)
            except metadata.PackageNotFoundError:
                missing.add(requirement.name.lower().replace("_", "-"))
                continue
            if not requirement.specifier.contains(version, prereleases=True):
                wrong.append(f"{distribution.metadata['Name']} wants {requirement}, there is {version}")
    assert missing == ALLOWED_TO_MISS
    assert not wrong


def test_the_served_process_keeps_unused_packages_out() -> None:
    code = (
        "from bot.lean_imports import quicken_imports; quicken_imports(); import bot.worker, sys;"
        "import boto3;"
        "assert 'boto3.session' not in sys.modules or not hasattr(sys.modules['boto3.session'], '__file__');"
        "assert not any(getattr(sys.modules.get(n), '__file__', None) for n in ('sklearn', 'matplotlib', 'dask'));"
        "boto3.client('s3')"
    )
    done = python(code)
    assert "UnusedPackageError" in done.stderr, done.stderr[-2000:]
    assert "ENGINE_LEAN_IMPORTS=0" in done.stderr
