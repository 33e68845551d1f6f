"""Temperatures: found again where they are known."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar

from triptych.multitask.calibration.temperature import COLDEST, fit_temperature


def drawn(count: int, temperature: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits, and classes drawn by their probabilities at a temperature."""
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(count, 5, generator=generator) * 3
    return logits, (logits / temperature).softmax(1).multinomial(1, generator=generator)[:, 0]


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_drew_the_classes_is_found(temperature: float):
    logits, target = drawn(20_000, temperature)
    assert fit_temperature(logits, target) == pytest.approx(temperature, rel=0.04)


def test_it_is_where_the_cross_entropy_of_the_smoothed_targets_is_least():
    logits, target = drawn(300, 2.0)
    share = 1 / 302
    others = logits.scatter(1, target[:, None], -torch.inf).argmax(1)

    def cost(log_temperature: float) -> float:
        logs = (logits.double() / np.exp(log_temperature)).log_softmax(1)
        rows = torch.arange(300)
        return -float(((1 - share) * logs[rows, target] + share * logs[rows, others]).mean())

    least = np.exp(minimize_scalar(cost, bounds=(-3, 3), method="bounded").x)
    assert fit_temperature(logits, target) == pytest.approx(least, rel=1e-3)


def test_images_that_are_all_right_make_no_answer_certain():
    target = torch.arange(40) % 4
    logits = torch.nn.functional.one_hot(target, 4).float()
    temperature = fit_temperature(logits, target)
    assert temperature > COLDEST
    sure = (logits / temperature).softmax(1).amax(1)
    # as sure as Laplace's rule says after 40 right answers, 41 / 42, and two other classes
    assert torch.allclose(sure, torch.tensor(41 / 42), atol=0.06) and (sure < 0.99).all()
