"""Architectures of a space without accuracies: drawn, limited, scored, and what to rank them by."""
