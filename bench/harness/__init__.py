"""What tools/bench is made of: inputs of both sides, runs in their own processes, the report."""
