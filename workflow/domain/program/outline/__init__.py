"""What of the language a page can show and change: the controls of each part, and what a draft says at each place."""
