"""One reader per upstream format; each turns verified bytes into values, all or nothing."""
