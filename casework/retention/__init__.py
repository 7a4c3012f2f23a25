"""保存年限と消去 (I26): what is past its years, what is held back, and erasure by two people with a tombstone."""
