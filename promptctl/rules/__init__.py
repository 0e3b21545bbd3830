"""What promptctl checks: one documented function a rule, one file a family."""
