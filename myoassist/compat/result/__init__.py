"""Result folders of MyoAssist's controller optimization."""
