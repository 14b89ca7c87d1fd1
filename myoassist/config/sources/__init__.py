"""Files that a run starts from: shipped controllers, policies, models, earlier runs."""
