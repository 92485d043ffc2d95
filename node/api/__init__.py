"""The JSON door: what a neighbour can do on a page, a program can do here for a neighbour."""
