"""The terminal client: a full-screen application and scriptable commands over `chat_core.client`."""
