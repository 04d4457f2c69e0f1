"""Where images and labels come from; which source was used is part of a score's identity."""
