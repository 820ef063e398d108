"""The subcommands, one module a kind of thing; every function imports what it needs when it runs."""
