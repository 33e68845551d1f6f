"""How rows of tables are streamed, what their columns mean, and what objects they hold."""
