"""The door for mail: letters out, and answers in."""
