"""What formats share: safe JSON, XML and YAML, and pictures that stay in their folder."""
