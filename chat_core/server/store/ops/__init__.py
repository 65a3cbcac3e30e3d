"""What each op does to the tables: functions of a connection. Know no thread, no future, no commit."""
