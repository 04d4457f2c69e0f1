"""Architecture spaces: how their members are written, listed, drawn, compared and built."""
