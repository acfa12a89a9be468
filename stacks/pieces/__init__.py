"""What stacks are composed of: functions that return a `trailbell.compiler.stack.Piece`."""
