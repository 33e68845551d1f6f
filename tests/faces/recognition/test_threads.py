"""Threads share the cores while photos are read, and find their settings again afterwards."""

import subprocess
import sys

import cv2
import torch

from triptych.faces.recognition._threads import shared_cores
from triptych.frame.cores import available_cores


def test_settings_hold_inside_and_come_back() -> None:
    before = cv2.getNumThreads(), torch.get_num_threads()
    with shared_cores():
        with shared_cores():
            assert cv2.getNumThreads() == 1
        assert cv2.getNumThreads() == 1
        assert torch.get_num_threads() <= max(1, available_cores() // 2)
    assert (cv2.getNumThreads(), torch.get_num_threads()) == before


def test_settings_come_back_after_an_error() -> None:
    before = cv2.getNumThreads()
    try:
        with shared_cores():
            raise KeyError
    except KeyError:
        assert cv2.getNumThreads() == before


def test_a_pipeline_is_imported_without_pytorch() -> None:
    code = "import sys, triptych.faces.recognition.pipeline as p; p.shared_cores().__enter__()"
    done = subprocess.run([sys.executable, "-c", f"{code}; sys.exit('torch' in sys.modules)"])
    assert done.returncode == 0
