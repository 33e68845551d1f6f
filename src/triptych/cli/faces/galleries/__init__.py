"""`triptych faces list`, `remove`, `export` and `import`: galleries in and out."""
