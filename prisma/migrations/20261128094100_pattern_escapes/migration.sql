-- In a pattern a backslash now makes the next character an ordinary one, as in Elasticsearch. Stored patterns took it for
-- itself, so each is doubled: they go on matching what they matched. The version rises, so that an editor that was
-- opened before does not save the old spelling.
UPDATE "exception"
SET "version" = "version" + 1,
    "entries" = (
      SELECT json_group_array(json(
        CASE WHEN json_extract(entry.value, '$.type') = 'wildcard'
             THEN json_set(entry.value, '$.value', replace(json_extract(entry.value, '$.value'), '\', '\\'))
             ELSE entry.value END))
      FROM json_each("exception"."entries") AS entry)
WHERE EXISTS (
  SELECT 1 FROM json_each("exception"."entries") AS entry
  WHERE json_extract(entry.value, '$.type') = 'wildcard' AND instr(json_extract(entry.value, '$.value'), '\') > 0);
