"""Widgets: each draws a view and posts messages. They know neither the client nor the screens."""
