"""The costs against numbers worked by hand, and their slopes against finite differences."""

import pytest
import torch
from torch import Tensor

from triptych.style.losses import gatys


def maps(*channels: list[list[float]]) -> Tensor:
    """Activations of one picture, a channel each."""
    return torch.tensor(channels, dtype=torch.float32)[None]


def test_content_cost_is_the_mean_square_of_differences() -> None:
    features = maps([[1, 2], [3, 4]], [[0, 0], [0, 0]])
    content = maps([[1, 0], [3, 1]], [[1, 0], [0, 2]])
    # differences 0 2 0 3 and −1 0 0 −2: squares 4 + 9 + 1 + 4 = 18 of 8 numbers
    assert gatys.content_loss(features, content) == pytest.approx(18 / 8)


def test_gram_matrix_holds_mean_products_of_channels() -> None:
    features = maps([[1, 2], [3, 4]], [[0, 1], [0, 2]])
    # 1 + 4 + 9 + 16 = 30, 2·1 + 4·2 = 10, 1 + 4 = 5, each over 4 places
    torch.testing.assert_close(
        gatys.gram_matrix(features), torch.tensor([[30.0, 10.0], [10.0, 5.0]]) / 4
    )


def test_gram_matrix_counts_places_by_their_weights() -> None:
    features = maps([[1, 2], [3, 4]], [[0, 1], [0, 2]])
    weights = torch.tensor([[0.5, 0.0], [0.0, 1.0]])
    # ½·1 + 16 = 16.5, 4·2 = 8, 4, over 1.5
    torch.testing.assert_close(
        gatys.gram_matrix(features, weights), torch.tensor([[16.5, 8.0], [8.0, 4.0]]) / 1.5
    )


def test_layer_style_cost_is_that_of_the_paper() -> None:
    features = maps([[1, 2], [3, 4]], [[0, 1], [0, 2]])
    style = maps([[1, 1, 1]], [[2, 0, 2]])
    # A = (3 4 / 4 8) / 3; differences 6.5, 7/6, 7/6, −17/12
    squares = 6.5**2 + 2 * (7 / 6) ** 2 + (17 / 12) ** 2
    found = gatys.layer_style_loss(features, style)
    assert found == pytest.approx(squares / 16)
    # as the paper writes it: sums of products, divided by 4 N² M² (here both over the same places)
    other = maps([[0, 1], [1, 0]], [[2, 2], [0, 1]])
    sums = [flat @ flat.T for flat in (features[0].flatten(1), other[0].flatten(1))]
    paper = (sums[0] - sums[1]).square().sum() / (4 * 2**2 * 4**2)
    assert gatys.layer_style_loss(features, other) == pytest.approx(float(paper))


def test_style_cost_weighs_its_layers() -> None:
    ones, twos = torch.ones(1, 1, 2, 2), 2 * torch.ones(1, 1, 3, 3)
    features = {"near": ones, "far": twos, "unasked": ones}
    styles = {"near": twos, "far": ones, "unasked": twos}
    # Gram 1 against 4 and back: (3²) / 4 in both
    found = gatys.style_loss(features, styles, {"near": 0.25, "far": 0.5})
    assert found == pytest.approx(0.75 * 9 / 4)


def test_total_variation_is_the_mean_of_lengths_and_squares_of_slopes() -> None:
    picture = torch.zeros(1, 3, 2, 3)
    picture[:, 0, 0, 0] = 3  # red; from here 3 down and 3 across
    picture[:, 1, 1, 1] = 4  # green; 4 from above, 4 from the left, and 4 on to the right
    e, k = gatys.TV_EPSILON, gatys.TV_QUADRATIC
    each = [(squares + e * e) ** 0.5 - e + k * squares for squares in (9 + 9, 16, 16, 16)]
    assert gatys.total_variation(picture) == pytest.approx(sum(each) / 6)


def test_total_variation_of_an_even_picture_is_nothing() -> None:
    for height, width in ((1, 1), (1, 4), (5, 1), (3, 3)):
        assert gatys.total_variation(torch.full((1, 3, height, width), 0.7)) == 0


def test_total_variation_likes_soft_edges_and_few_ripples() -> None:
    hard, soft, rippled = torch.zeros(3, 1, 3, 4, 8)
    hard[..., 4:] = 1
    soft[..., 4:], soft[..., 3] = 1, 0.5
    rippled[:] = soft + 0.05 * torch.tensor([0.0, 1.0] * 4)
    order = [gatys.total_variation(picture) for picture in (soft, hard)]
    assert order[0] < order[1]
    assert gatys.total_variation(rippled) > order[0] * 1.05


def test_total_variation_of_a_slope_does_not_mind_the_size() -> None:
    small, large = (torch.linspace(0, 1, count).expand(1, 3, 5, -1) for count in (101, 301))
    found = gatys.total_variation(large, 3.0)
    assert found == pytest.approx(float(gatys.total_variation(small)), rel=0.02)


def test_total_cost_is_the_weighted_sum() -> None:
    content, style, variation = map(torch.tensor, (2.0, 3.0, 5.0))
    found = gatys.total_loss(content, style, variation, alpha=0.5, beta=10.0, gamma=0.1)
    assert found == pytest.approx(1 + 30 + 0.5)
    assert gatys.total_loss(content, style) == 5


@pytest.mark.parametrize("name", ["content_loss", "layer_style_loss", "total_variation"])
def test_slopes_equal_finite_differences(name: str) -> None:
    chance = torch.Generator().manual_seed(3)
    first, second = torch.rand(2, 1, 3, 4, 5, generator=chance, dtype=torch.float64)
    cost = getattr(gatys, name)
    others = () if name == "total_variation" else (second,)
    assert torch.autograd.gradcheck(lambda x: cost(x, *others), first.requires_grad_())
