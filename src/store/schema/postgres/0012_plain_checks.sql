-- PostgreSQL compares a word with a list as it compares words: this number is SQLite's.
DO $$ BEGIN END $$;
