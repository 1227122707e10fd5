from .ledger import LEDGER, collect, prove
from . import definition, overflow, derivative, cross_entropy, backprop
collect(*(c.ENTRIES for c in (definition, overflow, derivative, cross_entropy, backprop)))
