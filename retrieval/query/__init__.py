"""What a person's message asks for besides its words: a span of time, a source and a form of answer."""
