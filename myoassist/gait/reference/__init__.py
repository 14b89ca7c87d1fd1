"""The reference gait: the built-in one, a user's own, and files that hold one."""
