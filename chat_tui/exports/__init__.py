"""What is given out of the client in other forms than a screen. Pure: files are somebody else's business."""
