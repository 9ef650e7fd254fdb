"""The room that understands what people type."""
