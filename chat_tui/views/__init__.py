"""Pure views: what the client knows becomes rows to draw. No widget, no clock, no colour: roles only."""
