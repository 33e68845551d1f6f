"""What passes between the parts of the panel.

Tensors and facts of a dataset come in; `Batch`, `DatasetInfo` and annotations go out.
"""
