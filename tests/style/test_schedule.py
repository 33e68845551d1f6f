"""Schedules: what scales take their steps and sizes from."""

from triptych.style.imaging.scales import build_scales
from triptych.style.schedule import DEFAULT_SCHEDULE, SLOW_NETWORK_SCHEDULE, Schedule


def test_scales_beyond_those_named_take_as_many_steps_as_the_last():
    scales = build_scales(512, 512, 512, schedule=Schedule((9, 5), growth=2.0))
    assert [(scale.width, scale.steps) for scale in scales] == [(128, 9), (256, 5), (512, 5)]


def test_each_scale_is_larger_by_the_growth():
    widths = [scale.width for scale in build_scales(64, 64, 512, schedule=DEFAULT_SCHEDULE)]
    assert widths == [128, 181, 256, 362, 512]


def test_a_slow_network_takes_fewer_steps():
    assert sum(SLOW_NETWORK_SCHEDULE.steps) < sum(DEFAULT_SCHEDULE.steps)
