"""Galleries to files and back: Parquet, NumPy and CSV, with their encoder named; no pickle."""
