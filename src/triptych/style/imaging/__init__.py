"""Images as tensors, and back.

Arrays, masks and sizes come in; padded tensors at every scale go out.
"""
