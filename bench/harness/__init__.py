"""What tools/bench is made of: inputs for both sides, runs in processes of their own, the report."""
