"""From rules to slots: pure, without the database."""
