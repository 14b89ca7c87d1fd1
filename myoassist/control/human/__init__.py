"""Controllers of the human: from senses to the excitation of muscles."""
