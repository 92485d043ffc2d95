"""The memory of a node: SQLAlchemy Core, mapped by hand. Functions take the open transaction and never
commit."""
