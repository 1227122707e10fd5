"""The prover: ledger, normal forms, zero test, reader and printer of TeX. It knows no chapter."""
