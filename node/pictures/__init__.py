"""Where pictures are made: a program of its own, in a process of its own, with little of everything.

Nobody imports this room. A door starts `python -m node.pictures` with the name of what it wants, gives it all
it needs on its standard input and reads the picture from its standard output (`node.ui.darkroom`).
"""
