"""支援会議 and 重層的支援会議: agenda, members, secrecy, minutes, decisions and action items."""
