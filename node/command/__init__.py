"""The command line: making a node, running it, and its administration from the machine itself."""
