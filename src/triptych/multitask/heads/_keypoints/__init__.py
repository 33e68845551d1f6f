"""Keypoints that heads of one shape read it from."""
