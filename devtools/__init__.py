"""What ``./dev`` is made of: one topic a file, standard library only."""
