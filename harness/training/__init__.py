"""Makes the weights that come with the harness, by recipes that anyone can run again."""
