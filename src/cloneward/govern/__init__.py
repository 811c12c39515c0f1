"""Who may do what with what we hold, how long we hold it, and what may be shown of it.

Takes: roles, records, a ledger, a clock.
Gives: yes or no with a reason, an audit line, what may go, redacted working copies.
Never: lets retention beat a hold, or shows an original.
"""
