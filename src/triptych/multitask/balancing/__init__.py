"""The heads' losses of a batch come in; how much each counts, and how their gradients agree, goes
out."""
