"""What an operator does to a store from outside the server: saving it, bringing it back, looking whether it is sound.

Works on the files of a data folder, in a process of its own, also while a server uses them. Knows no connection of a
client and prints nothing: the commands are in `chat_core.cli`.
"""
