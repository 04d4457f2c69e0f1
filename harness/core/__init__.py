"""Values and protocols that every layer shares; imports the standard library and numpy alone."""
