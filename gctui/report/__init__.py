"""Text and JSON for people and programs without a screen."""
