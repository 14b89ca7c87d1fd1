"""Reading what MyoAssist and its tools have written."""
