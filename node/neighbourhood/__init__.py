"""The rules of a neighbourhood: frozen facts and functions, without clock, chance, files or network."""
