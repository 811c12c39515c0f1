"""The simulated world: seeded sites, those who copy them, and what is true of each.

Takes: a folder, a seed, or a page to copy.
Gives: pages, edited copies, sites on disk and the truth about them.
Never: reads the clock or the network, or knows how the product detects a copy.
"""

from cloneward.sim.copyist import read_page
from cloneward.sim.page import Block, Page
from cloneward.sim.templates import TEMPLATES, render
from cloneward.sim.web import write_web

__all__ = ["TEMPLATES", "Block", "Page", "read_page", "render", "write_web"]
