"""The pages: made on the server, for every phone, with or without scripts."""
