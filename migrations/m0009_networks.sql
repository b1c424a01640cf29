ALTER TABLE challenges ADD COLUMN network TEXT
