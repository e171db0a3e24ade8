"""The HTTP edge every slice shares: guard, transaction, errors, headers, filters, forms."""
