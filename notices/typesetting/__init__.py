"""Paper: texts become a JSON tree, Typst sets the tree. No text of ours or of anybody is ever Typst source."""
