"""What a measured run looks like: charts, sheets of pictures, the parts of the page."""
