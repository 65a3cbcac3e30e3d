"""The scriptable commands: stdout is data, stderr is words, the exit code says how it went. Never imports textual."""
