"""What each ruling of the language says, from a policy's text to its decision: one test a ruling, by number."""
