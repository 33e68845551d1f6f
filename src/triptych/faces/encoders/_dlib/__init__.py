"""The files of dlib's network and landmarks: found, read, kept."""
