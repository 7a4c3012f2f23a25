"""What second factors are made of: codes, one-time values, passkeys, sign-on. Bytes and claims; no table, no web."""
