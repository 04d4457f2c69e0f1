"""Leaderboards for people and programs; the same records give the same bytes."""
