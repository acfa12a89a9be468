"""The parts of the stacks that notify within seconds: rules, topics, buses and chat."""
