"""Plain data in, bytes out: PDF, calendar, spreadsheet, QR."""
