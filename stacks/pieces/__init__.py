"""What stacks are composed of: functions that return a `trailbell.stack.Piece`."""
