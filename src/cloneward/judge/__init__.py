"""Findings to a verdict: what was found, with the reasons for and against, under a versioned policy.

Takes: findings, a policy.
Gives: a verdict with reasons.
Never: acts.
"""
