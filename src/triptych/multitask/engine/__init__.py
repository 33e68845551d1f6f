"""What is done with a model and a dataset.

Both come in; trained runs, evaluation results, predictions and contact sheets go out.
"""
