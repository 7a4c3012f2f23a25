"""Tables of oversight; those of the trail itself stand in casework/audit."""
