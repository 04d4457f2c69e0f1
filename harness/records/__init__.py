"""What plugins said and what it cost, stored as it comes; knows nothing of metrics."""
