"""A whole town on one machine, to try things out."""
