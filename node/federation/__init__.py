"""The door to other nodes: ActivityPub, signed. What we say, what we believe, and whom."""
