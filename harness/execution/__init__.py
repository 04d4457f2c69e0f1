"""Plans what is missing, scores it, and stores every outcome as it comes."""
