"""Rules as Python: a network made for the policy, whose functions find matches from the fact that changed."""
