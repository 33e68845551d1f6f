"""How far a model can be believed: temperatures of its scores, intervals around its shapes."""
