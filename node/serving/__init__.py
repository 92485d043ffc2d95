"""The roof: all doors under one application, and the server that runs it."""
