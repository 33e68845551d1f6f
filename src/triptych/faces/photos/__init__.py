"""Photos of people as training data.

Folders of identities come in; crops with labels, in batches of P identities × K images, go out.
"""
