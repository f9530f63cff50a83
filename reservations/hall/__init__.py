"""What kiosks, phones in the hall and the floor staff's tablet have in common: languages, texts, questions."""
