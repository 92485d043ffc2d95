"""What people and nodes do. Each act checks who may, changes what is kept, and says what other nodes must
hear.

An act never commits and never waits for the network: the door that calls it opens the transaction.
"""
