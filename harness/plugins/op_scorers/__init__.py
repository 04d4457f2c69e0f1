"""One module an operation scorer."""
