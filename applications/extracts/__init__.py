"""What goes out to the back office and its robots: columns, cells, files. Knows no database (docs/extracts.md)."""
