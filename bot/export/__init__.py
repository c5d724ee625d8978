"""Lists that people take away: the attempts of a time as CSV, XLSX or JSON."""
