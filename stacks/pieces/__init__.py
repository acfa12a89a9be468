"""The parts that stacks are assembled from: functions that return a `trailbell.stack.Piece`."""
