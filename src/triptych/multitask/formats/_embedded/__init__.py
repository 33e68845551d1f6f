"""Pictures, masks and objects that lie inside of other files: shards and tables."""
