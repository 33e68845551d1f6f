"""How labelled images are made by the batch.

Cutouts from a source and image indices come in; batches of images with their targets go out.
"""
