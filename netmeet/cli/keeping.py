"""x"""

COMMANDS = {}
