-- Halves of surrogate pairs (U+D800 to U+DFFF, as bytes ED A0 80 to ED BF BF) were stored as they stood in a record. They are read back
-- as another text, so rows that are looked for by it are never found. From here on records are made well-formed as they are read; what
-- was stored before is brought into that form.

-- Processes with such an id. ED before A0 to BF stands in no UTF-8; ED alone is in Korean text.
CREATE TABLE "ill_formed" ("entity" BIGINT NOT NULL, "host" INTEGER NOT NULL, "entity_id" TEXT NOT NULL);
INSERT INTO "ill_formed" SELECT "entity", "host", "entity_id" FROM "process_start" WHERE instr(CAST("entity_id" AS BLOB), x'ED') > 0 AND (instr(CAST("entity_id" AS BLOB), x'EDA0') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA1') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA2') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA3') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA4') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA5') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA6') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA7') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA8') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA9') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDAA') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDAB') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDAC') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDAD') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDAE') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDAF') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB0') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB1') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB2') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB3') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB4') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB5') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB6') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB7') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB8') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB9') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDBA') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDBB') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDBC') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDBD') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDBE') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDBF') > 0);
INSERT INTO "ill_formed" SELECT "entity", "host", "entity_id" FROM "start_queue" WHERE instr(CAST("entity_id" AS BLOB), x'ED') > 0 AND (instr(CAST("entity_id" AS BLOB), x'EDA0') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA1') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA2') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA3') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA4') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA5') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA6') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA7') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA8') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDA9') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDAA') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDAB') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDAC') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDAD') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDAE') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDAF') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB0') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB1') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB2') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB3') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB4') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB5') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB6') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB7') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB8') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDB9') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDBA') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDBB') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDBC') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDBD') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDBE') > 0 OR instr(CAST("entity_id" AS BLOB), x'EDBF') > 0);

-- Their events, and events whose keys hold half a pair, are read anew: they are found under their ids as they read now, and wait under those.
INSERT INTO "retest_queue" ("event_id") SELECT "e"."id"
FROM (SELECT DISTINCT "entity", "host" FROM "ill_formed") "s" CROSS JOIN (
  WITH RECURSIVE "g"("n") AS (SELECT (SELECT min("id") FROM "event") >> 16 UNION ALL SELECT "n" + 1 FROM "g" WHERE "n" < (SELECT max("id") FROM "event") >> 16) SELECT "n" FROM "g"
) "generation" CROSS JOIN "event" "e" ON ("e"."id" >> 16) = "generation"."n" AND "e"."entity" = "s"."entity" AND "e"."host" = "s"."host"
WHERE true ON CONFLICT DO NOTHING;
INSERT INTO "retest_queue" ("event_id") SELECT DISTINCT "event_id" FROM "rule_hit" WHERE "key" GLOB '*\ud[89a-f]*' ON CONFLICT DO NOTHING;
DELETE FROM "start_queue" WHERE ("entity", "host", "entity_id") IN (SELECT "entity", "host", "entity_id" FROM "ill_formed");
DELETE FROM "process_start" WHERE ("entity", "host", "entity_id") IN (SELECT "entity", "host", "entity_id" FROM "ill_formed");
DROP TABLE "ill_formed";

-- Of the others the text alone.
UPDATE OR IGNORE "host" SET "host_id" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "host"."host_id", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("host_id" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "host" SET "name" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "host"."name", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("name" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "process_start" SET "executable" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "process_start"."executable", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("executable" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "process_start" SET "name" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "process_start"."name", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("name" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "process_start" SET "parent_entity_id" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "process_start"."parent_entity_id", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("parent_entity_id" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "process_start" SET "parent_executable" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "process_start"."parent_executable", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("parent_executable" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "process_start" SET "parent_name" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "process_start"."parent_name", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("parent_name" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "known_process" SET "entity_id" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "known_process"."entity_id", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("entity_id" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "known_process" SET "executable" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "known_process"."executable", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("executable" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "known_process" SET "name" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "known_process"."name", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("name" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "known_process" SET "parent_entity_id" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "known_process"."parent_entity_id", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("parent_entity_id" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "known_process" SET "parent_executable" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "known_process"."parent_executable", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("parent_executable" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "known_process" SET "parent_name" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "known_process"."parent_name", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("parent_name" AS BLOB), x'ED') > 0;
UPDATE OR IGNORE "rejected_record" SET "sender_id" = (
  WITH RECURSIVE "r"("text", "n") AS (SELECT "rejected_record"."sender_id", 55296 UNION ALL SELECT replace("text", char("n"), char(65533)), "n" + 1 FROM "r" WHERE "n" < 57344)
  SELECT "text" FROM "r" WHERE "n" = 57344
) WHERE instr(CAST("sender_id" AS BLOB), x'ED') > 0;
