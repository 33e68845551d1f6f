"""Why a model says what it says: images and a model come in, heat maps of what speaks for the
answer of each head go out, and the images that most excite each channel of a feature map.
"""
