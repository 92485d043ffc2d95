"""The schema, made step by step: numbered, forward only, one transaction each. Steps that landed are never
changed."""
