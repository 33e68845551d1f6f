"""What is done to images before a network sees them.

In flows a photograph; out flow the characters written in it, each white on black in the middle of a
canvas of its own, with the way back to the photograph's pixels.
"""
