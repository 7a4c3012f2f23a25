"""つなぎ: a referral moves ownership only when a named person of the receiver accepts."""
