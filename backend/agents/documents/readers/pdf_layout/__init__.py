"""The layout of a PDF page: lines with their place and type, words with their boxes, and the tables they form."""
