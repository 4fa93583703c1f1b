"""One realistic policy, decided by leadpolicy, by hand and by peers."""
