"""The desk: the public Django process that owns conversations."""
