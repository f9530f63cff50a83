"""Pages on which staff build procedures and their forms. Every action is a button of a plain form."""
