"""What every channel owes, tried on the wire of each."""
