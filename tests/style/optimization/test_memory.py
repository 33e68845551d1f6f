"""Memory in words, and tiles that fit into it."""

import pytest
import torch
from torch import Tensor

from triptych.frame.errors import ConfigError
from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.objectives.feature_objective import FeatureMethod, FeatureObjective
from triptych.style.objectives.objective import ObjectiveFactory, ScaleInputs
from triptych.style.objectives.patch_objective import PatchMethod
from triptych.style.objectives.tiled_objective import TiledObjective
from triptych.style.optimization import memory as budget
from triptych.style.optimization.config import TransferConfig
from triptych.style.optimization.memory import (
    MemoryLimited,
    check_fits,
    format_bytes,
    limit_memory,
    measure_activation_bytes,
    parse_bytes,
)
from triptych.style.optimization.optimizers import Lbfgs
from triptych.style.optimization.style_optimizer import StyleOptimizer


@pytest.fixture(autouse=True)
def _nothing_else_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "BASELINE", 0)


def scene(side: int) -> ScaleInputs:
    def picture(seed: int) -> Tensor:
        return torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(seed))

    return ScaleInputs(picture(0), (picture(1),), (1.0,), 0.5)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("4G", 2**32),
        ("500M", 500 * 2**20),
        ("2GiB", 2**31),
        ("1.5 gb", 3 * 2**29),
        ("64", 64),
        (4096, 4096),
        (".5K", 512),
    ],
)
def test_memory_is_read_from_words(word: str | int, expected: int) -> None:
    assert parse_bytes(word) == expected


@pytest.mark.parametrize("word", ["", "G", "four", "-1G", "4X", "0", "4 G G", 0, -1, "1e9"])
def test_other_words_are_refused(word: str | int) -> None:
    with pytest.raises(ConfigError, match="Expected memory such as 4G"):
        parse_bytes(word)


@pytest.mark.parametrize("size", [1, 10**6, 2**30, 5 * 10**9])
def test_a_word_told_is_enough_and_read_again(size: int) -> None:
    assert size <= parse_bytes(format_bytes(size)) <= 1.1 * size + 2**10


def test_tiles_shrink_with_the_memory_and_stay_within_it(tiny: FeatureExtractor) -> None:
    given = [parse_bytes(word) for word in ("72M", "76M", "80M", "200M")]
    found = [MemoryLimited(FeatureMethod(tiny), memory) for memory in given]
    assert isinstance(found[0], ObjectiveFactory)
    sides = [each.max_tile_side(300, 300) for each in found]
    assert sides == sorted(sides)
    assert sides[0] < sides[1] < 300
    assert sides[-1] == 300  # as much as it likes: at once
    read = (sides[0] + 2 * found[0].halo) ** 2 * found[0].bytes_per_pixel
    assert read + found[0]._image_bytes(300, 300) <= given[0]


def test_only_what_does_not_fit_is_cut(tiny: FeatureExtractor) -> None:
    method = limit_memory(FeatureMethod(tiny), "76M")
    assert type(method.objective(scene(32))) is FeatureObjective
    large = method.objective(scene(300))
    assert isinstance(large, TiledObjective)
    assert large.tile_side < 300


@pytest.mark.parametrize("sides", [(300, 300), (40, 400)])
@pytest.mark.parametrize("masks", [0, 2])
def test_too_little_memory_is_told_before_painting_and_what_is_named_is_enough(
    tiny: FeatureExtractor, sides: tuple[int, int], masks: int
) -> None:
    def painter(memory: str) -> StyleOptimizer:
        height, width = sides
        regions = torch.full((masks, height, width), 0.5) if masks else None
        pictures = [torch.rand(1, 3, height, width) for _ in range(1 + max(1, masks))]
        settings = TransferConfig(size=max(sides), steps=(1, 1))
        method = limit_memory(FeatureMethod(tiny), memory)
        return StyleOptimizer(pictures[0], pictures[1:], method, settings, regions=regions)

    with pytest.raises(ConfigError, match=r"at least (\S+) for \d+×\d+, got 1M") as refused:
        check_fits(painter("1M"))
    enough = str(refused.value).split("at least ")[1].split()[0]
    work = painter(enough)
    check_fits(work)
    assert len(list(work)) == 2  # as far as the last scale, whose objective would refuse less
    with pytest.raises(ConfigError, match="at least"):
        check_fits(painter(f"{0.8 * parse_bytes(enough) / 2**20:.1f}M"))


def test_what_needs_no_network_has_no_tiles() -> None:
    with pytest.raises(ConfigError, match=r"Only painting with a network .* not with patches"):
        limit_memory(PatchMethod(), "4G")


def test_memory_of_a_network_is_that_of_its_maps(tiny: FeatureExtractor) -> None:
    each, widths = measure_activation_bytes(tiny, ["relu1_1", "relu2_1"], 32)
    # at least the two maps kept: 6 channels at every pixel, 8 at every fourth
    assert 4 * (6 + 8 / 4) < each < 4 * 20 * (6 + 8 / 4)
    assert widths == {"relu1_1": 6, "relu2_1": 8}


def test_an_optimiser_remembers_fewer_large_pictures() -> None:
    assert Lbfgs.history_size(2**20) == Lbfgs.MAX_HISTORY
    assert Lbfgs.history_size(64 * 2**20) == 5
    assert Lbfgs.history_size(2**30) == Lbfgs.MIN_HISTORY
