"""The choices of style are those that its parts and the backbones have."""

import subprocess
import sys
from typing import get_args, get_type_hints

from triptych.backbones.vgg19 import Pooling as BackbonePooling
from triptych.style.config import FeatureConfig, Optimizer, Pooling, Statistics
from triptych.style.losses.statistics import STATISTICS
from triptych.style.objectives.build import OPTIONS
from triptych.style.objectives.feature_objective import FeatureMethod
from triptych.style.optimization.optimizers import OPTIMIZERS


def test_each_choice_is_there():
    assert get_args(Pooling) == get_args(BackbonePooling)
    assert set(get_args(Statistics)) == set(STATISTICS)
    assert set(get_args(Optimizer)) == set(OPTIMIZERS)


def test_every_option_of_a_method_is_a_field():
    method = set(get_type_hints(FeatureMethod)) - {"network", "name"}
    assert method | {"pooling", "half"} == set(OPTIONS)
    for name in method:
        assert getattr(FeatureMethod, name) == getattr(FeatureConfig, name)


def test_help_needs_nothing_heavy():
    code = (
        "import sys, triptych.cli.style.commands; "
        "print(*{'torch', 'numpy', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
