"""What stacks are composed of: functions that return a `Piece` of `trailbell.compiler.stack`."""
