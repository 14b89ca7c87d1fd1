"""From the words on a command line to one configuration."""
