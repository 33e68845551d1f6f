"""What the trainings of the three panels share.

A LightningModule and a DataModule come in; the weights of the best epoch and a run folder go
out.
"""
