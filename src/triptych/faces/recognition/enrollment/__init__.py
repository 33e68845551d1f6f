"""The parts of enrolment: how photos are read, whose they are, and what a folder holds no more."""
