"""Who is connected, what they are attached to, and how a committed event reaches them."""
