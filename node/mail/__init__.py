"""The door for mail: letters out."""
