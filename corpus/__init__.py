"""Articles: files read, furniture marked, sentences and passages cut, every span exact."""
