"""The form of what heads answer in exported files."""
