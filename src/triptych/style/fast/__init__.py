"""A feed-forward network that paints at once.

Photos and a style come in; a trained network, pictures and ONNX files go out.
"""
