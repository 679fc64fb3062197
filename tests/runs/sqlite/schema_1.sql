-- A file as Playhead wrote it with schema 1: a run that completed, one that was cancelled, one that was under way.
BEGIN TRANSACTION;
CREATE TABLE event (
        run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        type TEXT NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (run, seq)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "event" VALUES(1,1,1,'token','{"seq":1,"at_ms":40.0,"type":"token","text":"35.1 bn "}');
INSERT INTO "event" VALUES(1,2,1,'done','{"seq":2,"at_ms":90.5,"type":"done","outcome":"completed","partial":false,"latency_ms":90.5,"ttft_ms":40.0}');
INSERT INTO "event" VALUES(2,1,1,'done','{"seq":1,"at_ms":7.25,"type":"done","outcome":"cancelled","partial":false}');
INSERT INTO "event" VALUES(3,1,1,'status','{"seq":1,"at_ms":3.0,"type":"status","step_id":"r","step":"retrieving","state":"started"}');
INSERT INTO "event" VALUES(3,2,1,'token','{"seq":2,"at_ms":12.0,"type":"token","text":"Ye"}');
CREATE TABLE run (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL UNIQUE,
        session_id TEXT NOT NULL REFERENCES session ON DELETE CASCADE,
        question TEXT NOT NULL,
        agent TEXT NOT NULL,
        options TEXT NOT NULL,
        created_at TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        outcome TEXT,
        last_seq INTEGER NOT NULL,
        cancel_requested INTEGER NOT NULL,
        idempotency_key TEXT UNIQUE
    ) STRICT;
INSERT INTO "run" VALUES(1,'run_1','ses_a','What was the revenue?','documents','{"timeout_s":null,"speed":1.0,"seed":1,"on_abandon":"continue"}','2026-11-01T10:01:00.000+00:00',1,'completed',2,0,'key-1');
INSERT INTO "run" VALUES(2,'run_2','ses_a','And the quarter before?','documents','{"timeout_s":null,"speed":1.0,"seed":2,"on_abandon":"continue"}','2026-11-01T10:02:00.000+00:00',1,'cancelled',1,0,NULL);
INSERT INTO "run" VALUES(3,'run_3','ses_b','Is it rising?','documents','{"timeout_s":null,"speed":1.0,"seed":3,"on_abandon":"continue"}','2026-11-01T10:03:00.000+00:00',1,NULL,0,0,NULL);
CREATE TABLE session (
        session_id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
INSERT INTO "session" VALUES('ses_a','What was the revenue?','2026-11-01T10:01:00.000+00:00','2026-11-23T01:31:18.846498+00:00');
INSERT INTO "session" VALUES('ses_b','Is it rising?','2026-11-01T10:03:00.000+00:00','2026-11-23T01:31:18.845112+00:00');
CREATE INDEX run_of_session ON run (session_id, number);
CREATE INDEX unfinished_run ON run (number) WHERE outcome IS NULL;
CREATE INDEX latest_session ON session (updated_at);
COMMIT;
PRAGMA user_version = 1;
