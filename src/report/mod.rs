//! CSV tables, plots, HTML, provenance, data dictionary.
