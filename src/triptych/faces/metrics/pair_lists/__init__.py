"""Lists of pairs of photos in the formats of benchmarks: LFW's, Kaggle's, paths with 0 or 1."""

from .load import load_pairs as load_pairs
