"""What lies in folders and zips: their files, and which of these are pictures."""
