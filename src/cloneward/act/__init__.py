"""Asks those who can act to take a copy down, and follows through.

Takes: a verdict with its evidence, the steps of people, quotas, a channel.
Gives: notices that are complete, receipts, the state of each action.
Never: acts without verdict, approval and quota, or says more than was proven.
"""
