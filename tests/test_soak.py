"""A short stretch of ``tests/bench/soak.py``: a typist who does not stop, and nothing goes wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "bench"))

import soak


@pytest.mark.parametrize("seed", range(3))
def test_nothing_differs_from_a_fresh_check(seed: int) -> None:
    folders = [soak.ROOT / "examples", soak.ROOT / "tests" / "schemas"]
    texts = list(soak.schemas(folders))
    assert len(texts) > 10
    assert soak.soak(texts, 250, 10, seed, says=False) == []
