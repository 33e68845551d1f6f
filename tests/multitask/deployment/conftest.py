"""Pictures that exported files are given."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def odd_batches() -> list[np.ndarray]:
    """Batches of noise in several numbers and sizes, down to a single pixel."""
    rng = np.random.default_rng(0)
    shapes = (1, 32, 48, 3), (3, 50, 41, 3), (2, 200, 10, 3), (1, 1, 1, 3)
    return [rng.integers(0, 256, shape, np.uint8) for shape in shapes]
