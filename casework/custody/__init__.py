"""鍵の管理: the keepers' acts on key-encryption keys, and the backups of the two stores in different custody."""
