"""`python -m node`: the same as `buurtknoop`."""

from node.command.cli import main

if __name__ == "__main__":
    main()
