"""What a run is worth: its images measured one by one, intervals of all figures, a page, a table.

A run folder comes in; report.html and predictions.parquet go out.
"""
